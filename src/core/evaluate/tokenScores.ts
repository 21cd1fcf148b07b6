/** What a model that reads from left to right makes of each token of a text: how likely it was, and how many were likelier. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import { classify } from '../ops/classify';
import { emptyScores, type TokenScores } from './scores';

export interface Windows {
  /** Tokens that each window reads, at most the model's context. */
  context: number;
  /**
   * Tokens by which windows move on. Those of a window that the one before has predicted are only read: each token but the
   * first ones is predicted from `context - stride` tokens at least. As large as the context, windows lie end to end.
   */
  stride: number;
  /** Windows at once. */
  rows: number;
}

/**
 * @param texts ids of each, which is read by itself; what is first in it is predicted from `begin`
 * @param begin what stands before every text
 * @returns of each text
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
    // What follows a shorter window is seen by nothing that is predicted.
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

/** Rows of like widths together, about as many tokens at once as `rows` whole ones have. */
export function* batchesOf<R extends { tokens: number }>(
  all: readonly R[],
  context: number,
  rows: number,
): Generator<{ batch: readonly R[]; width: number }> {
  // Few widths, since each is a program of its own on some devices.
  const widthOf = ({ tokens }: R): number => Math.min(context, Math.ceil(tokens / 8) * 8);
  const sorted = [...all].sort((a, b) => widthOf(b) - widthOf(a));
  for (let first = 0; first < sorted.length;) {
    const width = widthOf(sorted[first]!);
    const batch = sorted.slice(first, first + Math.max(rows, Math.floor((rows * context) / width)));
    yield { batch, width };
    first += batch.length;
  }
}

/** Reads `tokens` from the one before `start`, and predicts those of them from `from` on. */
interface Window {
  start: number;
  tokens: number;
  from: number;
}

function* windowsOver(length: number, context: number, stride: number): Generator<Window> {
  for (let from = 0; from < length;) {
    const to = from === 0 ? Math.min(length, context) : Math.min(length, from + stride);
    const start = Math.max(0, to - context);
    // Where windows lie end to end, the last one is not moved back over what has been predicted.
    yield stride >= context ? { start: from, tokens: to - from, from } : { start, tokens: to - start, from };
    from = to;
  }
}

interface Tokens {
  /** [rows, width] */
  ids: Int32Array;
  rows: number;
  /** Of each row; absent where they are full. */
  lengths?: readonly number[];
  /** Rows that an encoder-decoder reads besides. */
  source?: { ids: Int32Array; lengths: readonly number[] };
}

/** After which of the rows of all tokens which token came, and where its score goes. */
interface Wanted {
  row: number;
  token: number;
  at: number;
  into: TokenScores;
}

/** @throws HomegrownError `diverged` where scores overflow */
export async function scored(
  network: Network,
  { ids, rows, lengths, source }: Tokens,
  wanted: readonly Wanted[],
): Promise<void> {
  const { vocabulary } = network.choice;
  const max = Math.max(1, Math.floor(MAX_SCORES / vocabulary));
  // Copies, which cost nothing: a classifier may be a weight, or made by this pass.
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
/** A text as a model reads it, and of some of its places which token is wanted there. */
export interface Read {
  /** At most as many as the model reads at once. */
  ids: readonly number[];
  /** What an encoder-decoder answers. */
  source?: readonly number[];
  /** After reading up to `at`, or, of a model that reads both ways, where `at` is hidden. */
  wanted: readonly { at: number; token: number }[];
}

/** -ln of the probability of all that is wanted in each, in nats; each is read by itself. */
export async function wantedNats(
  network: Network,
  reads: readonly Read[],
  pause: Pause = yieldToEventLoop,
): Promise<Float64Array> {
  const { context } = network.choice.config;
  const nats = new Float64Array(reads.length);
  // Those of like lengths together; few widths, since each is a program of its own on some devices.
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

/** Side by side, as wide as the longest, rounded up. */
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

/** Floats of scores that are held at once, 64 MB. */
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
  // Of logits that are no numbers none is higher than another: that is not to be taken for right.
  const isNumber = Number.isFinite(loss[at]);
  rank[at] = isNumber ? higher : logits.length;
  confidence[at] = isNumber ? 1 / sum : 0;
}
