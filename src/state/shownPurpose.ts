/** Kind of tuning that the page opens with. */
import type { Purpose } from '../core/runs/tuning';
import type { Studio } from './slices/studio';
import { classifierOf, toTuneOn } from './tuningInputs';

/** The project's purpose; `classify` if its run is a classifier and it has no texts for that purpose. */
export function shownPurpose(s: Pick<Studio, 'project' | 'runs' | 'tuneTexts'>): Purpose {
  const { runId, tuning } = s.project;
  const isClassifier = runId !== null && classifierOf(s)?.record.id === runId;
  return isClassifier && toTuneOn(s).length === 0 ? 'classify' : tuning.purpose;
}
