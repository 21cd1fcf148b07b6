/** How long work besides training takes: an evaluation of a text, and building tokens. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { costOf, forwardSeconds, type PlanDevice } from './pace';

/**
 * Seconds of an evaluation: the text is read once in windows as long as the context, and a decoder writes some texts.
 * @param written tokens that a decoder writes
 * @param isStrided the text is read twice more, in windows that overlap by half
 */
export function evaluationSeconds(
  { id, config, vocabulary }: ModelChoice,
  tokens: number,
  written: number,
  device: PlanDevice,
  isStrided = false,
): number {
  const spec = modelSpec(id);
  const cost = costOf(spec, config, vocabulary);
  const read = (isStrided ? 3 : 1) * tokens;
  const passesOfWriting = spec.kind === 'decoder' && !config.classes ? written : 0;
  const passes = Math.ceil(read / (ROWS * config.context));
  return forwardSeconds(cost, device, read, passes) + forwardSeconds(cost, device, passesOfWriting, passesOfWriting);
}
/** Windows that a pass reads. */
const ROWS = 8;

/** Characters per second from a text to its data, on a processor of 2024, until this machine has built some. */
const BUILD_RATE = 1.2e6;

/** Seconds until a text is tokens: a tokenizer is trained, the text cut and counted. @param rate characters per second here */
export const buildSeconds = (characters: number, rate = BUILD_RATE): number => characters / rate;
