/** An external adapter on a base: merged weights, and the adapter's own tensors. */
import { merged, type Trainable } from '../adapters/trainable';
import { badFile } from '../base/errors';
import type { Job } from '../base/job';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';
import { hashOfFrozen } from '../train/start';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { NamedTensors } from '../checkpoint/tensors';
import type { Folder } from './importFolder';
import { readPeft } from './formats/peft/import';
import type { ImportedModel } from './incoming';

interface AdapterOnBase {
  trainable: Trainable;
  /** The adapter's tensors, by our names. */
  tensors: NamedTensors;
  /** Hash of the base's weights. */
  frozen: string;
  words?: string;
}

/**
 * @param base all weights of the model
 * @throws HomegrownError `bad-file`, also where the adapter was trained on other base weights
 */
export async function adapterOnBase(
  model: ModelChoice,
  base: NamedTensors,
  folder: Folder,
  job: Job,
): Promise<AdapterOnBase> {
  const { adapter, tensors, base: baseHash, words } = await readPeft(folder, model, job);
  const trainable: Trainable = { weights: [], adapter };
  const frozen = (await hashOfFrozen({ model, recipe: DEFAULT_RECIPE, trainable, base }))!;
  if (baseHash !== undefined && baseHash !== frozen) {
    const [was, is] = [baseHash, frozen].map((hash) => hash.slice(0, 12));
    throw badFile(
      `The adapter was trained on a base with hash ${was!}…, but this model has hash ${is!}…`,
      'Nothing was exported. Use its original base model.',
    );
  }
  return { trainable, tensors, frozen, ...(words !== undefined && { words }) };
}

/** @param name of the folder */
export async function withAdapter(base: ImportedModel, folder: Folder, name: string, job: Job): Promise<ImportedModel> {
  const { model, snapshot } = base;
  const { trainable, tensors, frozen, words } = await adapterOnBase(model, snapshot.tensors, folder, job);
  const weights = merged(paramsOf(model), new Map([...snapshot.tensors, ...tensors]), trainable);
  const { momentsFrom: _, waited: __, ...state } = snapshot.state;
  return {
    ...base,
    snapshot: { state: { ...state, best: null, frozen }, tensors: new Map([...weights, ...tensors]) },
    resumable: false,
    events: [],
    adapted: { name, trainable, ...(words !== undefined && { words }) },
  };
}
