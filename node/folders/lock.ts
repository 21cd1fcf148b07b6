/** A lock between processes: a folder that is renamed into place. Its one file is named after the holder. */
import { readdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HomegrownError } from '../../src/core/base/errors';
import { makeFolder } from './target';

/**
 * Waits for the lock at `path` and runs `work` with it. The file of a dead process is removed by its name, so a living process
 * never loses the lock.
 * @throws HomegrownError `in-use` when one holder keeps it longer than `LOCK_TIMEOUT_MS`
 */
export async function locked<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const holder = await thisProcess();
  const waitingFolder = `${path}.${holder}`;
  await makeWaitingFolder(waitingFolder);
  try {
    await writeFile(join(waitingFolder, holder), '');
    await acquire(path, waitingFolder, signal);
  } catch (error) {
    await rm(waitingFolder, { recursive: true, force: true });
    throw error;
  }
  try {
    await clearWaiting(path);
    return await work();
  } finally {
    await unlink(join(path, holder)).catch(() => undefined);
    await rmdir(path).catch(() => undefined);
  }
}

/** Removes the folder around the lock if it is empty. */
async function makeWaitingFolder(waitingFolder: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await makeFolder(waitingFolder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
const MAX_ATTEMPTS = 100;

/** A rename replaces an empty folder, never one with a file. */
async function acquire(path: string, waitingFolder: string, signal?: AbortSignal): Promise<void> {
  let [holder, holderSince] = ['', performance.now()];
  for (;;) {
    try {
      await rename(waitingFolder, path);
      return;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!TAKEN_CODES.has(code)) throw error;
    }
    const [currentHolder = ''] = await namesIn(path);
    if (currentHolder !== '' && !(await isHeld(currentHolder)))
      await unlink(join(path, currentHolder)).catch(() => undefined);
    await rmdir(path).catch(() => undefined); // Windows does not rename onto an empty folder.
    if (currentHolder !== holder) [holder, holderSince] = [currentHolder, performance.now()];
    else if (performance.now() - holderSince > LOCK_TIMEOUT_MS) throw inUse(path, holder);
    signal?.throwIfAborted();
    await wait(RETRY_MS);
  }
}
const TAKEN_CODES = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM']);
/** Milliseconds. */
const RETRY_MS = 20;
const LOCK_TIMEOUT_MS = 300_000;

const inUse = (path: string, holder: string): HomegrownError =>
  new HomegrownError(
    'in-use',
    `Another command (process ${HOLDER.exec(holder)?.[2] ?? holder}) has used this folder for ${LOCK_TIMEOUT_MS / 60_000} minutes.`,
    `Nothing was changed. Wait until it ends; if it is no longer running, delete ${path}.`,
  );

/** Folders of processes that died while they waited. */
async function clearWaiting(path: string): Promise<void> {
  const prefix = `${basename(path)}.`;
  for (const name of await namesIn(dirname(path)))
    if (name.startsWith(prefix) && !(await isHeld(name.slice(prefix.length))))
      await rm(join(dirname(path), name), { recursive: true, force: true });
}

const namesIn = (path: string): Promise<string[]> => readdir(path).catch(() => []);

/** Host, process, its start, number of its lock. */
const HOLDER = /^([\w-]+)\.(\d+)\.(\d+)\.\d+$/;
const HOST = hostname().replace(/[^\w-]/g, '_') || 'host';
let count = 0;
export const thisProcess = async (): Promise<string> =>
  `${HOST}.${process.pid}.${(await startTimeOf(process.pid)) ?? 0}.${count++}`;

/** Whether the named process may still run; true if unknown, as for another host. */
export async function isHeld(holder: string): Promise<boolean> {
  const [, host, pid, startTime] = HOLDER.exec(holder) ?? [];
  if (host !== HOST) return true;
  return startTime === '0' ? isRunning(Number(pid)) : (await startTimeOf(Number(pid))) === startTime;
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Start of a process in ticks since the system's start, because ids are reused; null if the system doesn't say. */
async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // man 5 proc: the name may contain spaces and brackets; the time follows the state and 18 more fields.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}
