/** Models of tuned runs over their base, which stays on the device while runs on the same base are exchanged. */
import { adapted, withAdapters } from '../core/adapters/adapted';
import type { BlobStore } from '../core/base/blobStore';
import { readBase } from '../core/checkpoint/base';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { network, type Network } from '../core/models/network';
import type { RunRecord } from '../core/runs/record';
import { weightsOf } from '../core/runs/whole';

export interface Bases {
  /**
   * Loads a saved step of a run with a base as training has it, so that it measures the same bits.
   * @param makeRoom called after everything is read, before more is put on the device
   */
  load(run: RunRecord, which: WhichSnapshot, makeRoom: () => void): Promise<{ step: number; network: Network }>;
  /** New requests don't use the models that are on the device. */
  forget(): void;
}

/** A base on the device, and the number of networks over it. */
interface SharedBase {
  key: string;
  network: Network;
  users: number;
}

export function basesOf(store: BlobStore): Bases {
  let last: SharedBase | undefined;

  function release(base: SharedBase): void {
    if (--base.users > 0) return;
    base.network.dispose();
    if (last === base) last = undefined;
  }

  /** Returns the base of a run, and counts one more network over it. */
  async function acquire({ model, trainable, base: hash }: RunRecord, makeRoom: () => void): Promise<SharedBase> {
    const { rest } = trainable!;
    const key = JSON.stringify([hash, rest, model]);
    if (last?.key === key) {
      last.users++; // Before other runs are deleted, as this may become the last run that keeps it.
      makeRoom();
      return last;
    }
    const values = await readBase(store, hash!);
    makeRoom();
    return (last = { key, network: await network(model, values, [], rest), users: 1 });
  }

  const releasedOnDispose = (tuned: Network, base: SharedBase): Network => ({
    ...tuned,
    dispose() {
      tuned.dispose();
      release(base);
    },
  });

  return {
    async load(run, which, makeRoom) {
      const { model, trainable, base: hash } = run;
      const { snapshot } = await loadSnapshot(store, run.id, which, weightsOf(run));
      const { step } = snapshot.state;
      if (!trainable?.adapter || trainable.weights.length > 0) {
        const values = new Map([...(await readBase(store, hash!)), ...snapshot.tensors]);
        makeRoom();
        return { step, network: await adapted(model, values, trainable) };
      }
      const base = await acquire(run, makeRoom);
      try {
        return {
          step,
          network: releasedOnDispose(await withAdapters(base.network, snapshot.tensors, trainable), base),
        };
      } catch (error) {
        release(base);
        throw error;
      }
    },
    forget() {
      last = undefined;
    },
  };
}
