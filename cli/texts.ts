/** The files that --text means. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { badFile } from '../src/core/base/errors';
import { counted } from '../src/core/base/units';
import { isSystemFile, SavedPages } from '../src/core/documents';
import { stderr } from './terminal';

/**
 * A folder stands for the files in it and below it, in the order in which the app takes them.
 * @param note is told of each link to a folder, which is passed over: it may lead back; and of what saved pages show
 * @throws HomegrownError `bad-file`
 */
export async function filesMeant(
  paths: readonly string[],
  note = (words: string): void => stderr.write(`${words}\n`),
): Promise<readonly string[]> {
  return (await Promise.all(paths.map((path) => meant(path, note)))).flat();
}

async function meant(path: string, note: (words: string) => void): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const kinds = await Promise.all(entries.map(kindOf));
  const are = (kind: Kind): string[] =>
    entries
      .filter((_, i) => kinds[i] === kind)
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((each) => !isSystemFile(relative(path, each)))
      .sort((a, b) => (a < b ? -1 : 1));
  for (const link of are('link to a folder'))
    note(`${link} is a link to a folder and was passed over: give it to --text too where its files are meant.`);
  const all = are('file');
  const pages = new SavedPages(all);
  const files = all.filter((each) => !pages.holds(each));
  if (files.length < all.length)
    note(
      `${counted(all.length - files.length, 'file')} that saved pages show ${files.length === all.length - 1 ? 'was' : 'were'} passed over.`,
    );
  if (files.length === 0) throw badFile(`There is no text in ${path}.`);
  return files;
}

type Kind = 'file' | 'link to a folder' | 'neither';

/** A link to a file is that file; one that leads nowhere is told of when it is read. */
async function kindOf(entry: Dirent): Promise<Kind> {
  if (!entry.isSymbolicLink()) return entry.isFile() ? 'file' : 'neither';
  const found = await stat(join(entry.parentPath, entry.name)).catch(() => null);
  if (found?.isDirectory()) return 'link to a folder';
  return found === null || found.isFile() ? 'file' : 'neither';
}
