/**
 * Activation patching: where a model keeps the difference between two passages. Reads the second passage, with the stream of one
 * token at one depth replaced by that of the first, and measures how much of the first prediction comes back.
 * Source: Meng et al. 2022, arXiv:2202.05262 (causal tracing); Heimersheim and Nanda 2024, arXiv:2404.15255.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { badSettings } from '../base/errors';
import { yieldToEventLoop, type Pause } from '../base/job';
import { counted, formatCount } from '../base/units';
import type { Network } from '../models/network';
import type { Hook } from '../models/spec';
import { classify } from '../ops/classify';
import type { Explained } from './attribution';
import { forwardOf, kept } from './forward';

export interface Patching {
  /** Explained output: a token, or a label of a classifier. */
  answer: number;
  /** Most probable output of the other passage. */
  foil: number;
  /** Logit of the answer minus logit of the foil, in the passage and in the other. */
  clean: number;
  corrupted: number;
  /**
   * [layers + 1][tokens], before the first layer and after each: share of the difference that a patch restores; 0 without
   * effect, 1 if the passage's prediction is back. `encoder`: of an encoder-decoder's encoder and its tokens.
   */
  effects: readonly (readonly number[])[];
  encoder?: readonly (readonly number[])[];
}

/**
 * @param explained the answer in the passage
 * @param other the same place in the other passage
 * @throws HomegrownError `bad-settings` if the passages differ in length, or have the same answer
 */
export async function patch(
  network: Network,
  explained: Explained,
  other: Pick<Explained, 'ids' | 'source'>,
  pause: Pause = yieldToEventLoop,
): Promise<Patching> {
  checkLengths(explained, other);
  const answer = explained.output;
  const corruptedRow = { ...explained, ...other };
  const foil = await highestOutput(network, corruptedRow);
  if (answer === foil)
    throw badSettings(
      'The answer is also the most probable one of the other text, so patching can restore nothing.',
      'Choose a token where the answers of both texts differ, or name another target.',
    );
  const { all, hook } = kept((name, x) => (STREAM.test(name) ? x : undefined));
  const names: string[] = [];
  tf.tidy(() => void forwardOf(network, explained, { hook: (name, x) => (STREAM.test(name) && names.push(name), hook(name, x)) })); // prettier-ignore
  try {
    const [clean] = await differences(network, explained, [], { answer, foil });
    const [corrupted] = await differences(network, corruptedRow, [], { answer, foil });
    const effectsOf = async (side: string, tokens: number): Promise<number[][]> => {
      const effects: number[][] = [];
      for (const [i, name] of names.entries()) {
        if (name.startsWith('encoder.') !== (side === 'encoder')) continue;
        const row: number[] = [];
        const perPass = Math.max(1, Math.floor(MAX_TOKENS / (explained.ids.length + (explained.source?.length ?? 0))));
        for (let first = 0; first < tokens; first += perPass) {
          const positions = range(first, Math.min(tokens, first + perPass));
          const found = await differences(network, corruptedRow, positions, { answer, foil, patch: { name, stream: all[i]! } }); // prettier-ignore
          row.push(...found.map((value) => (value - corrupted!) / (clean! - corrupted!)));
          await pause();
        }
        effects.push(row);
      }
      return effects;
    };
    const { ids, source } = explained;
    const encoder = source && { encoder: await effectsOf('encoder', source.length) };
    return { answer, foil, clean: clean!, corrupted: corrupted!, effects: await effectsOf('', ids.length), ...encoder };
  } finally {
    tf.dispose(all);
  }
}
const STREAM = /^(encoder\.)?(embedding|blocks\.\d+\.out)$/;
/** Tokens of one pass over several patched rows. */
const MAX_TOKENS = 4096;
const range = (first: number, end: number): readonly number[] =>
  Array.from({ length: end - first }, (_, i) => first + i);

/** @throws HomegrownError `bad-settings` */
function checkLengths(one: Pick<Explained, 'ids' | 'source'>, other: Pick<Explained, 'ids' | 'source'>): void {
  const [a, b] = [one, other].map(({ ids, source }) => (source ?? ids).length) as [number, number];
  if (a === b) return;
  throw badSettings(
    `The prompt has ${counted(a, 'token')}, but the other text has ${formatCount(b)}.`,
    'Replace words with others of as many tokens.',
  );
}

interface Measured {
  answer: number;
  foil: number;
  /** Activation to replace, and its values in the passage, [T, width]. */
  patch?: { name: string; stream: Tensor2D };
}

/** Logit of the answer minus that of the foil, in one row for each patched position, or in one row without a patch. */
async function differences(
  network: Network,
  { ids, source, place }: Explained,
  positions: readonly number[],
  { answer, foil, patch: patched }: Measured,
): Promise<readonly number[]> {
  const rows = Math.max(1, positions.length);
  const hook: Hook = (name, x) => (name === patched?.name ? withRows(x, patched.stream, positions) : x);
  const result = tf.tidy(() => {
    const repeated = { ids: Array<readonly number[]>(rows).fill(ids).flat(), source, rows };
    const { hidden, classifier, bias } = forwardOf(network, repeated, { hook });
    const perRow = hidden.shape[0] / rows;
    const places = tf.tensor1d(Array.from({ length: rows }, (_, row) => row * perRow + (perRow === 1 ? 0 : place)), 'int32'); // prettier-ignore
    const outputs = tf.tensor1d([answer, foil], 'int32');
    const chosenBias = bias && tf.gather(bias, outputs);
    return classify({
      hidden: tf.gather(hidden, places),
      classifier: tf.gather(classifier, outputs),
      bias: chosenBias,
    });
  });
  const scores = await result.data<'float32'>();
  result.dispose();
  return Array.from({ length: rows }, (_, row) => scores[2 * row]! - scores[2 * row + 1]!);
}

/** x [rows T, width], with position `positions[r]` of row r taken from stream [T, width]. */
function withRows(x: Tensor2D, stream: Tensor2D, positions: readonly number[]): Tensor2D {
  const [T] = stream.shape;
  const mask = new Uint8Array(positions.length * T);
  for (const [row, position] of positions.entries()) mask[row * T + position] = 1;
  return tf.where(tf.tensor2d(mask, [mask.length, 1], 'bool'), tf.tile(stream, [positions.length, 1]), x);
}

/** Index of the highest logit of an output. */
export async function highestOutput(
  network: Network,
  row: Pick<Explained, 'ids' | 'source' | 'place'>,
): Promise<number> {
  const result = tf.tidy(() => {
    const output = forwardOf(network, row);
    return classify({ ...output, hidden: tf.slice(output.hidden, [row.place, 0], [1, -1]) });
  });
  const scores = await result.data<'float32'>();
  result.dispose();
  return scores.reduce((best, score, id) => (score > scores[best]! ? id : best), 0);
}
