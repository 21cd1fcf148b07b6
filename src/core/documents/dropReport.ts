/** Report on the files of a drop: a summary line, and a list by reason. The page and the terminal share it. */
import type { Failure } from '../base/errors';
import { counted, formatCount } from '../base/units';
import type { DropOutcome } from './import';
import type { PassedOver } from './savedPages';

export interface DropReport {
  /** Number of files. */
  added: number;
  /** Files skipped without an error, because no text is lost. */
  skipped: readonly SkippedFile[];
  failed: readonly FailedFile[];
  /** Names of added files that look like a table but aren't one, and so were added as plain text. */
  plain?: readonly string[];
}
/** Titles by reason, in display order. */
export const TITLES = {
  duplicate: 'Duplicates',
  'no text': 'No text',
  hidden: 'Hidden files',
  'saved page': 'Parts of saved pages',
  part: 'Parts of other files',
  answer: 'Skipped by you',
  unanswered: 'Not answered',
  other: 'Other files',
} as const;
export interface SkippedFile {
  name: string;
  reason: keyof typeof TITLES;
  /** A few words that follow the name: `identical to a.txt`, `PNG picture`. */
  why: string;
}
export interface FailedFile {
  name: string;
  failure: Failure;
}

export const NOTHING: DropReport = { added: 0, skipped: [], failed: [] };

/** @param refused files for which the user has no question to answer */
export function reportOf({
  added,
  duplicates,
  passedOver,
  refused,
}: Pick<DropOutcome, 'added' | 'duplicates' | 'passedOver'> & { refused: readonly FailedFile[] }): DropReport {
  const duplicateFiles = duplicates.map(({ name, equals }): SkippedFile => {
    const isSameName = name === equals;
    return { name, reason: 'duplicate', why: isSameName ? 'already added' : `identical to ${equals}` };
  });
  const filesWithoutText = refused.flatMap(({ name, failure: { noText: why } }): SkippedFile[] =>
    why === undefined ? [] : [{ name, reason: 'no text', why }],
  );
  const failed = refused.filter(({ failure }) => failure.noText === undefined);
  return { added, skipped: [...duplicateFiles, ...filesWithoutText, ...passedOver.map(skippedOf)], failed };
}

/** Returns the report's entry for a file that isn't read. */
export const skippedOf = ({ name, why }: PassedOver): SkippedFile => ({
  name,
  reason: why,
  why: { hidden: 'hidden', 'saved page': 'part of a saved page', part: 'part of a file that was not added' }[why],
});

/** Merges the reports of two drops. */
export const joined = (a: DropReport, b: DropReport): DropReport => ({
  added: a.added + b.added,
  skipped: [...a.skipped, ...b.skipped],
  failed: [...a.failed, ...b.failed],
  ...((a.plain || b.plain) && { plain: [...(a.plain ?? []), ...(b.plain ?? [])] }),
});

/** Counts of a report, without its lists. */
interface Counts extends Pick<DropReport, 'added'> {
  skipped: { length: number };
  failed: { length: number };
}
/** Summary line: `8 added, 2 need you, 4 skipped`. @param waiting number of files with a question */
export function dropSummary({ added, skipped, failed }: Counts, waiting = 0): string {
  const parts: readonly (readonly [count: number, words: string])[] = [
    [added, 'added'],
    [waiting, waiting === 1 ? 'needs you' : 'need you'],
    [skipped.length, 'skipped'],
    [failed.length, 'not added'],
  ];
  const phrases = parts.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  return phrases.length === 0 ? 'Nothing to add' : phrases.join(', ');
}

/** Sentence about files added as plain text, without its period. */
export const plainWords = (names: readonly string[]): string =>
  names.length === 1
    ? `${names[0]!} looks like JSON or a table, but isn’t. It was added as plain text`
    : `${formatCount(names.length)} files look like JSON or tables, but aren’t. They were added as plain text`;

interface SkippedGroup {
  title: string;
  files: readonly SkippedFile[];
  /** Number of files beyond the listed ones. */
  more: number;
}

/** Groups the skipped files by reason. @param max files listed in a group */
export function skippedGroups({ skipped }: Pick<DropReport, 'skipped'>, max: number): readonly SkippedGroup[] {
  return (Object.keys(TITLES) as SkippedFile['reason'][]).flatMap((reason) => {
    const files = skipped.filter((file) => file.reason === reason);
    if (files.length === 0) return [];
    return [{ title: TITLES[reason], files: files.slice(0, max), more: Math.max(0, files.length - max) }];
  });
}

/** Line for a skipped file: `b.txt: identical to a.txt`, `leek.jpg: JPEG picture`. */
export const skippedWords = ({ name, why }: SkippedFile): string => `${name}: ${why}`;

/** Formats the skipped files as lines for the terminal. */
export const skippedLines = (report: DropReport): readonly string[] =>
  skippedGroups(report, MAX_LINES).flatMap(({ title, files, more }) => [
    ...files.map((file) => `Skipped: ${skippedWords(file)}`),
    ...(more > 0 ? [`Skipped: ${counted(more, 'more file')} (${title.toLowerCase()})`] : []),
  ]);
const MAX_LINES = 20;
