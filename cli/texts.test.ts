/** Which files a folder stands for. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesMeant } from './texts';

test('a link to a file is that file, one that leads nowhere is told of when it is read, one to a folder is no text', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'texts-'));
  try {
    const path = (...names: string[]) => join(folder, ...names);
    await mkdir(path('in', 'sub'), { recursive: true });
    await writeFile(path('sea.txt'), 'The sea is wide.');
    await writeFile(path('in', 'a.txt'), 'An albatross.');
    await symlink(path('sea.txt'), path('in', 'sub', 'sea.txt'));
    await symlink(path('nowhere'), path('in', 'z.txt'));
    await symlink(folder, path('in', 'back'));
    expect(await filesMeant([path('in')])).toEqual([
      path('in', 'a.txt'),
      path('in', 'sub', 'sea.txt'),
      path('in', 'z.txt'),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
