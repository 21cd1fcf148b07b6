/** Labeled texts that a finished classifier was not trained on. */
import { trainingFacts } from '../core/documents/record';
import { dataOf } from '../core/runs/segments';
import { shownRun } from './openRun';
import { isAtRest } from './phase';
import type { Studio } from './slices/studio';
import { toTuneOn } from './tuningInputs';

/**
 * Number of texts labeled or corrected since the training of the page's run; 0 for another model or while it trains.
 */
export function labeledSince(
  s: Pick<Studio, 'project' | 'tuneTexts' | 'shown' | 'opened'>,
  page: 'train' | 'export' = 'train',
): number {
  const { record, phase } = shownRun(s, page);
  const trainingTexts = record?.model.config.classes && isAtRest(phase) ? dataOf(record).facts?.texts : undefined;
  if (!trainingTexts || trainingTexts.length === 0) return 0;
  const trainingHashes = new Set(trainingTexts.map(({ sha256 }) => sha256));
  const newTexts = toTuneOn(s, 'classify').filter((text) => !trainingHashes.has(trainingFacts(text).sha256));
  return newTexts.reduce((sum, { documents }) => sum + documents, 0);
}
