/** Tables of a person's own as lists: pairs of sentences, and tasks. */
import { csvOf } from '../../core/base/csv';
import { FORMATS, tableFormatOf } from '../../core/documents';
import { allOf } from '../../core/documents/badRows';
import type { SentencePair } from '../../core/evaluate/minimalPairs';
import { sentencePairsIn } from '../../core/evaluate/pairTable';
import { once } from '../../core/files/byteSource';
import type { Task } from '../../core/evaluate/tasks';
import { type TaskColumns, taskItems } from '../../core/evaluate/taskTable';

const rowsOf = (name: string, bytes: Uint8Array) =>
  allOf(name, FORMATS[tableFormatOf(name)].rows({ name, bytes: once(bytes), note: () => undefined }));

/** @throws HomegrownError `bad-file` naming the line */
export const pairsIn = (name: string, text: string): Promise<readonly SentencePair[]> =>
  sentencePairsIn(name, rowsOf(name, new TextEncoder().encode(text)));

/** As a person edits them. */
export const pairsAsTable = (pairs: readonly SentencePair[]): string =>
  csvOf([['first', 'second', 'kind'], ...pairs.map(({ first, second, kind }) => [first, second, kind])]).replaceAll(
    '\r\n',
    '\n',
  );

/** @throws HomegrownError `bad-file` naming the line */
export async function taskIn(name: string, bytes: Uint8Array, columns: TaskColumns = {}): Promise<Task> {
  return { name, items: await taskItems(name, rowsOf(name, bytes), columns) };
}
