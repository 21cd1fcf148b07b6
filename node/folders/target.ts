/** The path that --out leads to, and paths that are refused. */
import { lstat, mkdir, readlink, realpath, rmdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { badSettings, type HomegrownError } from '../../src/core/base/errors';
import { checkFolder } from './listed';

/** The path without links, also if nothing is there yet: a dead link leads to its target. */
export async function realPath(path: string, links = 0): Promise<string> {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || links > MAX_LINKS || dirname(absolute) === absolute) throw error;
  }
  const unlinked = join(await realPath(dirname(absolute), links), basename(absolute));
  const stats = await lstat(unlinked).catch(() => null);
  return stats?.isSymbolicLink() ? realPath(resolve(dirname(unlinked), await readlink(unlinked)), links + 1) : unlinked;
}
const MAX_LINKS = 40;

/** Whether `inner` is inside `outer`; both without links, and possibly not there yet. */
export const isWithin = (inner: string, outer: string): boolean => {
  const relativePath = relative(outer, inner);
  return relativePath !== '' && relativePath.split(sep)[0] !== '..' && !isAbsolute(relativePath);
};

/** Whether `inner` is `outer` or inside it: by device and inode if they exist, since a folder may have many paths. */
export async function isIn(inner: string, outer: string): Promise<boolean> {
  // If a path can't be resolved, nothing is read there.
  const [realInner, realOuter] = await Promise.all([inner, outer].map((path) => realPath(path).catch(() => null)));
  if (realInner == null || realOuter == null) return false;
  const outerIdentity = await identity(realOuter);
  for (let ancestor = realInner; ; ancestor = dirname(ancestor)) {
    if (ancestor === realOuter || (outerIdentity !== null && (await identity(ancestor)) === outerIdentity)) return true;
    if (ancestor === dirname(ancestor)) return false;
  }
}

async function identity(path: string): Promise<string | null> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats && `${stats.dev} ${stats.ino}`;
}

/**
 * Refuses a folder with content that Homegrown must not overwrite.
 * @param inputs files and folders that the command reads
 */
export async function checkTarget(out: string, inputs: readonly string[]): Promise<void> {
  const places: readonly (readonly [path: string, what: string])[] = [
    [process.cwd(), 'the current folder'],
    [homedir(), 'your home folder'],
    ...inputs.map((path) => [path, path] as const),
  ];
  for (const [path, description] of places) {
    if (!(await isIn(path, out))) continue;
    await checkFolder(out, []); // gives the simpler reason if the folder isn't ours
    throw badSettings(`--out ${out} is or contains ${description}.`, 'Nothing was written. Choose a separate folder.');
  }
  const realOut = await realPath(out);
  const [stats, parentStats] = [await stat(realOut).catch(() => null), await stat(dirname(realOut)).catch(() => null)];
  if (stats && parentStats && stats.dev !== parentStats.dev)
    throw unwritable(out, 'it is the root of a disk; use a folder on it');
}

export const unwritable = (path: string, why: string): HomegrownError =>
  badSettings(`${path} can't be written: ${why}.`, 'Nothing was written. Choose another --out.');

/**
 * `mkdir -p`, which in Node never ends if the system allows no folders, as under /proc. Cleans up after a failure.
 * @returns the created folders, innermost first
 */
export async function makeFolder(path: string): Promise<string[]> {
  try {
    await mkdir(path);
    return [path];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return [];
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const createdFolders = await makeFolder(dirname(path));
  try {
    await mkdir(path);
    return [path, ...createdFolders];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return createdFolders;
    for (const folder of createdFolders) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}
