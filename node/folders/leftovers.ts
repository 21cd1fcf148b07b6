/**
 * Folders that killed runs left next to their `--out`. While a run saves there, the list of that folder names its process.
 * An unchanged folder whose process is gone is a leftover.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { listedIn, unfinishedIn } from './listed';
import { isHeld } from './lock';
import { realPath } from './target';
import { replaceList, type Transaction, transaction } from './transaction';

/**
 * Removes leftovers of killed runs with the same `--out` that came no further than the run that just saved.
 * @param name what such folders are called, but for a number
 * @returns the folders that were removed
 */
export async function removeLeftovers(out: string, name: string, step: number): Promise<readonly string[]> {
  const [realOut, folder, baseName] = [await realPath(out), dirname(name), basename(name)];
  const names = await readdir(folder).catch((): string[] => []);
  const places = new Set<string>();
  for (const entry of names) {
    const place = /^\.(.+)\.saving$/.exec(entry)?.[1] ?? entry;
    if (place !== baseName && !(place.startsWith(`${baseName}-`) && /^\d+$/.test(place.slice(baseName.length + 1))))
      continue;
    if (place === entry ? await isLeftover(join(folder, place), realOut, step) : await isAbandoned(join(folder, entry)))
      places.add(join(folder, place));
  }
  const removed: string[] = [];
  for (const place of [...places].sort())
    // An interrupted save is recovered first; then it may be a leftover.
    await transaction(place, async (at) => {
      if (await isLeftover(at.path, realOut, step)) {
        await rm(at.path, { recursive: true });
        removed.push(place);
      } else if (!names.includes(basename(place))) removed.push(dirname(at.draft));
    });
  return removed;
}

async function isLeftover(place: string, out: string, step: number): Promise<boolean> {
  const unfinished = await unfinishedIn(place);
  if (!unfinished || unfinished.out !== out || unfinished.place !== (await realPath(place))) return false;
  return unfinished.step <= step && !(await isHeld(unfinished.holder)) && (await holdsOnlyListed(place));
}

/** Whether the process that held the lock is gone. */
async function isAbandoned(work: string): Promise<boolean> {
  const [holder, ...others] = await readdir(join(work, 'lock')).catch((): string[] => []);
  return holder !== undefined && others.length === 0 && !(await isHeld(holder));
}

async function holdsOnlyListed(folder: string): Promise<boolean> {
  if (!(await lstat(folder)).isDirectory()) return false;
  const listed = new Set(await listedIn(folder));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.every((entry) => {
    const name = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    return entry.isDirectory() || (entry.isFile() && listed.has(name));
  });
}

/** Marks a folder as kept: a run ended there, or a command opened it. */
export async function keep(at: Transaction): Promise<void> {
  if (!(await unfinishedIn(at.path))) return;
  await replaceList(at, (await listedIn(at.path)) ?? []);
}

/** Marks an opened folder as kept, unless a run still saves there. */
export async function keepOpened(at: Transaction): Promise<void> {
  const unfinished = await unfinishedIn(at.path);
  if (unfinished && !(await isHeld(unfinished.holder))) await keep(at);
}
