/** The files that --text means. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { badFile } from '../src/core/base/errors';
import { isSystemFile } from '../src/core/documents';

/** A folder stands for the files in it and below it, in the order in which the app takes them. @throws HomegrownError `bad-file` */
export async function filesMeant(paths: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(paths.map(meant))).flat();
}

async function meant(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const are = await Promise.all(entries.map(isFile));
  const files = entries
    .filter((_, i) => are[i])
    .map(pathOf)
    .filter((file) => !isSystemFile(relative(path, file)));
  if (files.length === 0) throw badFile(`There is no text in ${path}.`);
  return files.sort((a, b) => (a < b ? -1 : 1));
}

const pathOf = ({ parentPath, name }: Dirent): string => join(parentPath, name);

/** A link is what it leads to, but for a folder, which may lead back; one that leads nowhere is told of when it is read. */
async function isFile(entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return stat(pathOf(entry)).then(
    (found) => found.isFile(),
    () => true,
  );
}
