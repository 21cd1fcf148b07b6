import { expect, it } from 'vitest';
import { filesOfDrop, filesOfList } from './droppedFiles';

const file = (name: string): File => new File(['x'], name);
const entryOf = (path: string) => ({
  isFile: true,
  isDirectory: false,
  fullPath: path,
  file: (done: (file: File) => void) => done(file(path.split('/').at(-1) ?? '')),
});
/** Folder whose reader returns its children in batches, as browsers do. */
const folderOf = (path: string, batches: readonly (readonly object[])[]) => ({
  isFile: false,
  isDirectory: true,
  fullPath: path,
  createReader: () => {
    let at = 0;
    return { readEntries: (done: (entries: readonly object[]) => void) => done(batches[at++] ?? []) };
  },
});
const unexpected = (words: string): void => {
  throw new Error(words);
};
const dropOf = (entries: readonly (object | null)[], files: readonly File[] = []) =>
  ({
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry })),
    files,
  }) as unknown as DataTransfer;

it('walks through folders, batch after batch, and keeps their paths', async () => {
  const drop = dropOf([
    entryOf('/b.txt'),
    folderOf('/letters', [
      [entryOf('/letters/2.txt')],
      [folderOf('/letters/1851', [[entryOf('/letters/1851/june.txt')]]), entryOf('/letters/1.txt')],
    ]),
  ]);
  const found = await filesOfDrop(drop, unexpected);
  expect(found.map(({ path }) => path)).toEqual(['b.txt', 'letters/1.txt', 'letters/1851/june.txt', 'letters/2.txt']);
  expect(found[2]?.file.name).toBe('june.txt');
});

it('reports which files and folders can’t be read, and reads the rest', async () => {
  const fail = (_: unknown, fail: (error: Error) => void) => fail(new Error('gone'));
  const broken = { ...entryOf('/letters/a.txt'), file: fail };
  const locked = { ...folderOf('/letters/locked', []), createReader: () => ({ readEntries: fail }) };
  const said: string[] = [];
  const drop = dropOf([folderOf('/letters', [[broken, entryOf('/letters/b.txt'), locked, entryOf('/letters/c.txt')]])]);
  const found = await filesOfDrop(drop, (words) => void said.push(words));
  expect(found.map(({ path }) => path)).toEqual(['letters/b.txt', 'letters/c.txt']);
  expect(said).toEqual(["letters/a.txt can't be read (gone), and 1 more. The other 2 files were read."]);
  await expect(filesOfDrop(dropOf([broken]), unexpected)).rejects.toThrow("letters/a.txt can't be read (gone).");
});

it('takes plain files if the browser gives no entries', async () => {
  const found = await filesOfDrop(dropOf([null], [file('b.txt'), file('a.txt')]), unexpected);
  expect(found.map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
});

it('names a chosen file by its path in the chosen folder', () => {
  const inFolder = Object.defineProperty(file('a.txt'), 'webkitRelativePath', { value: 'letters/a.txt' });
  expect(filesOfList([inFolder]).map(({ path }) => path)).toEqual(['letters/a.txt']);
});

it('shows the code of invisible characters in a name', () => {
  expect(filesOfList([file('annual\u202etxt.exe')]).map(({ path }) => path)).toEqual(['annual\\u202Etxt.exe']);
});
