/**
 * A transaction on a path: one command at a time reads or writes there, after an interrupted write is recovered.
 *
 * During a transaction on `model`, the folder `.model.saving` next to it has `lock`; `draft`, a folder that is being written;
 * `new`, a whole folder that is moved into place; and `old`, the files that it replaces. Files are renamed one by one, old
 * ones aside before new ones in; files that aren't on Homegrown's list stay. So a folder never has files of two models, and
 * at every point the files show what to do next.
 */
import { lstat, mkdir, open, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badSettings } from '../../src/core/base/errors';
import { unwatched } from '../../src/core/base/job';
import { readBytes } from '../../src/core/files/byteSource';
import { importHuggingFace } from '../../src/core/export/formats/huggingFace/import';
import { filesOf } from './folder';
import { LIST, listedIn, listOf, whatIs } from './listed';
import { isRunning, locked } from './lock';
import { realPath } from './target';
import { stderr } from '../output';

export interface Transaction {
  /** The path without links. */
  path: string;
  /** The folder that is being written. */
  draft: string;
  /** A whole folder with its list, once it is renamed to this. */
  coming: string;
  aside: string;
}

/**
 * @param path may not exist yet; its parent folder must
 * @param signal ends the wait for another holder
 */
export async function transaction<T>(
  path: string,
  use: (at: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const real = await realPath(path);
  const workFolder = join(dirname(real), `.${basename(real)}.saving`);
  const stats = await lstat(workFolder).catch(() => null);
  if (stats && !stats.isDirectory())
    throw badSettings(`${workFolder} is in the way.`, 'Nothing was changed. Move it to another folder.');
  const [draft, coming, aside] = [join(workFolder, 'draft'), join(workFolder, 'new'), join(workFolder, 'old')];
  const place: Transaction = { path: real, draft, coming, aside };
  try {
    const recoverAndUse = async (): Promise<T> => {
      await recover(place);
      return use(place);
    };
    return await locked(join(workFolder, 'lock'), recoverAndUse, signal);
  } finally {
    await rmdir(workFolder).catch(() => undefined); // Unless something is in it.
  }
}

async function recover(at: Transaction): Promise<void> {
  await rm(at.draft, { recursive: true, force: true });
  await rm(temporaryList(at), { force: true });
  if (await exists(at.coming)) {
    await moveIntoPlace(at);
    report(`Completed an interrupted save into ${at.path}.`);
  } else await rm(at.aside, { recursive: true, force: true }); // the replacement is in place
  await clearDrafts(at.path);
}

/** Moves `coming` into place. Each step reads the state, so a repeat after any step continues. */
async function moveIntoPlace({ path, coming, aside }: Transaction): Promise<void> {
  if (await exists(join(coming, LIST))) {
    await mkdir(path, { recursive: true });
    // The list moves out last and the new one moves in last: a present list is the old one.
    if (await exists(join(path, LIST))) await moveAside(path, (await listedIn(path)) ?? [], aside);
    await moveIn(path, (await listedIn(coming)) ?? [], coming);
    if (await exists(join(aside, LIST))) await removeEmpty(path, (await listedIn(aside)) ?? []);
  }
  await syncFolder(path);
  if (await holdsFiles(coming)) await rename(coming, await freeName(`${path}.stopped`));
  else await rm(coming, { recursive: true });
  await rm(aside, { recursive: true, force: true });
}

async function moveAside(path: string, listed: readonly string[], aside: string): Promise<void> {
  for (const name of [...listed.filter((name) => name !== LIST), LIST]) {
    if ((await whatIs(path, name)) !== 'file') continue;
    await mkdir(dirname(join(aside, name)), { recursive: true });
    await rename(join(path, name), join(aside, name));
  }
}

async function moveIn(path: string, listed: readonly string[], coming: string): Promise<void> {
  for (const name of [...listed.filter((name) => name !== LIST), LIST]) {
    if ((await whatIs(coming, name)) !== 'file') continue; // already moved in
    if ((await whatIs(path, name)) !== 'nothing')
      throw badSettings(
        `${join(path, name)} blocks a file of an interrupted save.`,
        `Move it to another folder and try again. The save is in ${coming}.`,
      );
    await mkdir(dirname(join(path, name)), { recursive: true });
    await rename(join(coming, name), join(path, name));
    if (name.includes('/')) await syncFolder(dirname(join(path, name)));
  }
}

/** Removes folders that had only our files. */
async function removeEmpty(path: string, listed: readonly string[]): Promise<void> {
  const folders = new Set(listed.filter((name) => name.includes('/')).map((name) => dirname(name)));
  for (const name of folders) {
    for (let at = name; at !== '.'; at = dirname(at))
      if ((await whatIs(path, at)) === 'folder') await rmdir(join(path, at)).catch(() => undefined);
  }
}

/** Moves `draft`, a whole folder whose files are on the disk, into place. */
export async function commit(at: Transaction, draft: string): Promise<void> {
  // A folder of a build without lists gets one first, so that every later step is the same.
  const listed = (await listedIn(at.path)) ?? [];
  if (listed.length > 0 && !listed.includes(LIST)) await replaceList(at, listed);
  await rename(draft, at.coming);
  await syncFolder(dirname(at.coming));
  await moveIntoPlace(at);
}

/** Writes a list into the folder of a transaction. */
export async function replaceList(at: Transaction, names: readonly string[]): Promise<void> {
  await writeFile(temporaryList(at), await readBytes(listOf(names.filter((name) => name !== LIST))));
  await rename(temporaryList(at), join(at.path, LIST));
}
const temporaryList = ({ draft }: Transaction): string => join(dirname(draft), LIST);

/** Drafts of earlier builds: `.model.123.part`, of an ended process. A complete model is kept under a visible name. */
async function clearDrafts(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  for (const entry of await readdir(folder).catch(() => [])) {
    if (!entry.startsWith(`.${name}.`)) continue;
    const [, pid] = /^\.(\d+)\.part$/.exec(entry.slice(name.length + 1)) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const draft = join(folder, entry);
    if (await isCompleteModel(draft)) {
      const keptPath = (await exists(path)) ? await freeName(`${path}.stopped`) : path;
      await rename(draft, keptPath);
      report(`${keptPath} contains a model from an interrupted save.`);
    } else await rm(draft, { recursive: true, force: true });
  }
}

const isCompleteModel = (folder: string): Promise<boolean> =>
  filesOf(folder)
    .then((files) => importHuggingFace(files, unwatched))
    .then(
      () => true,
      () => false,
    );

/** `model`, `model-2`, `model-3`: the first that is free. @param extension `.csv` for `labels.csv`, `labels-2.csv` */
export async function freeName(
  name: string,
  isFree = async (path: string): Promise<boolean> => !(await exists(path)),
  extension = '',
): Promise<string> {
  const stem = name.slice(0, name.length - extension.length);
  for (let i = 1; ; i++) {
    const path = i === 1 ? name : `${stem}-${i}${extension}`;
    if (await isFree(path)) return path;
  }
}

async function holdsFiles(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) if (!entry.isDirectory() || (await holdsFiles(join(folder, entry.name)))) return true;
  return false;
}

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;

/** Writes the folder's names to the disk. Windows has no such call, and doesn't need it. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const report = (line: string): void => stderr.write(`${line}\n`);
