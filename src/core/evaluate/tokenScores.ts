/** Scores of each token of a text by a causal model: loss, rank and confidence. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import { classify } from '../ops/classify';
import { emptyScores, type TokenScores } from './scores';

export interface Windows {
  /** Tokens in each window, at most the model's context. */
  context: number;
  /**
   * Tokens between the starts of windows. Tokens that the previous window predicted are context only, so all but the
   * first tokens are predicted from at least `context - stride` others. If equal to `context`, windows don't overlap.
   */
  stride: number;
  /** Batch size, in windows. */
  rows: number;
}

/**
 * @param texts ids of each text, read separately; predicts the first token of each from `begin`
 * @param begin start token before every text
 * @returns scores of each text
 */
export async function tokenScores(
  network: Network,
  texts: readonly ArrayLike<number>[],
  begin: number,
  { context, stride, rows }: Windows,
  { pause = yieldToEventLoop, onProgress }: { pause?: Pause; onProgress?: (tokens: number) => void } = {},
): Promise<readonly TokenScores[]> {
  const scores = texts.map(({ length }) => emptyScores(length));
  const windows = texts.flatMap(({ length }, text) =>
    Array.from(windowsOver(length, context, stride), (window) => ({ ...window, text })),
  );
  let done = 0;
  for (const { batch, width } of batchesOf(windows, context, rows)) {
    const read = new Int32Array(batch.length * width);
    for (const [row, { text, start, tokens }] of batch.entries())
      for (let t = 0; t < tokens; t++) read[row * width + t] = start + t === 0 ? begin : texts[text]![start + t - 1]!;
    // No predicted token attends to the padding after a shorter window.
    const wanted = batch.flatMap(({ text, start, tokens, from }, row) =>
      Array.from({ length: start + tokens - from }, (_, i) => {
        const at = from + i;
        return { row: row * width + at - start, token: texts[text]![at]!, at, into: scores[text]! };
      }),
    );
    await scored(network, { ids: read, rows: batch.length }, wanted);
    done += wanted.length;
    onProgress?.(done);
    await pause();
  }
  return scores;
}

/** Batches rows of similar widths, with about as many tokens as `rows` full rows. */
export function* batchesOf<R extends { tokens: number }>(
  all: readonly R[],
  context: number,
  rows: number,
): Generator<{ batch: readonly R[]; width: number }> {
  // Uses few widths, because some devices compile a program for each.
  const widthOf = ({ tokens }: R): number => Math.min(context, Math.ceil(tokens / 8) * 8);
  const sorted = [...all].sort((a, b) => widthOf(b) - widthOf(a));
  for (let first = 0; first < sorted.length;) {
    const width = widthOf(sorted[first]!);
    const batch = sorted.slice(first, first + Math.max(rows, Math.floor((rows * context) / width)));
    yield { batch, width };
    first += batch.length;
  }
}

/** Reads `tokens` tokens, beginning with the one before `start`, and predicts those from index `from` on. */
interface Window {
  start: number;
  tokens: number;
  from: number;
}

function* windowsOver(length: number, context: number, stride: number): Generator<Window> {
  for (let from = 0; from < length;) {
    const to = from === 0 ? Math.min(length, context) : Math.min(length, from + stride);
    const start = Math.max(0, to - context);
    // Without overlap, the last window isn't moved back over predicted tokens.
    yield stride >= context ? { start: from, tokens: to - from, from } : { start, tokens: to - start, from };
    from = to;
  }
}

interface Tokens {
  /** [rows, width] */
  ids: Int32Array;
  rows: number;
  /** Length of each row; absent if all are full. */
  lengths?: readonly number[];
  /** Encoder input rows of an encoder-decoder. */
  source?: { ids: Int32Array; lengths: readonly number[] };
}

/** A token to score: its index in the flattened hidden states, its id, and the destination of its score. */
interface Wanted {
  row: number;
  token: number;
  at: number;
  into: TokenScores;
}

/** Scores the wanted tokens. @throws HomegrownError `diverged` if logits overflow */
export async function scored(
  network: Network,
  { ids, rows, lengths, source }: Tokens,
  wanted: readonly Wanted[],
): Promise<void> {
  const { vocabulary } = network.choice;
  const max = Math.max(1, Math.floor(MAX_SCORES / vocabulary));
  // Clones share memory; tidy would dispose of a classifier made by this pass, and dispose must not free a weight.
  const kept = tf.tidy(() => {
    const rowsOf = (all: Int32Array): Tensor2D => tf.tensor2d(all, [rows, all.length / rows], 'int32');
    const lengthsOf = (all: readonly number[]): Tensor1D => tf.tensor1d([...all], 'int32');
    const { hidden, classifier, bias } = network.forward(
      rowsOf(ids),
      { dropout: 0, ...(lengths && { lengths: lengthsOf(lengths) }) },
      source && { ids: rowsOf(source.ids), lengths: lengthsOf(source.lengths) },
    );
    return [hidden, classifier, ...(bias ? [bias] : [])].map((tensor) => tf.clone<Tensor>(tensor));
  });
  const [hidden, classifier, bias] = kept as [Tensor2D, Tensor2D, Tensor1D?];
  try {
    for (let first = 0; first < wanted.length; first += max) {
      const part = wanted.slice(first, first + max);
      const result = tf.tidy(() => {
        const rows = tf.tensor1d(
          part.map(({ row }) => row),
          'int32',
        );
        return classify({ hidden: tf.gather(hidden, rows), classifier, bias });
      });
      const logits = await result.data<'float32'>();
      result.dispose();
      checkOverflow(logits.subarray(0, vocabulary));
      for (const [i, { token, at, into }] of part.entries())
        measure(logits.subarray(i * vocabulary, (i + 1) * vocabulary), token, at, into);
    }
  } finally {
    tf.dispose(kept);
  }
}
/** Model input, and the tokens to score at some of its positions. */
export interface Read {
  /** At most `context` tokens. */
  ids: readonly number[];
  /** Encoder input of an encoder-decoder. */
  source?: readonly number[];
  /** Token expected after position `at`, or, for an encoder, at the masked position `at`. */
  wanted: readonly { at: number; token: number }[];
}

/** -ln of the probability of all wanted tokens of each read, in nats; reads are independent. */
export async function wantedNats(
  network: Network,
  reads: readonly Read[],
  pause: Pause = yieldToEventLoop,
): Promise<Float64Array> {
  const { context } = network.choice.config;
  const nats = new Float64Array(reads.length);
  // Groups reads of similar lengths, with few widths, because some devices compile a program for each.
  const order = reads.map((_, i) => i).sort((a, b) => reads[a]!.ids.length - reads[b]!.ids.length);
  for (let first = 0; first < order.length; first += AT_ONCE) {
    const batch = order.slice(first, first + AT_ONCE);
    const texts = rowsOf(
      batch.map((read) => reads[read]!.ids),
      context,
    );
    const sources = batch.flatMap((read) => (reads[read]!.source ? [reads[read]!.source] : []));
    const wanted = batch.flatMap((read, row) =>
      reads[read]!.wanted.map(({ at, token }) => ({ row: row * texts.width + at, token, read })),
    );
    const scores = emptyScores(wanted.length);
    await scored(
      network,
      { ...texts, ...(sources.length > 0 && { source: rowsOf(sources, context) }) },
      wanted.map(({ row, token }, at) => ({ row, token, at, into: scores })),
    );
    for (const [at, { read }] of wanted.entries()) nats[read]! += scores.loss[at]!;
    await pause();
  }
  return nats;
}
const AT_ONCE = 32;

/** Pads texts to the longest length, rounded up to a multiple of 8. */
function rowsOf(
  texts: readonly (readonly number[])[],
  context: number,
): Required<Omit<Tokens, 'source'>> & { width: number } {
  const lengths = texts.map(({ length }) => length);
  const width = Math.min(context, Math.ceil(Math.max(...lengths) / 8) * 8);
  const ids = new Int32Array(texts.length * width);
  for (const [row, text] of texts.entries()) ids.set(text, row * width);
  return { ids, rows: texts.length, lengths, width };
}

/** Maximum number of logits in memory at once: 64 MB of float32. */
const MAX_SCORES = 2 ** 24;

function measure(logits: Float32Array, token: number, at: number, { loss, rank, confidence }: TokenScores): void {
  const own = logits[token]!;
  let highest = -Infinity;
  let higher = 0;
  for (const score of logits) {
    if (score > highest) highest = score;
    if (score > own) higher++;
  }
  let sum = 0;
  for (const score of logits) sum += Math.exp(score - highest);
  loss[at] = highest + Math.log(sum) - own;
  // NaN logits compare as not higher, which must not count as right.
  const isNumber = Number.isFinite(loss[at]);
  rank[at] = isNumber ? higher : logits.length;
  confidence[at] = isNumber ? 1 / sum : 0;
}
