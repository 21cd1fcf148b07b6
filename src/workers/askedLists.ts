/** Reads a person's tables as sentence pairs and tasks. */
import type { Job } from '../core/base/job';
import type { TextSource } from '../core/documents';
import type { Readers } from '../core/documents/guard/readers';
import { tableRows } from '../core/documents/tableRows';
import type { SentencePair } from '../core/evaluate/minimalPairs';
import { sentencePairsIn } from '../core/evaluate/pairTable';
import type { Task } from '../core/evaluate/tasks';
import { taskItems } from '../core/evaluate/taskTable';

/** @throws HomegrownError `bad-file` naming the line */
export const readSentencePairs = (source: TextSource, readers: Readers, job: Job): Promise<readonly SentencePair[]> =>
  sentencePairsIn(source.name, rowsOf(source, readers, job));

/** @throws HomegrownError `bad-file` naming the line */
export const readTask = async (source: TextSource, readers: Readers, job: Job): Promise<Task> => ({
  name: source.name,
  items: await taskItems(source.name, rowsOf(source, readers, job)),
});

function rowsOf({ name, size, stream, places }: TextSource, readers: Readers, { signal, report }: Job) {
  async function* withProgress(): AsyncGenerator<Uint8Array> {
    let done = 0;
    report({ label: `Reading ${name}`, done, of: size, unit: 'bytes' });
    for await (const piece of stream()) {
      yield piece;
      done += piece.length;
      report({ label: `Reading ${name}`, done, of: size, unit: 'bytes' });
    }
  }
  return tableRows({ name, bytes: withProgress(), note: () => undefined, ...(places && { places }) }, readers, signal);
}
