/** Expected training time of a classifier on a table that waits for an answer. */
import type { LabeledTable } from '../core/documents/surveyTable';
import { modelSpec } from '../core/models';
import { bodyOf, classifierOf } from './classifierPlan';
import { estimate, limitsOf } from './estimate';
import { measuredSeconds } from './measuredTime';
import type { Studio } from './slices/studio';

/** Milliseconds with the project's settings; undefined if no device is open or planning fails. */
export function classifierTimeOf(
  s: Pick<Studio, 'project' | 'runs' | 'device'>,
  { counts, isAll }: Pick<LabeledTable, 'counts' | 'isAll'>,
): number | undefined {
  if (s.device.kind !== 'open' || !isAll) return undefined;
  const texts = counts.reduce((sum, { count }) => sum + count, 0);
  const held = texts * s.project.tuning.classify.heldOut;
  const labels = counts.map(({ label }) => label);
  try {
    const labelSet = { labels, several: false, trained: texts - held, held };
    const { model, recipe } = classifierOf(s.project, bodyOf(s), labelSet, limitsOf(s));
    const { info } = s.device;
    const seconds =
      measuredSeconds(s.runs, model, recipe, info) ??
      estimate(modelSpec(model.id), model.config, model.vocabulary, recipe, info).seconds;
    return seconds === undefined ? undefined : 1000 * seconds;
  } catch {
    return undefined; // The page of labels reports wrong settings.
  }
}
