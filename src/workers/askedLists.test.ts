/** The guarded readers read evaluation lists and can be canceled. */
import { expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { guardedByChannel } from '../testing/readerChannel';
import { dataHandlers } from './dataHandlers';

const job = (signal = new AbortController().signal): Job => ({ signal, report: () => undefined });
const given = (name: string, text: string) => ({ name, file: new File([text], name) });
const PAIRS = given('pairs.csv', 'first,second,kind\nAye.,Nay.,sea\n');
const TASK = given('task.csv', 'prompt,answer\nCall me,Ishmael\n');

function dataBy(...how: Parameters<typeof guardedByChannel>) {
  const { readers, workers } = guardedByChannel(...how);
  return { data: dataHandlers(Promise.resolve(memoryStore()), () => Promise.reject(new Error()), readers), workers };
}
const silent = (): ReturnType<typeof dataBy> =>
  dataBy((port) => {
    port.listen(() => undefined);
    port.post({ type: 'ready' });
  }, 60);

test('one worker reads a table of pairs and one of a task', async () => {
  const { data, workers } = dataBy();
  expect(await data.readSentencePairs(PAIRS, job())).toEqual([{ kind: 'sea', first: 'Aye.', second: 'Nay.' }]);
  expect(await data.readTask(TASK, job())).toEqual({
    name: 'task.csv',
    items: [{ line: 2, prompt: 'Call me', answer: 'Ishmael' }],
  });
  expect(workers).toHaveLength(1);
});

test('a table whose reader hangs is refused, and canceling one ends its worker', async () => {
  const { data, workers } = silent();
  await expect(data.readTask(TASK, job())).rejects.toThrow(/task\.csv: its reader made no progress/);
  const abort = new AbortController();
  const reading = data.readSentencePairs(PAIRS, job(abort.signal));
  abort.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(workers.map(({ isTerminated }) => isTerminated)).not.toContain(false);
});
