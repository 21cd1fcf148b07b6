/** Starts a run from a copy of another run's saved step, so that each can be deleted without the other. */
import { cutTo, MAX_NAME } from '../base/textLimits';
import { partsOf } from '../adapters/trainable';
import type { BlobStore } from '../base/blobStore';
import { claimRun, loadSnapshot } from '../checkpoint/checkpoint';
import type { Snapshot } from '../checkpoint/snapshot';
import type { HostTensor } from '../checkpoint/tensors';
import { paramsOf } from '../models';
import { optimizerOf, stateName, stateOf } from '../optim';
import { rawName } from '../train/averaging';
import type { Recipe } from '../train/recipe';
import { ownerOf } from './projects';
import { addRun, freeHue, readKnownRun, type RunRecord, updateRun } from './record';
import { copiedFields } from './runFields';
import { continued, dataOf, type SegmentData } from './segments';
import { decisionOfFork } from './settings';
import { readTokenizer } from './tokenizer';

export interface Fork {
  runId: string;
  projectId: string;
  name: string;
  createdAt: number;
  from: { runId: string; step: number };
  recipe: Recipe;
  /** Absent: the other run's data. */
  data?: SegmentData;
}

/**
 * Stores the new run with its first step. Keeps the other run's segments up to that step, and adds one if settings or
 * data differ. After a failure the caller removes what was stored.
 * @throws HomegrownError `storage-damaged` if that step can't be opened, and as a save does
 */
export async function forkRun(
  store: BlobStore,
  { runId, projectId, name, createdAt, from, recipe, data }: Fork,
  device: string,
): Promise<{ record: RunRecord; snapshot: Snapshot; bytes: number }> {
  const parent = await readKnownRun(store, from.runId);
  const owner = await ownerOf(store, projectId);
  const { snapshot: copied } = await loadSnapshot(store, from.runId, from.step);
  const { snapshot, isZero } = withMoments(copied, parent, recipe);
  const { step } = snapshot.state;
  const record: RunRecord = {
    ...(await recordOfNewRun(store, parent, { id: runId, projectId, name, createdAt })),
    device,
    parent: { runId: parent.id, step, how: 'fork', name: parent.name, ...(isZero && { momentsAtZero: true }) },
    segments: continued(parent.segments, step, { recipe, data: data ?? dataOf(parent) }),
  };
  await addRun(store, record, owner);
  const { bytes } = await (await claimRun(store, runId)).save(snapshot);
  return { record: await updateRun(store, runId, (run) => ({ ...run, step })), snapshot, bytes };
}

/** Record of a run that starts from another and has no saved step yet. */
export async function recordOfNewRun(
  store: BlobStore,
  run: RunRecord,
  other: Pick<RunRecord, 'id' | 'projectId' | 'name' | 'createdAt'>,
): Promise<RunRecord> {
  const { decision } = run;
  return {
    ...copiedFields(run),
    ...other,
    name: cutTo(other.name, MAX_NAME),
    ...(decision && { decision: decisionOfFork(decision) }),
    tokenizer: await readTokenizer(store, run),
    tags: [],
    note: '',
    hue: await freeHue(store, other.projectId),
    status: 'running',
    step: 0,
  };
}

/**
 * Returns a step that the recipe's optimizer can continue from. Moments are zero if the step has weights alone or
 * another optimizer's state.
 */
export function withMoments(
  { state, tensors }: Snapshot,
  { model, trainable }: Pick<RunRecord, 'model' | 'trainable'>,
  recipe: Recipe,
): { snapshot: Snapshot; isZero: boolean } {
  const params = partsOf(paramsOf(model), trainable).trainableParams;
  const slots = stateOf(optimizerOf(recipe.optimizer), Object.entries(params)).flat();
  const { best, ...rest } = state;
  const newState = { ...rest, best: best?.step === state.step ? best : null };
  if (slots.every((slot) => tensors.has(stateName(slot))))
    return { snapshot: { state: newState, tensors }, isZero: false };
  const zeros = slots.map((slot): [string, HostTensor] => {
    const size = slot.shape.reduce((a, b) => a * b, 1);
    return [stateName(slot), { shape: slot.shape, data: new Float32Array(size) }];
  });
  const weightNames = new Set(Object.keys(params).flatMap((name) => [name, rawName(name)]));
  const weights = [...tensors].filter(([name]) => weightNames.has(name));
  return {
    snapshot: { state: { ...newState, momentsFrom: state.step }, tensors: new Map([...weights, ...zeros]) },
    isZero: true,
  };
}
