/** Outcome of the last drop: that of this session, else the one stored with the project. */
import { paragraph } from '../core/base/errors';
import { dropSummary, type DropReport, type FailedFile, type SkippedFile } from '../core/documents/dropReport';
import { type FailedWords, type KeptDrop, keptDrop } from '../core/documents/keptDrop';
import { allTexts } from '../core/documents/record';
import { same } from '../core/runs/mergeFields';
import { remedy } from './failures';
import { unansweredFiles } from './questions';
import { refusalWords } from './refusalWords';
import type { Studio } from './slices/studio';

export interface ShownDrop {
  title: string;
  skipped: readonly SkippedFile[];
  failed: readonly FailedWords[];
  /** Number of unlisted files. */
  more: number;
  plain?: readonly string[];
}

const wordsOf = (file: FailedFile): FailedWords => {
  return { name: file.name, why: paragraph(refusalWords(file), remedy(file.failure)) };
};

/** Stores the names of skipped files with the project: a reload loses files that wait for an answer. */
export function keepDrop(
  s: Pick<Studio, 'change' | 'drop' | 'waitingFiles' | 'project' | 'refused' | 'texts' | 'tuneTexts'>,
): void {
  const { drop, project, change } = s;
  // A project without a text is shown as a new one.
  if (!drop || allTexts(s).length === 0) return;
  const lastDrop = storedForm(drop, unansweredFiles(s));
  if (!same(lastDrop, project.lastDrop)) change({ lastDrop });
}

/** Stored form of the outcome. Waiting files count as skipped unless a person answers before the page closes. */
function storedForm({ added, skipped, failed }: DropReport, waiting: readonly { name: string }[]): KeptDrop | null {
  const unanswered = waiting.map(({ name }): SkippedFile => ({ name, reason: 'unanswered', why: 'not answered' }));
  return keptDrop(added, [...skipped, ...unanswered], failed.map(wordsOf));
}

/** Whether the report has only a number of added files. */
export const isPlainDrop = (drop: DropReport | null, waiting: number): boolean =>
  !drop || (drop.skipped.length + drop.failed.length + waiting === 0 && !drop.plain);

/** @param waiting names of files that wait for an answer */
export function shownDrop(
  drop: DropReport | null,
  kept: KeptDrop | null,
  waiting: readonly string[],
): ShownDrop | undefined {
  if (drop) {
    if (drop.added === 0 && isPlainDrop(drop, waiting.length)) return undefined;
    const { skipped, failed, plain } = drop;
    const title = dropSummary(drop, waiting.length);
    return { title, skipped, failed: failed.map(wordsOf), more: 0, ...(plain && { plain }) };
  }
  if (!kept) return undefined;
  const isWaiting = ({ name, reason }: SkippedFile): boolean => reason === 'unanswered' && waiting.includes(name);
  const skipped = kept.skippedFiles.filter((file) => !isWaiting(file));
  const waitingCount = kept.skippedFiles.length - skipped.length;
  const counts = {
    added: kept.added,
    skipped: { length: kept.skipped - waitingCount },
    failed: { length: kept.failed },
  };
  if (counts.skipped.length + kept.failed === 0) return undefined;
  const more = counts.skipped.length + kept.failed - skipped.length - kept.failedFiles.length;
  return { title: `Last drop: ${dropSummary(counts, waiting.length)}`, skipped, failed: kept.failedFiles, more };
}
