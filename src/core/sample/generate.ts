import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { breathe, type Job } from '../base/job';
import { badSettings } from '../base/errors';
import { uniform } from '../base/rng';
import type { Network } from '../models/network';
import { choose, type Choice, type SamplingSettings } from './choose';

export interface GenerationSettings extends SamplingSettings {
  /** Unsigned 32-bit. The same seed, settings and weights give the same tokens on the same backend. */
  seed: number;
  /** Tokens to add. */
  length: number;
}

/**
 * Continues a prompt, a token at a time. The model sees the last `context` tokens.
 * Ends early, without an error, when the job is aborted.
 */
export async function* generate(
  network: Network,
  prompt: Iterable<number>,
  settings: GenerationSettings,
  job: Pick<Job, 'signal'>,
): AsyncGenerator<Choice> {
  const ids = [...prompt];
  if (ids.length === 0) throw badSettings('The prompt is empty.', 'Give at least one character to begin from.');
  for (let i = 0; i < settings.length && !job.signal.aborted; i++) {
    const choice = choose(await nextLogits(network, ids), settings, uniform(settings.seed, 'sample', 0, i));
    ids.push(choice.id);
    yield choice;
    await breathe();
  }
}

/** Scores of every token as the next one after `ids`; [vocabulary]. */
export const nextLogits = (network: Network, ids: readonly number[]): Promise<Float32Array> =>
  score(network, ids.slice(-network.choice.config.context), 1);

/** Scores of every token as the next one after each of `ids`, at most `context` of them; [T, vocabulary]. */
export const logits = (network: Network, ids: readonly number[]): Promise<Float32Array> =>
  score(network, ids, ids.length);

/** For the last `rows` places. Lengths are rounded up, so that a device sees few shapes; causality hides what is added. */
async function score(network: Network, ids: readonly number[], rows: number): Promise<Float32Array> {
  const { context } = network.choice.config;
  if (ids.length > context) throw new RangeError(`${ids.length} tokens do not fit into a context of ${context}.`);
  const padded = Math.min(context, Math.ceil(ids.length / LENGTHS) * LENGTHS);
  const result = tf.tidy(() => {
    const input: Tensor2D = tf.tensor2d(
      [...ids, ...new Array<number>(padded - ids.length).fill(0)],
      [1, padded],
      'int32',
    );
    const hidden = tf.slice(network.hidden(input), [ids.length - rows, 0], [rows, -1]);
    return tf.matMul(hidden, tf.transpose(network.classifier));
  });
  const values = await result.data<'float32'>();
  result.dispose();
  return values;
}
const LENGTHS = 16;
