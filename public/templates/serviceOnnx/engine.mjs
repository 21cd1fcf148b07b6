import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { classifying } from './labels.mjs';
import { checkOverflow } from './overflow.mjs';
import { passages } from './passage.mjs';
import { sampler } from './sampler.mjs';
import { fed, floats, row } from './tensors.mjs';
import { openTokenizer } from './tokenizer.mjs';

/** @typedef {import('./api.mjs').Engine} Engine */

/** In the log. */
export const NAME = 'onnxruntime';

/**
 * The model on onnxruntime.
 * @param {(name: string) => string} here the path of a file
 * @param {import('./model.mjs').Model} model
 * @param {import('./settings.mjs').Settings} settings
 * @returns {Promise<Engine>}
 */
export async function loadEngine(here, { task, files, more }, { threads }) {
  const tokenizer = openTokenizer(here('tokenizer.json'));
  const bytes = files.reduce((sum, file) => sum + statSync(here(file)).size, 0);
  const options = { intraOpNumThreads: threads > 0 ? threads : usefulThreads(bytes), interOpNumThreads: 1 };
  const sessions = await Promise.all(files.map((file) => InferenceSession.create(here(file), options)));
  const [first, second] = sessions;
  if (!first) throw new Error('model.json names no file.');
  const context = Number(more['context']);
  if (task === 'text-classification') return classifying(first, tokenizer, context, Object(more['classes']));
  if (task === 'fill-mask') return filling(first, tokenizer, context, Object(more['tokens']));
  if (!second) throw new Error('model.json names no file of a decoder.');
  return answering([first, second], tokenizer, context, Object(more['tokens']), Object(more['cache']));
}

/** Threads wait for each other at every layer: for a small model that takes longer than the work. @param {number} bytes */
const usefulThreads = (bytes) => Math.max(1, Math.min(availableParallelism(), Math.ceil(bytes / 32e6)));

/**
 * @param {InferenceSession} session
 * @param {ReturnType<typeof openTokenizer>} tokenizer
 * @param {number} context
 * @param {import('./passage.mjs').Tokens} tokens
 * @returns {Engine}
 */
function filling(session, tokenizer, context, tokens) {
  const { read, word } = passages(tokenizer, tokens);
  return {
    context,
    tokenize: tokenizer.encode,
    bytes: tokenizer.bytes,
    generate: () => {
      throw new Error('The model does not generate text.');
    },
    passage: read,
    async fill(passage, most) {
      const { ids, places } = passage;
      const { logits } = await session.run(fed(session, { input_ids: row(ids), attention_mask: row(ids.map(() => 1)), token_type_ids: row(ids.map(() => 0)) })); // prettier-ignore
      const scores = floats(logits);
      const vocabulary = scores.length / ids.length;
      return places.map((place, blank) => {
        const own = scores.subarray(place * vocabulary, (place + 1) * vocabulary);
        checkOverflow(own, vocabulary);
        const { order, probability } = ranked(own);
        const written = order.filter((id) => tokenizer.bytes(id).length > 0);
        return Array.from(written.subarray(0, most), (token) => ({
          token,
          token_str: word(passage, blank, token),
          score: probability(token),
        }));
      });
    },
  };
}

/**
 * @param {readonly [encoder: InferenceSession, decoder: InferenceSession]} sessions
 * @param {ReturnType<typeof openTokenizer>} tokenizer
 * @param {number} context
 * @param {{ start: number, end: number, begin: number | null }} tokens
 * @param {{ heads: number, headWidth: number }} cache
 * @returns {Engine}
 */
function answering([encoder, decoder], tokenizer, context, { start, end, begin }, { heads, headWidth }) {
  const kept = decoder.inputNames.filter((name) => name.startsWith(PAST));
  const empty = new Tensor('float32', new Float32Array(), [1, heads, 0, headWidth]);
  return {
    context,
    tokenize: (text) => [...(begin === null ? [] : [begin]), ...tokenizer.encode(text), end],
    bytes: tokenizer.bytes,
    async *generate(ids, sampling, signal) {
      const choose = sampler(sampling);
      const mask = row(ids.map(() => 1));
      const read = await encoder.run(fed(encoder, { input_ids: row(ids), attention_mask: mask }));
      const memory = read['last_hidden_state'];
      if (!memory) throw new Error('The encoder has no last_hidden_state output.');
      /** @type {Record<string, Tensor>} */
      const past = Object.fromEntries(kept.map((name) => [name, empty]));
      let last = start;
      for (let made = 0; made < Math.min(sampling.maxTokens, context); made++) {
        const isFirst = made === 0;
        const given = {
          input_ids: row([last]),
          encoder_hidden_states: memory,
          encoder_attention_mask: mask,
          use_cache_branch: new Tensor('bool', Uint8Array.of(isFirst ? 0 : 1), [1]),
          ...past,
        };
        const found = await decoder.run(fed(decoder, given));
        if (signal.aborted) return;
        for (const name of kept) {
          // Keys and values of what was read are those of the first pass.
          const now = found[name.replace(PAST, 'present')];
          if (now && (isFirst || !name.includes('.encoder.'))) past[name] = now;
        }
        last = choose(floats(found['logits']));
        if (last === end) return;
        yield last;
      }
    },
  };
}
const PAST = 'past_key_values';

/** Ids from the likeliest on, and what each has. @param {Float32Array} scores */
function ranked(scores) {
  const highest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  /** @param {number} id */
  const score = (id) => scores[id] ?? -Infinity;
  return {
    order: Uint32Array.from(scores, (_, id) => id).sort((a, b) => score(b) - score(a) || a - b),
    probability: (/** @type {number} */ id) => Math.exp(score(id) - highest) / total,
  };
}
