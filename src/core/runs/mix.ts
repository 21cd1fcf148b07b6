/** Averages the weights of a tuned run and its base. */
import { checkAlike, mixed } from '../adapters/mixed';
import { badSettings } from '../base/errors';
import type { BlobStore } from '../base/blobStore';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import { readBase } from '../checkpoint/base';
import type { TrainState, WhichSnapshot } from '../checkpoint/snapshot';
import { paramsOf } from '../models';
import type { Values } from '../models/network';
import { partly } from '../train/partly';
import { recordOfNewRun, withMoments } from './fork';
import { openJournal } from './journal';
import { ownerOf } from './projects';
import { addRun, purgeRun, readKnownRun, readRun, type RunRecord, updateRun } from './record';
import { recipeOf } from './segments';
import { loadWhole, weightsOf } from './whole';

interface Mixable {
  state: TrainState;
  /** Weights of the base. */
  base: Values;
  /** Weighted average of the base's weights (`share`) and the tuned ones: all of the model's own weights. */
  at(share: number): Values;
  /** Name of the base. */
  from: string;
}

/** @throws HomegrownError `bad-settings` if the run has no base or it is no longer stored; as `loadWhole` */
export async function mixable(store: BlobStore, run: RunRecord, which: WhichSnapshot): Promise<Mixable> {
  const { parent } = run;
  const isTuned = parent?.how === 'fine-tune';
  if (run.base === undefined && !isTuned)
    throw badSettings(`${run.name} has no base model to average with.`, RUN_UNCHANGED);
  if (run.model.config.classes) await checkClassifier(store, run);
  const base = run.base === undefined ? await parentWeights(store, run, parent!) : await readBase(store, run.base);
  const { snapshot } = await loadSnapshot(store, run.id, which, weightsOf(run));
  const { tensors } = partly(base, run.trainable).whole(run.model, snapshot);
  const params = paramsOf(run.model);
  return {
    state: snapshot.state,
    base,
    at: (share) => mixed(params, tensors, base, share),
    // A fork of a tuned run has the same base, and an imported run names its base.
    from: (isTuned ? parent.name : parent?.began?.name) ?? 'its base',
  };
}

/** @throws HomegrownError `bad-settings` if the base has other labels or is unknown */
async function checkClassifier(store: BlobStore, run: RunRecord): Promise<void> {
  const base = await tunedFrom(store, run);
  if (!base) throw badSettings(`The labels of the base of ${run.name} aren't known.`, RUN_UNCHANGED);
  checkAlike(run.model, base.model);
}

/** Model that a run was tuned from; for a fork, the model that the original was tuned from. */
async function tunedFrom(store: BlobStore, { parent }: RunRecord): Promise<RunRecord | undefined> {
  const ancestor = parent && (await readRun(store, parent.runId));
  return !ancestor || parent.how === 'fine-tune' ? ancestor : tunedFrom(store, ancestor);
}

async function parentWeights(
  store: BlobStore,
  { name }: RunRecord,
  { runId, step, name: parentName }: NonNullable<RunRecord['parent']>,
): Promise<Values> {
  const parent = await readRun(store, runId);
  const loaded = parent && (await loadWhole(store, parent, step).catch(() => undefined));
  if (loaded) return loaded.snapshot.tensors;
  throw badSettings(
    `Step ${step} of ${parentName}, the base of ${name}, was deleted.`,
    'The tuned run is unchanged. Pin a checkpoint to keep it.',
  );
}
const RUN_UNCHANGED = 'The run is unchanged.';

export interface Mix extends Pick<RunRecord, 'projectId' | 'name' | 'createdAt'> {
  runId: string;
  of: { runId: string; which: WhichSnapshot };
  /** Share of the base, 0 to 1. */
  share: number;
}

/**
 * Saves the average as a separate run without optimizer state, which training can continue from. Its status is
 * `running` until it is saved, so if the tab closes before, the run is removed like other unsaved runs. Call it only
 * while holding `runId`.
 */
export async function mixRun(
  store: BlobStore,
  { runId, projectId, name, createdAt, of, share }: Mix,
): Promise<RunRecord> {
  const tuned = await readKnownRun(store, of.runId);
  const owner = await ownerOf(store, projectId);
  const { state, at, from } = await mixable(store, tuned, of.which);
  const newRecord = await recordOfNewRun(store, tuned, { id: runId, projectId, name, createdAt });
  const { trainable: _, base: __, ...copiedFields } = newRecord;
  const { step, tokensSeen, activeMs } = state;
  const mixed = { state: { step, tokensSeen, activeMs, best: null }, tensors: at(share) };
  const { snapshot } = withMoments(mixed, { model: tuned.model }, recipeOf(tuned));
  const record: RunRecord = {
    ...copiedFields,
    parent: { runId: tuned.id, step, how: 'fork', name: tuned.name, momentsAtZero: true },
    mixed: { name: from, share, step },
  };
  try {
    await addRun(store, record, owner);
    const { bytes } = await (await claimRun(store, runId)).save(snapshot);
    await (await openJournal(store, runId, step)).append([{ kind: 'saved', step, bytes }]);
    return await updateRun(store, runId, (run) => ({ ...run, step, status: 'stopped' }), owner);
  } catch (error) {
    await purgeRun(store, runId);
    throw error;
  }
}
