/** The model on the device that the playground talks to: kept until another is asked for, and no one is using it. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { loadSnapshot, listSnapshots } from '../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { modelSpec } from '../core/models';
import { network, type Network } from '../core/models/network';
import { readRun } from '../core/runs/record';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

export interface LoadedModel {
  runId: string;
  network: Network;
  tokenizer: Tokenizer;
  step: number;
}

/** The model, by how many it is being used. */
const users = new Map<LoadedModel, number>();
let current: LoadedModel | undefined;
/** Loading goes in turn: of two that want the same model the second finds it. */
let turn: Promise<unknown> = Promise.resolve();
/** Called when a model that is no longer the current one has gone. */
let onGone: (() => void)[] = [];

/** Gives `work` a model that stays on the device until it has ended, whatever others ask for meanwhile. */
export async function withModel<T>(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot,
  work: (model: LoadedModel) => Promise<T>,
): Promise<T> {
  const taken = turn.then(async () => {
    const model = await loadModel(store, runId, which);
    users.set(model, (users.get(model) ?? 0) + 1);
    return model;
  });
  turn = taken.catch(() => undefined);
  const model = await taken;
  try {
    return await work(model);
  } finally {
    users.set(model, users.get(model)! - 1);
    disposeUnused();
  }
}

async function loadModel(store: BlobStore, runId: string, which: WhichSnapshot): Promise<LoadedModel> {
  const steps = await listSnapshots(store, runId);
  const wanted = steps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));
  if (current?.runId === runId && current.step === wanted?.step) return current;
  const record = await readRun(store, runId);
  if (!record) throw new HomegrownError('storage-damaged', `There is no run ${runId}`);
  const { id, config, vocabulary } = record.model;
  // Without the optimizer's moments, which are twice the model.
  const weights = new Set(Object.keys(modelSpec(id).params(config, vocabulary)));
  const { snapshot } = await loadSnapshot(store, runId, which, weights);
  retireModel();
  current = {
    runId,
    step: snapshot.state.step,
    network: await network(record.model, snapshot.tensors),
    tokenizer: await createTokenizer(record.tokenizer),
  };
  users.set(current, 0);
  return current;
}

/** The next to ask gets one loaded anew; whoever uses this one keeps it until they have done. */
export function retireModel(): void {
  current = undefined;
  disposeUnused();
}

/** Resolves when nothing of a model is on the device any more: before the device changes. */
export async function unloadModel(): Promise<void> {
  await turn;
  retireModel();
  if (users.size > 0) await new Promise<void>((resolve) => onGone.push(resolve));
}

function disposeUnused(): void {
  for (const [model, count] of users) {
    if (count > 0 || model === current) continue;
    users.delete(model);
    model.network.dispose();
  }
  if (users.size > 0) return;
  for (const tell of onGone) tell();
  onGone = [];
}
