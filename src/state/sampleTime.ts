import { modelSpec } from '../core/models';
import { buildSeconds } from '../core/plan/workTime';
import type { Sample } from '../protocol/data';
import { classifierTimeOf } from './classifierTime';
import { askedSize, estimate } from './estimate';
import { forPairsSample } from './pairsSample';
import { FIRST_MINUTES } from './plan';
import type { Studio } from './slices/studio';

/** @returns the milliseconds from the press until a run on a bundled sample is done; undefined until the device is open */
export function sampleTime(
  s: Pick<Studio, 'project' | 'runs' | 'device' | 'buildRate'>,
  { counts, pairs, characters }: Sample,
): number | undefined {
  if (counts) return classifierTimeOf(s, { counts, isAll: true });
  if (!pairs) return 60_000 * FIRST_MINUTES;
  if (s.device.kind !== 'open') return undefined;
  const { model, recipe, tokenizerChoice } = forPairsSample(s.project);
  const vocabulary = askedSize(tokenizerChoice);
  const { seconds } = estimate(modelSpec(model.id), model.config, vocabulary, recipe, s.device.info);
  return seconds === undefined ? undefined : 1000 * (seconds + buildSeconds(characters, s.buildRate));
}
