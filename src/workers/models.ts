/** Models on the device, concurrent with a run: shared by equal requests, and disposed when unused. */
import type { BlobStore } from '../core/base/blobStore';
import { loadSnapshot, listSnapshots } from '../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { paramsOf } from '../core/models';
import { network } from '../core/models/network';
import { readKnownRun, type RunRecord } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { LoadedModel } from '../jobs/loadedModel';
import type { Bases } from './bases';

type LoadedStep = Pick<LoadedModel, 'step' | 'network'>;

export interface Models {
  /** Lends `work` a model that stays on the device until the work ends. */
  use<T>(runId: string, which: WhichSnapshot, work: (model: LoadedModel) => Promise<T>): Promise<T>;
  /** Releases the newest model, which is otherwise kept for the next request, once it is unused. */
  retire(): void;
  /** Resolves when no model is on the device: required before the device changes. */
  unload(): Promise<void>;
}

export function modelsOf(store: Promise<BlobStore>): Models {
  /** The model, and its number of users. */
  const users = new Map<LoadedModel, number>();
  let current: LoadedModel | undefined;
  const loader = stepLoader(makeRoom);
  /** Loads one at a time, so that a second request for the same model finds it. */
  let queue: Promise<unknown> = Promise.resolve();
  /** Called after the last model is disposed. */
  let onGone: (() => void)[] = [];

  async function load(runId: string, which: WhichSnapshot): Promise<LoadedModel> {
    const blobs = await store;
    const steps = await listSnapshots(blobs, runId);
    const requested = steps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));
    if (current?.runId === runId && current.step === requested?.step) return current;
    const record = await readKnownRun(blobs, runId);
    const tokenizer = await createTokenizer(await readTokenizer(blobs, record));
    const loaded = await loader.load(blobs, record, which);
    current = { runId, ...loaded, tokenizer };
    users.set(current, 0);
    return current;
  }

  function makeRoom(): void {
    current = undefined;
    disposeUnused();
  }

  function retire(): void {
    loader.forget();
    makeRoom();
  }

  function disposeUnused(): void {
    for (const [model, count] of users) {
      if (count > 0 || model === current) continue;
      users.delete(model);
      model.network.dispose();
    }
    if (users.size > 0) return;
    for (const notify of onGone) notify();
    onGone = [];
  }

  return {
    async use(runId, which, work) {
      const lease = queue.then(async () => {
        const model = await load(runId, which);
        users.set(model, (users.get(model) ?? 0) + 1);
        return model;
      });
      queue = lease.catch(() => undefined);
      const model = await lease;
      try {
        return await work(model);
      } finally {
        users.set(model, users.get(model)! - 1);
        disposeUnused();
      }
    },
    retire,
    async unload() {
      await queue;
      retire();
      if (users.size > 0) await new Promise<void>((resolve) => onGone.push(resolve));
    },
  };
}

/**
 * Loads saved steps onto the device.
 * @param makeRoom called after everything is read, before more is put on the device
 */
function stepLoader(makeRoom: () => void) {
  /** Loaded when a tuned run is first used. */
  let bases: Bases | undefined;
  return {
    async load(store: BlobStore, record: RunRecord, which: WhichSnapshot): Promise<LoadedStep> {
      if (record.base !== undefined) {
        bases ??= (await import('./bases')).basesOf(store);
        return bases.load(record, which, makeRoom);
      }
      const { id, model } = record;
      // Without the optimizer's moments, which take twice the model's memory.
      const { snapshot } = await loadSnapshot(store, id, which, new Set(Object.keys(paramsOf(model))));
      makeRoom();
      return { step: snapshot.state.step, network: await network(model, snapshot.tensors) };
    },
    forget: () => bases?.forget(),
  };
}
