/** The model on the device that the playground talks to: loaded once, kept until another is asked for. */
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
  network: Network;
  tokenizer: Tokenizer;
  step: number;
}

let loaded: (LoadedModel & { runId: string }) | undefined;

export async function loadModel(store: BlobStore, runId: string, which: WhichSnapshot): Promise<LoadedModel> {
  const steps = await listSnapshots(store, runId);
  const wanted = steps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));
  if (loaded && loaded.runId === runId && loaded.step === wanted?.step) return loaded;
  const record = await readRun(store, runId);
  if (!record) throw new HomegrownError('storage-damaged', `There is no run ${runId}`);
  const { id, config, vocabulary } = record.model;
  // Without the optimizer's moments, which are twice the model.
  const weights = new Set(Object.keys(modelSpec(id).params(config, vocabulary)));
  const { snapshot } = await loadSnapshot(store, runId, which, weights);
  unloadModel();
  loaded = {
    runId,
    step: snapshot.state.step,
    network: await network(record.model, snapshot.tensors),
    tokenizer: await createTokenizer(record.tokenizer),
  };
  return loaded;
}

/** Before the device changes. */
export function unloadModel(): void {
  loaded?.network.dispose();
  loaded = undefined;
}
