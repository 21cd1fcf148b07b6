import { yieldToEventLoop, type Job, type Pause } from '../base/job';
import { badSettings } from '../base/errors';
import { uniform } from '../base/rng';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import { sampleToken, type SampledToken, type SamplingSettings } from './sampleToken';
import { decoder } from './decoder';

export interface GenerationSettings extends SamplingSettings {
  /** Unsigned 32-bit. The same seed, settings and weights give the same tokens on the same backend. */
  seed: number;
  /** Number of tokens to generate. */
  length: number;
}

/**
 * Continues a prompt token by token. The model sees the part of the text that `contextWindow` selects.
 * Ends early, without an error, when the job is aborted.
 * @param source ids of an encoder-decoder's input
 * @throws HomegrownError `diverged` if scores aren't finite, or overflow
 */
export async function* generate(
  network: Network,
  prompt: Iterable<number>,
  settings: GenerationSettings,
  job: Pick<Job, 'signal'>,
  pause: Pause = yieldToEventLoop,
  source?: readonly number[],
): AsyncGenerator<SampledToken> {
  const ids = [...prompt];
  if (ids.length === 0) throw badSettings('The prompt is empty.', 'Enter at least one character.');
  const decoding = decoder(network, source);
  try {
    for (let i = 0; i < settings.length && !job.signal.aborted; i++) {
      const logits = await decoding.next(ids);
      checkOverflow(logits);
      const choice = sampleToken(logits, settings, uniform(settings.seed, 'sample', 0, i));
      ids.push(choice.id);
      yield choice;
      await pause();
    }
  } finally {
    decoding.dispose();
  }
}
