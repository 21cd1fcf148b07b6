/** A page over the store of an older build, with trained runs. */
import type { BlobStore, Json } from '../core/base/blobStore';
import { claimRun, loadSnapshot } from '../core/checkpoint/checkpoint';
import type { Snapshot } from '../core/checkpoint/snapshot';
import { type Halves, halvesOver, type TestStudio, testStudio } from './behindChannels';
import { goldenStore } from './golden';

/** A run with its own data, stopped at step 120 on WASM. Step 100 is the previous saved step, and its best. */
export const STOPPED = 'fb128393-023b-457d-bf05-3ade94311a0d';
/** A finished run of 40 steps. */
export const FINISHED = '26ae1b3a-361c-46b2-a2b1-1430cacf0813';

/** Shows `runId` of a golden store, or of the given store. */
export async function goldenPage(
  runId: string,
  store?: BlobStore,
  change: (halves: Halves) => void = () => undefined,
): Promise<TestStudio & { store: BlobStore }> {
  const blobs = store ?? (await goldenStore());
  const halves = halvesOver(blobs);
  change(halves);
  const page = testStudio(blobs, halves);
  await page.studio.getState().load();
  if (!(await page.studio.getState().bringBack(runId))) throw new Error(`${runId} is not there`);
  return { ...page, store: blobs };
}

/** A golden store whose project shows a run. */
export async function goldenStoreOf(runId: string): Promise<BlobStore> {
  const store = await goldenStore();
  const project = (await store.get('project')) as Record<string, Json>;
  await store.commit({ put: [['project', { ...project, runId }]] });
  return store;
}

/** A golden store in which the best step of the stopped run is step 110, saved as weights alone. */
export async function withBestWeights(): Promise<BlobStore> {
  const store = await goldenStore();
  const { snapshot } = await loadSnapshot(store, STOPPED, 100);
  const best = { step: 110, loss: 1.5 };
  const writer = await claimRun(store, STOPPED);
  await writer.keepBest({ ...snapshot.state, step: 110, best }, () => Promise.resolve(weightsOf(snapshot)));
  return store;
}

const weightsOf = ({ tensors }: Snapshot): Snapshot['tensors'] =>
  new Map([...tensors].filter(([name]) => !name.startsWith('adam.')));

/** Damages a saved step: `change` changes a byte, found on reading; `drop` makes the step incomplete, found at once. */
export async function spoil(store: BlobStore, runId: string, step: number, kind: 'change' | 'drop'): Promise<void> {
  const [key] = await store.keys(`runs/${runId}/${step}.`);
  if (kind === 'drop') await store.commit({ drop: [key!] });
  else {
    const part = (await store.get(key!)) as Uint8Array;
    await store.commit({ put: [[key!, part.map((byte, i) => (i === 5 ? byte ^ 4 : byte))]] });
  }
}
