/** The runs of a folder's models, and their parent runs. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, HomegrownError, toFailure } from '../../src/core/base/errors';
import { MAX_JSON_BYTES } from '../../src/core/base/limits';
import { readRunInfo, type RunInfo } from '../../src/core/export/homegrownJson';
import { jsonOf } from '../json';
import { undisturbed } from './readModel';

/** A model's folder and its run. */
export interface FoundRun {
  folder: string;
  info: RunInfo;
}

/**
 * Returns the models directly in a folder, by name, and why others can't be read.
 * @throws HomegrownError `bad-file` if there is no such folder
 */
export async function runsIn(
  folder: string,
): Promise<{ runs: readonly FoundRun[]; unreadable: readonly { folder: string; why: string }[] }> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw badFile(`There is no folder ${folder}.`, "Name the folder that contains the models' folders.");
  });
  // The folder of an interrupted save may be empty, or not exist yet.
  const cutOff = names.flatMap((name) => /^\.(.+)\.saving$/.exec(name)?.[1] ?? []);
  const runs: FoundRun[] = [];
  const unreadable: { folder: string; why: string }[] = [];
  for (const name of [...new Set([...names, ...cutOff])].sort()) {
    const path = join(folder, name);
    if (name.startsWith('.') || !(cutOff.includes(name) || (await isFile(join(path, INFO))))) continue;
    try {
      const run = await undisturbed(path, () => readRun(path));
      if (run) runs.push(run);
    } catch (error) {
      if (!(error instanceof HomegrownError)) throw error;
      unreadable.push({ folder: path, why: toFailure(error).message });
    }
  }
  return { runs, unreadable };
}
const INFO = 'homegrown.json';

/** Returns null without a run. Doesn't read tensors. */
async function readRun(folder: string): Promise<FoundRun | null> {
  const path = join(folder, INFO);
  if (!(await isFile(path))) return null;
  if ((await stat(path)).size > MAX_JSON_BYTES) throw badFile(`${path} is too large: Homegrown did not write it.`);
  return { folder, info: await readRunInfo(path, jsonOf(await readFile(path, 'utf8'))) };
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false;
