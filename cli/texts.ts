/** The files that --text means. */
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
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isSystemFile(relative(path, file)));
  if (files.length === 0) throw badFile(`There is no text in ${path}.`);
  return files.sort((a, b) => (a < b ? -1 : 1));
}
