/** How long a classifier is expected to train on a table that waits for an answer. */
import type { LabeledTable } from '../core/documents/surveyTable';
import { modelSpec } from '../core/models';
import { bodyOf, classifierOf } from './classifierPlan';
import { estimate, limitsOf } from './estimate';
import { measuredSeconds } from './measuredTime';
import type { Studio } from './slices/studio';

/** In milliseconds, with the settings of the project; undefined where no device is open, or it can't be planned. */
export function classifierTimeOf(
  s: Pick<Studio, 'project' | 'runs' | 'device'>,
  { counts, isAll }: Pick<LabeledTable, 'counts' | 'isAll'>,
): number | undefined {
  if (s.device.kind !== 'open' || !isAll) return undefined;
  const texts = counts.reduce((sum, { count }) => sum + count, 0);
  const held = texts * s.project.tuning.classify.heldOut;
  const labels = counts.map(({ label }) => label);
  try {
    const given = { labels, several: false, trained: texts - held, held };
    const { model, recipe } = classifierOf(s.project, bodyOf(s), given, limitsOf(s));
    const { info } = s.device;
    const seconds =
      measuredSeconds(s.runs, model, recipe, info) ??
      estimate(modelSpec(model.id), model.config, model.vocabulary, recipe, info).seconds;
    return seconds === undefined ? undefined : 1000 * seconds;
  } catch {
    return undefined; // The page of labels says what is wrong with the settings.
  }
}
