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
interface Under {
  key: string;
  network: Network;
  over: number;
}

export function basesOf(store: BlobStore): Bases {
  let last: Under | undefined;

  function leave(under: Under): void {
    if (--under.over > 0) return;
    under.network.dispose();
    if (last === under) last = undefined;
  }

  /** Returns the base of a run, and counts one more network over it. */
  async function held({ model, trainable, base: hash }: RunRecord, makeRoom: () => void): Promise<Under> {
    const { rest } = trainable!;
    const key = JSON.stringify([hash, rest, model]);
    if (last?.key === key) {
      last.over++; // Before other runs are deleted, as this may become the last run that keeps it.
      makeRoom();
      return last;
    }
    const values = await readBase(store, hash!);
    makeRoom();
    return (last = { key, network: await network(model, values, [], rest), over: 1 });
  }

  const leaving = (over: Network, under: Under): Network => ({
    ...over,
    dispose() {
      over.dispose();
      leave(under);
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
      const under = await held(run, makeRoom);
      try {
        return { step, network: leaving(await withAdapters(under.network, snapshot.tensors, trainable), under) };
      } catch (error) {
        leave(under);
        throw error;
      }
    },
    forget() {
      last = undefined;
    },
  };
}
