/** Which run a folder holds, and which run that one went on from. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile, HomegrownError, toFailure } from '../src/core/base/errors';
import { sha256Hex } from '../src/core/base/hash';
import { LARGEST_JSON } from '../src/core/base/limits';
import { z } from '../src/core/base/zod';
import { type RunInfo, runInfoSchema } from '../src/core/export/homegrownJson';
import { type Parent, readLocal } from './local';
import { undisturbed } from './read';

/** A folder of a model with what is known of its run. */
export interface FoundRun {
  folder: string;
  id: string;
  info: RunInfo;
  parent: Parent | null;
}

/**
 * A run by what stays as it is while it goes on, so that its exports have its id, and folders that were written before
 * there were ids.
 */
export const idOf = async ({ createdAt, name, model }: RunInfo): Promise<string> =>
  (await sha256Hex(JSON.stringify([createdAt, name, model]))).slice(0, 16);

/** A run as the parent of one that goes on from it in another folder. */
export const asParent = async ({ info }: { info: RunInfo }): Promise<Parent> => ({
  id: await idOf(info),
  step: info.state.step,
  how: 'resume',
});

/**
 * The models right in a folder, by their names, and why others there cannot be read.
 * @throws HomegrownError `bad-file` where there is no such folder
 */
export async function runsIn(
  folder: string,
): Promise<{ runs: readonly FoundRun[]; unreadable: readonly { folder: string; why: string }[] }> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw badFile(`There is no folder ${folder}.`, 'Give the folder that holds those of models.');
  });
  // Of a save that was cut off, the folder itself may be empty, or not be there yet.
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

/** Null where there is none. Its tensors are not looked at. */
async function readRun(folder: string): Promise<FoundRun | null> {
  const path = join(folder, INFO);
  if (!(await isFile(path))) return null;
  if ((await stat(path)).size > LARGEST_JSON) throw badFile(`${path} is too large to be one of ours.`);
  const json = parsed(await readFile(path, 'utf8'));
  const version = z.object({ version: z.int() }).safeParse(json);
  if (version.success && version.data.version > 1)
    throw new HomegrownError('newer-version', `${path} is of version ${version.data.version}.`);
  const { success, data: info } = runInfoSchema.safeParse(json);
  if (!success) throw badFile(`${path} is not what Homegrown writes there.`);
  const local = await readLocal(folder);
  return { folder, id: await idOf(info), info, parent: local?.parent ?? null };
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
