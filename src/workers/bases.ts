/**
 * Loads tuned runs. Adapters are put on top of their frozen base, and the base stays on the device: another adapter of
 * the same base loads without reading it again.
 */
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
   * Loads a saved step of a run that has a base. The network has the same parts as in training, so it computes the same
   * bits.
   * @param makeRoom disposes networks that nobody uses; called once the step is read, before it's put on the device
   */
  load(run: RunRecord, which: WhichSnapshot, makeRoom: () => void): Promise<{ step: number; network: Network }>;
  /** Makes later calls load their base again. The base on the device is disposed with its last network. */
  forget(): void;
}

interface SharedBase {
  /** Equal for runs that can share the base: same weights, frozen dtype and architecture. */
  key: string;
  network: Network;
  /** Number of undisposed networks on top of it. */
  users: number;
}

export function basesOf(store: BlobStore): Bases {
  /** The base that later calls may share. */
  let last: SharedBase | undefined;

  /** Disposes a base with its last user. */
  function release(base: SharedBase): void {
    if (--base.users > 0) return;
    base.network.dispose();
    if (last === base) last = undefined;
  }

  /** Returns the base of a run, with one more user. */
  async function acquire({ model, trainable, base: hash }: RunRecord, makeRoom: () => void): Promise<SharedBase> {
    const { rest } = trainable!;
    const key = JSON.stringify([hash, rest, model]);
    if (last?.key === key) {
      last.users++; // First, because makeRoom may dispose the base's only other network, and the base with it.
      makeRoom();
      return last;
    }
    const values = await readBase(store, hash!);
    makeRoom();
    return (last = { key, network: await network(model, values, [], rest), users: 1 });
  }

  /** Returns the network; disposing it also releases its base. */
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
        // The run trains some of the base's own weights, so it can't share the base.
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
