/** Reads a model from a folder, a zip or a GGUF file while no command writes there. */
import { access, constants } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { badFile } from '../../src/core/base/errors';
import { unwatched } from '../../src/core/base/job';
import { withAdapter as adaptedBy } from '../../src/core/export/adapted';
import { ADAPTER_FILES, adapterIn, inModel } from '../../src/core/export/adapterFiles';
import type { Folder } from '../../src/core/export/importFolder';
import { importModel, openModel } from '../../src/core/export/importModel';
import type { ImportedModel, Incoming } from '../../src/core/export/incoming';
import { RECIPE_FILE } from '../../src/core/export/format';
import { filesOf } from './folder';
import { keepOpened } from './leftovers';
import { realPath } from './target';
import { type Transaction, transaction } from './transaction';

/**
 * Recovers an interrupted save first.
 * @param unneeded files of the folder that are not read
 */
export async function readModel(
  from: string,
  unneeded: readonly string[] = [],
  signal: AbortSignal = unwatched.signal,
): Promise<ImportedModel> {
  return opening(from, async () => importModel(await filesOf(from, unneeded), { ...unwatched, signal }), signal);
}

/** Reads the weights without the state of training, and merges an adapter if one is named. */
export async function readWeights(from: string, signal?: AbortSignal, adapter?: string): Promise<ImportedModel> {
  const base = await readModel(
    from,
    ['optimizer.safetensors', 'trainer_state.json', RECIPE_FILE, ...ADAPTER_IN_MODEL],
    signal,
  );
  return adapter === undefined ? base : withAdapter(base, adapter, signal);
}
/** Files of an adapter in a model's folder. */
const ADAPTER_IN_MODEL = ADAPTER_FILES.map(inModel);

/** @param adapter PEFT folder of an adapter to merge into it */
export const withAdapter = (
  base: ImportedModel,
  adapter: string,
  signal: AbortSignal = unwatched.signal,
): Promise<ImportedModel> =>
  opening(
    adapter,
    async () => adaptedBy(base, await adapterFolder(adapter), basename(resolve(adapter)), { ...unwatched, signal }),
    signal,
  );

/** @throws HomegrownError `bad-file` without an adapter */
export async function adapterFolder(path: string): Promise<Folder> {
  const files = await filesOf(path);
  const adapterFiles = adapterIn(new Map(files.map(({ name, source }) => [name, source])));
  if (adapterFiles) return adapterFiles;
  throw badFile(
    `${path} has no adapter_config.json.`,
    'Nothing was written. Name a PEFT or tune adapter folder of this model.',
  );
}

/** Returns a model's description, without its weights. */
export const lookAt = (from: string, signal: AbortSignal): Promise<Incoming> =>
  opening(from, async () => openModel(await filesOf(from)), signal);

/** Reads a folder that a person named; no later run removes it as a leftover. */
export const opening = <T>(from: string, read: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
  undisturbed(
    from,
    async (place) => {
      if (place) await keepOpened(place);
      return read();
    },
    signal,
  );

/** Reads while no command writes there. If this user may write, an interrupted save is recovered first. */
export async function undisturbed<T>(
  from: string,
  read: (place?: Transaction) => Promise<T>,
  signal: AbortSignal = unwatched.signal,
): Promise<T> {
  const canWrite = await realPath(from)
    .then((real) => access(dirname(real), constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  return canWrite ? transaction(from, read, signal) : read();
}
