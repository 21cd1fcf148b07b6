/** Files of a folder: one that can't be read is refused alone. */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { type DropReport, dropSummary, skippedLines } from '../../src/core/documents';
import { textsOf } from './documents';
import { byteFile, textFile } from '../sources';
import { run } from '../../cli/testing/run';
import { findFiles } from './texts';

/** Paths that the system denies to a test that runs as root, too. */
const denied = new Set<string>();
vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  const checked =
    (call: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]): Promise<unknown> => {
      const path = String(args[0]);
      if (denied.has(path))
        throw Object.assign(new Error('EACCES'), { code: 'EACCES', errno: -13, syscall: 'open', path });
      return call(...args);
    };
  return { ...fs, access: checked(fs.access), readdir: checked(fs.readdir) };
});

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const folders: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'texts-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));
const meant = async (...paths: string[]) => {
  const notes: string[] = [];
  const { files, refused, passedOver } = await findFiles(paths, (words) => void notes.push(words));
  return { names: files.map(({ name }) => name), notes, refused, passedOver };
};

test('unreadable names in a folder are refused with a reason, and all other files are read', async () => {
  await mkdir(path('in', 'sub', 'locked'), { recursive: true });
  await writeFile(path('sea.txt'), 'The sea is wide.');
  for (const name of ['a.txt', 'sub/b.txt', 'sub/secret.txt', 'sub/locked/c.txt'])
    await writeFile(path('in', name), `The sea of ${name}.`);
  await symlink('nowhere', path('in', 'dangling'));
  await symlink('loop', path('in', 'loop'));
  await symlink(path('sea.txt'), path('in', 'out.txt'));
  await symlink(folder, path('in', 'up'));
  await mkdir(Buffer.from(path('in', 'sub', 'caf\xe9'), 'latin1'));
  await writeFile(Buffer.from(path('in', 'na\xefve.txt'), 'latin1'), 'The sea is latin.');
  spawnSync('mkfifo', [path('in', 'pipe')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path('in', 'socket'), resolve));
  denied.add(path('in', 'sub', 'locked')).add(path('in', 'sub', 'secret.txt'));
  const { names, refused } = await meant(path('in'));
  server.close();
  expect(names).toEqual(['a.txt', 'sub/b.txt']);
  const leadsOut = (to: string) => `The link leads outside the folder, to ${to}. To read it, name that path too.`;
  expect(refused).toEqual([
    { name: 'dangling', reason: 'The link leads to nothing, or the file is gone (ENOENT).' },
    { name: 'loop', reason: 'Its links form a loop (ELOOP).' },
    { name: 'na\\xefve.txt', reason: 'Its name is not UTF-8. Rename it to read it.' },
    { name: 'out.txt', reason: leadsOut(path('sea.txt')) },
    { name: 'pipe', reason: 'It is a pipe (FIFO); in a folder, only files are read.' },
    { name: 'socket', reason: 'It is a socket; in a folder, only files are read.' },
    { name: 'sub/caf\\xe9', reason: 'Its name is not UTF-8. Rename it to read it.' },
    { name: 'sub/locked', reason: 'This user may not read it (EACCES).' },
    { name: 'sub/secret.txt', reason: 'This user may not read it (EACCES).' },
    { name: 'up', reason: leadsOut(folder) },
  ]);
});

test('links inside a folder give no file twice, and can lead to hidden files, as in git-annex', async () => {
  await mkdir(path('.git', 'objects'), { recursive: true });
  await mkdir(path('letters'));
  await writeFile(path('letters', 'june.txt'), 'Dear Ahab,');
  await writeFile(path('.git', 'objects', 'whale'), 'The whale is large.');
  await symlink('letters/june.txt', path('a.txt'));
  await symlink('letters', path('again'));
  await symlink('..', path('letters', 'back'));
  await symlink('.git/objects/whale', path('whale.txt'));
  await symlink('.git/objects/whale', path('whale-2.txt'));
  const { names, notes, refused } = await meant(folder);
  expect(names).toHaveLength(2);
  expect(names).toContain('letters/june.txt');
  expect(names.join(' ')).toMatch(/whale(-2)?\.txt/);
  expect(refused).toEqual([]);
  expect(notes).toHaveLength(4);
  for (const note of notes) expect(note).toMatch(/is a link to a file that was already read\.$/);
  // A link that is named itself is the folder that it leads to.
  expect((await meant(path('again'))).names).toEqual(['june.txt']);
});

test('prepare and evaluate skip such names and read the others', async () => {
  await mkdir(path('in'));
  await writeFile(path('in', 'a.txt'), 'The sea is wide and deep, and whales swim in it.');
  await symlink('nowhere', path('in', 'dangling.txt'));
  await symlink('loop.txt', path('in', 'loop.txt'));
  const ended = await run(['prepare', '--from', path('in'), '--out', path('out'), '--json']);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    documents: 1,
    refused: [{ name: 'dangling.txt' }, { name: 'loop.txt', reason: 'Its links form a loop (ELOOP).' }],
  });
}, 60_000);

test('prepare says in one line how many files it added and skipped, as the app does, and why', async () => {
  await mkdir(path('in'));
  for (const [name, content] of [
    ['a.txt', 'The sea is wide and deep, and whales swim in it.'],
    ['b.txt', 'The sea is wide and deep, and whales swim in it.'],
    ['notes.txt', ''],
    ['old.rtf', '{\\rtf1 The sea}'],
    ['.DS_Store', ''],
  ] as const)
    await writeFile(path('in', name), content);
  const ended = await run(['prepare', '--from', path('in'), '--recipe', 'none', '--out', path('out')]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/^1 added, 3 skipped, 1 not added\. Saved 1 document \(48 characters\)/);
  expect(ended.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^Left out: old\.rtf\. old\.rtf is an RTF document/),
    'Skipped: b.txt: identical to a.txt',
    'Skipped: notes.txt: empty',
    'Skipped: .DS_Store: hidden',
  ]);
}, 60_000);

test('texts to classify are listed the same way', async () => {
  await mkdir(path('in'));
  for (const name of ['a.txt', 'b.txt']) await writeFile(path('in', name), 'The sea is wide.');
  await writeFile(path('in', 'c.txt'), '');
  await writeFile(path('in', 'd.txt'), 'The sea is deep.');
  const reports: DropReport[] = [];
  const texts = await textsOf([path('in')], new AbortController().signal, {}, (report) => void reports.push(report));
  expect(texts.map(({ name }) => name)).toEqual(['a.txt', 'd.txt']);
  expect(reports.map((report) => dropSummary(report))).toEqual(['2 added, 2 skipped']);
  expect(skippedLines(reports[0]!)).toEqual(['Skipped: b.txt: identical to a.txt', 'Skipped: c.txt: empty']);
});

test('a folder without readable files is refused with the first reason, and so is a named socket', async () => {
  await mkdir(path('in'));
  await expect(meant(path('in'))).rejects.toThrow(/in contains no text\.$/);
  await symlink('nowhere', path('in', 'dangling'));
  await expect(meant(path('in'))).rejects.toMatchObject({ remedy: expect.stringContaining('dangling') as string });
  await expect(textFile('/dev/zero')).rejects.toThrow('/dev/zero is a device; only files and pipes can be read');
});

/** All bytes of a source. */
async function sizeOf(source: Awaited<ReturnType<typeof textFile>>): Promise<number> {
  let size = 0;
  for await (const piece of source.stream()) size += piece.length;
  return size;
}

test('a file that changes during a read is refused; the next read returns its new content', async () => {
  await writeFile(path('a.txt'), 'x'.repeat(3 * 2 ** 20));
  const source = await textFile(path('a.txt'));
  expect(await sizeOf(source)).toBe(3 * 2 ** 20);
  const pieces = source.stream()[Symbol.asyncIterator]();
  await pieces.next();
  await appendFile(path('a.txt'), 'y');
  const rest = async () => {
    while (!(await pieces.next()).done);
  };
  await expect(rest()).rejects.toThrow('changed while it was read: it had 3,145,728 bytes, then 3,145,729');
  const again = await textFile(path('a.txt'));
  expect(await sizeOf(again)).toBe(3 * 2 ** 20 + 1);
  const places = await byteFile(path('a.txt'));
  expect((await places.read(5, 5)).length).toBe(5);
  await utimes(path('a.txt'), 5, 5);
  await expect(places.read(5, 5)).rejects.toThrow('was written during that time');
  await expect(sizeOf(again)).rejects.toThrow('was written during that time');
});

test('parts of a saved page and hidden files are skipped with a reason; a hidden file named itself is read', async () => {
  await mkdir(path('sea_files', 'deep'), { recursive: true });
  for (const name of ['sea.html', 'sea_files/a.js', 'sea_files/deep/b.txt', 'gull.txt'])
    await writeFile(path(...name.split('/')), 'The sea is wide.');
  await mkdir(path('.git'));
  await writeFile(path('.git', 'HEAD'), 'main');
  await writeFile(path('.DS_Store'), '');
  const { names, notes, passedOver } = await meant(folder);
  expect(names).toEqual(['gull.txt', 'sea.html']);
  expect(notes).toEqual([]);
  expect(passedOver).toEqual([
    { name: '.DS_Store', why: 'hidden' },
    { name: '.git/', why: 'hidden' },
    { name: 'sea_files/a.js', why: 'saved page' },
    { name: 'sea_files/deep/b.txt', why: 'saved page' },
  ]);
  expect((await meant(path('sea_files', 'a.js'))).names).toEqual(['a.js']);
});
