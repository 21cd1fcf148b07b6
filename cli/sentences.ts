/** Reads sentence pairs and tasks of evaluate, and prints their results. */
import { counted, formatReading } from '../src/core/base/units';
import type { Reading } from '../src/core/documents';
import { tableRows } from '../src/core/documents/tableRows';
import type { SentencePair } from '../src/core/evaluate/minimalPairs';
import { sentencePairsIn } from '../src/core/evaluate/pairTable';
import type { Preference } from '../src/core/evaluate/sentencePairs';
import {
  type Task,
  TASK_BASELINES,
  TASK_METRICS,
  type TaskBaselineId,
  type TaskMetricId,
  type TaskScores,
} from '../src/core/evaluate/tasks';
import { taskItems } from '../src/core/evaluate/taskTable';
import { typedTask } from './columns';
import { readers } from '../node/texts/readers';
import { textFile } from '../node/sources';
import { print, stderr } from './terminal';

/** Value that names our own list. */
export const BUNDLED = 'bundled';
/** Returns the table that a person names instead of our list. */
export const ownSentences = (requested: string): string | undefined => (requested === BUNDLED ? undefined : requested);

/** @throws HomegrownError `bad-file` if a row lacks a sentence */
export async function sentencePairsOf(
  requested: string,
  bundled: () => readonly SentencePair[],
  signal: AbortSignal,
  reading: Reading,
): Promise<readonly SentencePair[]> {
  if (requested === BUNDLED) return bundled();
  const { name, rows } = await tableOf(requested, signal, reading);
  return sentencePairsIn(name, rows);
}

/** `FILE.csv`, or `FILE.csv:prompt=COLUMN,answer=COLUMN,choices=COLUMN`, with a `choices=` for each. @throws UsageError; HomegrownError `bad-file` */
export async function taskOf(typed: string, signal: AbortSignal, reading: Reading): Promise<Task> {
  const { path, columns } = typedTask(typed);
  const { name, rows } = await tableOf(path, signal, reading);
  return { name, items: await taskItems(name, rows, columns ?? {}) };
}

async function tableOf(path: string, signal: AbortSignal, reading: Reading) {
  const { name, stream, places } = await textFile(path);
  const note = (words: string): void => {
    stderr.write(`${name}: ${words}.\n`);
  };
  const file = { name, bytes: stream(), note, reading, ...(places && { places }) };
  return { name, rows: tableRows(file, readers, signal) };
}

export function printTask({ name, rows, cut, metrics, baselines }: TaskScores): void {
  print(`${name}, ${counted(rows, 'row')}:`);
  for (const [id, { value, low, high }] of Object.entries(metrics)) {
    const { label, says } = TASK_METRICS[id as TaskMetricId];
    print(`  ${label} ${formatReading(value)} % (${formatReading(low)} to ${formatReading(high)}): ${says}`);
  }
  for (const [baseline, figures] of Object.entries(baselines))
    print(`  ${TASK_BASELINES[baseline as TaskBaselineId].label} ${formatReading(Object.values(figures)[0]!)} %`);
  if (cut > 0) print(`  Truncated ${counted(cut, 'prompt')}: longer than the context.`);
}

/** @param says what the share counts, such as `the right sentence has the higher probability` */
export function printPreferences(
  title: string,
  says: string,
  { all, kinds }: { all?: Preference; kinds: Readonly<Record<string, Preference>> },
): void {
  const words = ({ value, low, high, pairs }: Preference): string =>
    `${formatReading(value)} % (${formatReading(low)} to ${formatReading(high)}) of ${counted(pairs, 'pair')}`;
  print(`${title}: ${says} in${all ? ` ${words(all)}` : ''}`);
  const width = Math.max(...Object.keys(kinds).map((kind) => kind.length));
  for (const [kind, preference] of Object.entries(kinds)) print(`  ${kind.padEnd(width)}  ${words(preference)}`);
}
