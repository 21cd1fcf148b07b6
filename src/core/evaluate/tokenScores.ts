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
    Array.from(slidingWindows(length, context, stride), (window) => ({ ...window, text })),
  );
  let scoredCount = 0;
  for (const { batch, width } of batchesOf(windows, context, rows)) {
    const inputIds = new Int32Array(batch.length * width);
    for (const [row, { text, start, tokens }] of batch.entries())
      for (let t = 0; t < tokens; t++)
        inputIds[row * width + t] = start + t === 0 ? begin : texts[text]![start + t - 1]!;
    // No predicted token attends to the padding after a shorter window.
    const targets = batch.flatMap(({ text, start, tokens, from }, row) =>
      Array.from({ length: start + tokens - from }, (_, i) => {
        const index = from + i;
        return { hiddenRow: row * width + index - start, token: texts[text]![index]!, index, scores: scores[text]! };
      }),
    );
    await scoreTokens(network, { ids: inputIds, rows: batch.length }, targets);
    scoredCount += targets.length;
    onProgress?.(scoredCount);
    await pause();
  }
  return scores;
}

/** Batches rows of similar widths, with about as many tokens as `rows` full rows. */
export function* batchesOf<Item extends { tokens: number }>(
  items: readonly Item[],
  context: number,
  rows: number,
): Generator<{ batch: readonly Item[]; width: number }> {
  // Uses few widths, because some devices compile a program for each.
  const widthOf = ({ tokens }: Item): number => Math.min(context, Math.ceil(tokens / 8) * 8);
  const sorted = [...items].sort((a, b) => widthOf(b) - widthOf(a));
  for (let first = 0; first < sorted.length;) {
    const width = widthOf(sorted[first]!);
    const batch = sorted.slice(first, first + Math.max(rows, Math.floor((rows * context) / width)));
    yield { batch, width };
    first += batch.length;
  }
}

/** A window whose input is the `tokens` tokens up to the one before `start + tokens`. Predicts tokens from `from` on. */
interface Window {
  start: number;
  tokens: number;
  from: number;
}

function* slidingWindows(length: number, context: number, stride: number): Generator<Window> {
  for (let from = 0; from < length;) {
    const to = from === 0 ? Math.min(length, context) : Math.min(length, from + stride);
    const start = Math.max(0, to - context);
    // Without overlap, the last window isn't moved back over predicted tokens.
    yield stride >= context ? { start: from, tokens: to - from, from } : { start, tokens: to - start, from };
    from = to;
  }
}

interface ModelInput {
  /** [rows, width] */
  ids: Int32Array;
  rows: number;
  /** Length of each row; absent if all are full. */
  lengths?: readonly number[];
  /** Encoder input rows of an encoder-decoder. */
  source?: { ids: Int32Array; lengths: readonly number[] };
}

/** A token to score. The result goes to `scores`, at `index`. */
interface ScoredToken {
  /** Index in the flattened hidden states that predict the token. */
  hiddenRow: number;
  /** Id. */
  token: number;
  index: number;
  scores: TokenScores;
}

/** Computes loss, rank and confidence of the targets. @throws HomegrownError `diverged` if logits overflow */
export const scoreTokens = (network: Network, input: ModelInput, targets: readonly ScoredToken[]): Promise<void> =>
  eachLogits(
    network,
    input,
    targets.map(({ hiddenRow }) => hiddenRow),
    (logits, i) => {
      const { token, index, scores } = targets[i]!;
      scoreLogits(logits, token, index, scores);
    },
  );

/**
 * Computes the logits [vocabulary] of some rows of the flattened hidden states, in parts that fit into memory.
 * @param use must not keep the logits
 * @throws HomegrownError `diverged` if logits overflow
 */
export async function eachLogits(
  network: Network,
  { ids, rows, lengths, source }: ModelInput,
  hiddenRows: readonly number[],
  use: (logits: Float32Array, index: number) => void,
): Promise<void> {
  const { vocabulary } = network.choice;
  const maxRows = Math.max(1, Math.floor(MAX_LOGITS / vocabulary));
  // Clones share memory; tidy would dispose of a classifier made by this pass, and dispose must not free a weight.
  const outputs = tf.tidy(() => {
    const rowsTensor = (flat: Int32Array): Tensor2D => tf.tensor2d(flat, [rows, flat.length / rows], 'int32');
    const lengthsTensor = (flat: readonly number[]): Tensor1D => tf.tensor1d([...flat], 'int32');
    const { hidden, classifier, bias } = network.forward(
      rowsTensor(ids),
      { dropout: 0, ...(lengths && { lengths: lengthsTensor(lengths) }) },
      source && { ids: rowsTensor(source.ids), lengths: lengthsTensor(source.lengths) },
    );
    return [hidden, classifier, ...(bias ? [bias] : [])].map((tensor) => tf.clone<Tensor>(tensor));
  });
  const [hidden, classifier, bias] = outputs as [Tensor2D, Tensor2D, Tensor1D?];
  try {
    for (let first = 0; first < hiddenRows.length; first += maxRows) {
      const chunk = hiddenRows.slice(first, first + maxRows);
      const result = tf.tidy(() =>
        classify({ hidden: tf.gather(hidden, tf.tensor1d(chunk, 'int32')), classifier, bias }),
      );
      const logits = await result.data<'float32'>();
      result.dispose();
      checkOverflow(logits.subarray(0, vocabulary));
      for (const i of chunk.keys()) use(logits.subarray(i * vocabulary, (i + 1) * vocabulary), first + i);
    }
  } finally {
    tf.dispose(outputs);
  }
}

/** Model input, and the tokens to score at some of its positions. */
export interface ScoringInput {
  /** At most `context` tokens. */
  ids: readonly number[];
  /** Encoder input of an encoder-decoder. */
  source?: readonly number[];
  /** Token expected after `position`, or, for an encoder, at the masked `position`. */
  targets: readonly { position: number; token: number }[];
}

/** Sum over the targets of each input of -ln of the probability, in nats. The inputs are independent of each other. */
export async function targetNats(
  network: Network,
  inputs: readonly ScoringInput[],
  pause: Pause = yieldToEventLoop,
): Promise<Float64Array> {
  const { context } = network.choice.config;
  const nats = new Float64Array(inputs.length);
  // Groups inputs of similar lengths, with few widths, because some devices compile a program for each.
  const order = inputs.map((_, i) => i).sort((a, b) => inputs[a]!.ids.length - inputs[b]!.ids.length);
  for (let first = 0; first < order.length; first += BATCH_SIZE) {
    const batch = order.slice(first, first + BATCH_SIZE);
    const texts = padRows(
      batch.map((input) => inputs[input]!.ids),
      context,
    );
    const sources = batch.flatMap((input) => (inputs[input]!.source ? [inputs[input]!.source] : []));
    const targets = batch.flatMap((input, row) =>
      inputs[input]!.targets.map(({ position, token }) => ({ hiddenRow: row * texts.width + position, token, input })),
    );
    const scores = emptyScores(targets.length);
    await scoreTokens(
      network,
      { ...texts, ...(sources.length > 0 && { source: padRows(sources, context) }) },
      targets.map(({ hiddenRow, token }, index) => ({ hiddenRow, token, index, scores })),
    );
    for (const [index, { input }] of targets.entries()) nats[input]! += scores.loss[index]!;
    await pause();
  }
  return nats;
}
const BATCH_SIZE = 32;

/** Pads texts to the longest length, rounded up to a multiple of 8. */
function padRows(
  texts: readonly (readonly number[])[],
  context: number,
): Required<Omit<ModelInput, 'source'>> & { width: number } {
  const lengths = texts.map(({ length }) => length);
  const width = Math.min(context, Math.ceil(Math.max(...lengths) / 8) * 8);
  const ids = new Int32Array(texts.length * width);
  for (const [row, text] of texts.entries()) ids.set(text, row * width);
  return { ids, rows: texts.length, lengths, width };
}

/** Maximum number of logits in memory at once: 64 MB of float32. */
const MAX_LOGITS = 2 ** 24;

function scoreLogits(
  logits: Float32Array,
  token: number,
  index: number,
  { loss, rank, confidence }: TokenScores,
): void {
  const targetLogit = logits[token]!;
  let highest = -Infinity;
  let higher = 0;
  for (const logit of logits) {
    if (logit > highest) highest = logit;
    if (logit > targetLogit) higher++;
  }
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  loss[index] = highest + Math.log(sum) - targetLogit;
  // NaN logits compare as not higher, which must not count as right.
  const isNumber = Number.isFinite(loss[index]);
  rank[index] = isNumber ? higher : logits.length;
  confidence[index] = isNumber ? 1 / sum : 0;
}
