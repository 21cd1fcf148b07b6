/** Labeled texts that a finished classifier was not trained on. */
import { learntFacts } from '../core/documents/record';
import { dataOf } from '../core/runs/segments';
import { shownRun } from './openRun';
import { isAtRest } from './phase';
import type { Studio } from './studio';
import { toTuneOn } from './tuning';

/** How many were added, or corrected, after the training of the run that Train shows; 0 of another model, and while it trains. */
export function labeledSince(s: Pick<Studio, 'project' | 'tuneTexts' | 'shown' | 'opened'>): number {
  const { record, phase } = shownRun(s, 'train');
  const learned = record?.model.config.classes && isAtRest(phase) ? dataOf(record).facts?.texts : undefined;
  if (!learned || learned.length === 0) return 0;
  const known = new Set(learned.map(({ sha256 }) => sha256));
  const others = toTuneOn(s, 'classify').filter((text) => !known.has(learntFacts(text).sha256));
  return others.reduce((sum, { documents }) => sum + documents, 0);
}
