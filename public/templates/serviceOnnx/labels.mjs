import { checkOverflow } from './overflow.mjs';
import { fed, floats, matrix } from './tensors.mjs';

/**
 * What a classifier makes of texts.
 * @param {import('onnxruntime-node').InferenceSession} session
 * @param {ReturnType<typeof import('./tokenizer.mjs').openTokenizer>} tokenizer
 * @param {number} context
 * @param {Told} told
 * @returns {import('./api.mjs').Engine}
 * @typedef {object} Told what model.json tells of them
 * @property {number[]} before ids that stand before every text
 * @property {number[]} after
 * @property {number} padding
 * @property {boolean} inWindows a text longer than the context is read in parts, and its scores are their mean; else it is cut
 */
export function classifying(session, tokenizer, context, { before, after, padding, inWindows }) {
  const room = context - before.length - after.length;
  return {
    context,
    tokenize: tokenizer.encode,
    bytes: tokenizer.bytes,
    generate: () => {
      throw new Error('The model does not generate text.');
    },
    async classify(texts, signal) {
      const found = texts.map((ids) => {
        const windows = windowsOf(ids.length, room, inWindows);
        return {
          tokens: ids.length,
          read: Math.min(ids.length, inWindows ? ids.length : room),
          windows: windows.length,
          scores: [0],
        };
      });
      const rows = texts.flatMap((ids, text) =>
        windowsOf(ids.length, room, inWindows).map(([from, to]) => ({
          text,
          ids: [...before, ...ids.slice(from, to), ...after],
        })),
      );
      // Those of about a length together, so that little is padding.
      rows.sort((a, b) => a.ids.length - b.ids.length);
      for (let at = 0; at < rows.length;) {
        signal.throwIfAborted();
        const some = rows.slice(at, at + Math.max(1, Math.floor(TOKENS / (rows[at]?.ids.length ?? 1))));
        while (some.length > 1 && some.length * (some.at(-1)?.ids.length ?? 0) > 2 * TOKENS) some.pop();
        at += some.length;
        const scores = await scoresOf(some.map(({ ids }) => ids));
        for (const [i, { text }] of some.entries()) {
          const own = found[text];
          if (own) own.scores = (scores[i] ?? []).map((score, label) => (own.scores[label] ?? 0) + score / own.windows);
        }
      }
      return found;
    },
  };

  /** @param {readonly (readonly number[])[]} rows @returns {Promise<number[][]>} */
  async function scoresOf(rows) {
    const width = Math.max(...rows.map(({ length }) => length));
    /** @param {readonly number[]} row @param {number} fill */
    const padded = (row, fill) => [...row, ...new Array(width - row.length).fill(fill)];
    const given = {
      input_ids: matrix(rows.map((row) => padded(row, padding))),
      attention_mask: matrix(
        rows.map((row) =>
          padded(
            row.map(() => 1),
            0,
          ),
        ),
      ),
    };
    const { logits } = await session.run(fed(session, given));
    const scores = floats(logits);
    const labels = scores.length / rows.length;
    checkOverflow(scores, labels);
    return rows.map((_, i) => Array.from(scores.subarray(i * labels, (i + 1) * labels)));
  }
}
/** That are read at once. */
const TOKENS = 4096;

/**
 * Parts of a text, by their places: of equal length within one.
 * @param {number} tokens @param {number} room @param {boolean} inWindows
 * @returns {[from: number, to: number][]}
 */
function windowsOf(tokens, room, inWindows) {
  if (tokens <= room || !inWindows) return [[0, Math.min(tokens, room)]];
  const count = Math.ceil(tokens / room);
  const at = (/** @type {number} */ i) => Math.round((i * tokens) / count);
  return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)]);
}
