/** Which files a folder stands for. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesMeant } from './texts';

test('a link to a file is that file, one that leads nowhere is told of when it is read, one to a folder is passed over, and that is said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'texts-'));
  try {
    const path = (...names: string[]) => join(folder, ...names);
    await mkdir(path('in', 'sub'), { recursive: true });
    await writeFile(path('sea.txt'), 'The sea is wide.');
    await writeFile(path('in', 'a.txt'), 'An albatross.');
    await symlink(path('sea.txt'), path('in', 'sub', 'sea.txt'));
    await symlink(path('nowhere'), path('in', 'z.txt'));
    await symlink(folder, path('in', 'back'));
    await mkdir(path('letters'));
    await symlink(path('letters'), path('in', 'sub', 'letters'));
    const notes: string[] = [];
    const meant = (...paths: string[]) => filesMeant(paths, (words) => void notes.push(words));
    expect(await meant(path('in'))).toEqual([path('in', 'a.txt'), path('in', 'sub', 'sea.txt'), path('in', 'z.txt')]);
    expect(notes).toEqual(
      [path('in', 'back'), path('in', 'sub', 'letters')].map(
        (link) => `${link} is a link to a folder and was passed over: give it to --text too where its files are meant.`,
      ),
    );
    // As it says; where it has none, that is told.
    await expect(meant(path('in', 'sub', 'letters'))).rejects.toThrow(/^There is no text in .*letters\.$/);
    await writeFile(path('letters', 'june.txt'), 'Dear Ahab,');
    expect(await meant(path('in', 'sub', 'letters'))).toEqual([path('in', 'sub', 'letters', 'june.txt')]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('of a page that was saved with its folder the page is meant, and it is said; what is named itself is read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pages-'));
  try {
    const path = (...names: string[]) => join(folder, ...names);
    await mkdir(path('sea_files', 'deep'), { recursive: true });
    for (const name of ['sea.html', 'sea_files/a.js', 'sea_files/deep/b.txt', 'gull.txt'])
      await writeFile(path(...name.split('/')), 'The sea is wide.');
    const notes: string[] = [];
    const meant = (...paths: string[]) => filesMeant(paths, (words) => void notes.push(words));
    expect(await meant(folder)).toEqual([path('gull.txt'), path('sea.html')]);
    expect(notes).toEqual(['2 files that saved pages show were passed over.']);
    expect(await meant(path('sea_files', 'a.js'))).toEqual([path('sea_files', 'a.js')]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
