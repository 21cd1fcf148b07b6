/** Word attributions: which words of a text spoke for a label, and which against it. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { type Pause, yieldToEventLoop } from '../base/job';
import { isReadFromFirst } from '../models/classes';
import type { Network } from '../models/network';
import { textOf } from '../objectives/pairRows';
import { labelScores } from '../sample/labelScores';
import { probabilitiesOf } from '../sample/labelsOf';
import { rowArrays, widthOf, windowsOf } from '../sample/textRows';
import { aroundText } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface Word {
  text: string;
  /** Positive if the word spoke for the label, negative if against it. */
  score: number;
}

export interface Decided {
  /** Concatenated, they give the part of the text that was read. Spaces and lone punctuation have a score of 0. */
  words: readonly Word[];
  /** Probability of each label for the text with all its words blanked out. */
  blank: readonly number[];
  /** Number of tokens in the text, and how many of them were read. */
  tokens: number;
  read: number;
}

/**
 * Integrated gradients of the label's lead: how far its logit is ahead of the others'. The path leads from the text
 * with all words blanked out (embeddings of 0) to the text. All scores add up to the lead that the words bring. Blanks
 * carry no information. With the mean of the text's own words, which still gives the label away, scores were noise.
 * @param label index of the label
 * @param temperature divides the logits before they become probabilities
 * Source: Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks", arXiv:1703.01365
 */
export async function decided(
  network: Network,
  tokenizer: Tokenizer,
  text: string,
  label: number,
  { temperature = 1, pause = yieldToEventLoop }: { temperature?: number; pause?: Pause } = {},
): Promise<Decided> {
  const { config } = network.choice;
  const { labels, pooling, several = false, inWindows = false } = config.classes!;
  const [before, after] = aroundText(tokenizer, isReadFromFirst(network.choice));
  const ids = tokenizer.encode(text);
  if (ids.length === 0) return { words: [], blank: labels.map(() => 0), tokens: 0, read: 0 };
  const windows = windowsOf(ids.length, config.context - before.length - after.length, inWindows);
  const scores = new Float64Array(ids.length);
  const blank = new Float32Array(labels.length);
  for (const [from, to] of windows) {
    const row = [...before, ...ids.subarray(from, to), ...after];
    const width = widthOf(row.length, config.context);
    const path = pathTo(network, rowArrays([row], width, pooling, tokenizer.endOfText), {
      ...{ width, label, several },
      isWord: (at) => at >= before.length && at < before.length + to - from,
    });
    try {
      const contributions = await integrateSlopes(path, pause);
      for (let at = from; at < to; at++) scores[at] = contributions[before.length + at - from]! / windows.length;
      for (const [i, score] of (await path.scores(0)).entries()) blank[i]! += score / windows.length;
    } finally {
      path.dispose();
    }
  }
  const read = windows.at(-1)![1];
  return {
    words: scoredWords(ids.subarray(0, read), scores, tokenizer),
    blank: [...probabilitiesOf(blank, several, temperature)],
    tokens: ids.length,
    read,
  };
}

/** Path from blanks, at 0, to the words of a text, at 1. */
interface Path {
  /** Number of tokens in the row. */
  width: number;
  /** Logits of all labels. */
  scores(position: number): Promise<Float32Array>;
  lead(position: number): Promise<number>;
  /** Slope of the lead along the path for each token. */
  slopes(position: number): Promise<Float32Array>;
  dispose(): void;
}

function pathTo(
  network: Network,
  arrays: ReturnType<typeof rowArrays>,
  settings: { width: number; label: number; several: boolean; isWord: (position: number) => boolean },
): Path {
  const { width, label, several, isWord } = settings;
  const tensors = tf.tidy(() => {
    const inputs = {
      ids: tf.tensor2d(arrays.ids, [1, width], 'int32'),
      lengths: tf.tensor1d(arrays.lengths, 'int32'),
      pool: tf.tensor2d(arrays.pool, [1, width]),
    };
    let embedded: Tensor2D | undefined;
    labelScores(network, inputs, {
      dropout: 0,
      hook(name, x) {
        if (name === 'embedding') embedded ??= tf.clone(x);
        return x;
      },
    });
    const wordMask = tf.tensor2d(Array.from({ length: width }, (_, position) => [isWord(position) ? 1 : 0]));
    const words = tf.mul<Tensor2D>(embedded!, wordMask); // [T, C]
    return { ...inputs, words, around: tf.sub<Tensor2D>(embedded!, words) };
  });
  const { words, around: specialEmbeddings, ...inputs } = tensors;
  const scoresOf = (x: Tensor2D): Tensor2D =>
    labelScores(network, inputs, { dropout: 0, hook: (name, hidden) => (name === 'embedding' ? x : hidden) });
  const pointAt = (position: number): Tensor2D => tf.add(specialEmbeddings, tf.mul(words, position));
  const read = async (tensor: Tensor): Promise<Float32Array> => {
    const values = await tensor.data<'float32'>();
    tensor.dispose();
    return values;
  };
  const scores = (position: number): Promise<Float32Array> => read(tf.tidy(() => scoresOf(pointAt(position))));
  return {
    width,
    scores,
    lead: async (position) => leadOfScores(await scores(position), label, several),
    slopes: (position) =>
      read(
        tf.tidy(() => {
          const slope = tf.grad((x: Tensor) => leadOf(scoresOf(x as Tensor2D), label, several))(pointAt(position));
          return tf.sum(tf.mul(words, slope), 1);
        }),
      ),
    dispose: () => tf.dispose(Object.values(tensors)),
  };
}

/** scores [1, labels] -> one label's lead over the others; the score itself for multilabel models or a single label. */
function leadOf(scores: Tensor2D, label: number, several: boolean): Tensor {
  const count = scores.shape[1];
  const labelScore = tf.slice(scores, [0, label], [1, 1]);
  if (several || count === 1) return tf.sum(labelScore);
  const others = [tf.slice(scores, [0, 0], [1, label]), tf.slice(scores, [0, label + 1], [1, count - label - 1])];
  return tf.sum(tf.sub(labelScore, tf.logSumExp(tf.concat(others, 1))));
}
function leadOfScores(scores: Float32Array, label: number, several: boolean): number {
  const others = [...scores].filter((_, i) => i !== label);
  if (several || others.length === 0) return scores[label]!;
  const top = Math.max(...others);
  return scores[label]! - top - Math.log(others.reduce((sum, score) => sum + Math.exp(score - top), 0));
}

/**
 * Contribution of each token to the lead along the path. A confident model changes its answer within a short stretch
 * anywhere on the path. So steps are halved where the lead changes most, and slopes are taken there. Distributes the
 * change that the midpoint slopes of a step miss, in proportion to their size.
 */
async function integrateSlopes(path: Path, pause: Pause): Promise<Float64Array> {
  const points: { at: number; lead: number }[] = [];
  // Dense near 0, where normalization scales any small embedding up to full size.
  for (let i = 0; i <= FIRST_STEPS; i++) {
    const position = (i / FIRST_STEPS) ** 3;
    points.push({ at: position, lead: await path.lead(position) });
  }
  const changeOf = (step: number): number => points[step + 1]!.lead - points[step]!.lead;
  const largestFirst = (): number[] =>
    [...Array(points.length - 1).keys()].sort((a, b) => Math.abs(changeOf(b)) - Math.abs(changeOf(a)));
  for (let i = 0; i < HALVINGS; i++) {
    const [largest] = largestFirst() as [number];
    const position = (points[largest]!.at + points[largest + 1]!.at) / 2;
    points.splice(largest + 1, 0, { at: position, lead: await path.lead(position) });
    await pause();
  }
  const total = new Float64Array(path.width);
  for (const step of largestFirst().slice(0, SLOPE_STEPS)) {
    const [from, to] = [points[step]!.at, points[step + 1]!.at];
    const slopes = await path.slopes((from + to) / 2);
    addCompleted(
      total,
      slopes.map((slope) => slope * (to - from)),
      changeOf(step),
    );
    await pause();
  }
  const completed = new Float64Array(path.width);
  addCompleted(completed, total, points.at(-1)!.lead - points[0]!.lead);
  return completed;
}
const FIRST_STEPS = 8;
const HALVINGS = 24;
/** Number of steps whose slopes are taken: those with the largest changes. */
const SLOPE_STEPS = 20;

/** Adds parts of a change to `sum`, and distributes what they miss of it in proportion to their size. */
function addCompleted(sum: Float64Array, parts: ArrayLike<number>, change: number): void {
  let [partsSum, magnitude] = [0, 0];
  for (let i = 0; i < parts.length; i++) {
    partsSum += parts[i]!;
    magnitude += Math.abs(parts[i]!);
  }
  const missed = magnitude === 0 ? 0 : (change - partsSum) / magnitude;
  for (let i = 0; i < parts.length; i++) sum[i]! += parts[i]! + missed * Math.abs(parts[i]!);
}

/**
 * Words with the sum of their tokens' scores, and the spaces between them. A word without a letter or a digit gives its
 * score to its neighbor.
 */
export function scoredWords(ids: Uint32Array, scores: Float64Array, tokenizer: Tokenizer): readonly Word[] {
  const words: { text: string; score: number }[] = [];
  let carried = 0;
  let lastWord: { score: number } | undefined;
  for (const { from, to } of wordSpans(ids, tokenizer)) {
    const text = textOf(tokenizer, ids.subarray(from, to));
    const score = scores.subarray(from, to).reduce((a, b) => a + b, 0);
    const core = text.trim();
    const start = text.indexOf(core);
    const word = { text: core, score: 0 };
    const pieces = [text.slice(0, start), word, text.slice(start + core.length)];
    for (const piece of pieces) {
      if (typeof piece !== 'string') words.push(piece);
      else if (piece !== '') words.push({ text: piece, score: 0 });
    }
    if (/[\p{L}\p{N}]/u.test(core)) {
      word.score = score + carried;
      carried = 0;
      lastWord = word;
    } else if (lastWord) lastWord.score += score;
    else carried += score;
  }
  // The text has only punctuation.
  const first = words.find(({ text }) => text.trim() !== '');
  if (first) first.score += carried;
  return words.filter(({ text }) => text !== '');
}

interface Span {
  from: number;
  to: number;
}
/** Runs of tokens, each with the spaces before it. */
function wordSpans(ids: Uint32Array, tokenizer: Tokenizer): readonly Span[] {
  const spans: Span[] = [];
  let [hasWord, endsInSpace] = [true, true];
  for (const [index, id] of ids.entries()) {
    const bytes = tokenizer.bytes(id);
    const isCut = hasWord && (endsInSpace || isSpace(bytes[0]));
    if (isCut) spans.push({ from: index, to: index + 1 });
    else spans.at(-1)!.to = index + 1;
    hasWord = (hasWord && !isCut) || !bytes.every(isSpace);
    endsInSpace = isSpace(bytes.at(-1));
  }
  return spans;
}
/** A space, a tab or a line break. */
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 9 && byte <= 13);
