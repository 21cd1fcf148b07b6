/**
 * The checkpoint protocol. Tensors go into immutable hashed chunks `runs/<run>/<id>/<i>`, each read back as soon as it
 * is written; then one commit puts the manifest `manifests/<run>/<id>` and moves `heads/<run>`, which is the only truth:
 * what no head names does not exist. A crash at any point leaves the old head and what it names as they were.
 */
import type { BlobStore, Stored } from '../base/blobStore';
import { HomegrownError, toFailure } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { readAll, type Unreadable } from '../base/record';
import { chunkKey, headKey, manifestKey, readHead, without, type Head } from './head';
import { fillTensors, makeManifest, packed, readManifest, restated, type Holds, type Manifest } from './manifest';
import type { Snapshot, TrainState, WhichSnapshot } from './snapshot';
import { firstNonFinite, type NamedTensors } from './tensors';

/** Kept are the newest step, the one before and the best; older ones are removed. */
export interface RunWriter {
  /** As `keptBest`. */
  readonly best: TrainState['best'];
  /**
   * Stores a snapshot; once resolved it is durable and was read back equal. It is the best too where its state says so.
   * @throws HomegrownError `diverged` (nothing written), `in-use`, `storage-full`, `storage-damaged`, `storage-blocked`:
   * in every case what was saved before stays as it was.
   */
  save(snapshot: Snapshot): Promise<{ bytes: number }>;
  /**
   * Keeps the best step, which `state` is of: its weights alone, unless it is the step that was saved last: that is then
   * the best as well, and no byte of it is written again. @throws as `save` does
   */
  keepBest(state: TrainState, weights: () => Promise<NamedTensors>): Promise<{ bytes: number }>;
}

/** Becomes the run's only writer: one that claimed it earlier can save no more, and its unfinished chunks are removed. */
export async function claimRun(store: BlobStore, runId: string, chunkBytes = CHUNK_BYTES): Promise<RunWriter> {
  const old = await readHead(store, runId);
  const head: Head = old ? { ...old, epoch: old.epoch + 1 } : { ...EMPTY, epoch: 1 };
  if (!(await store.commit({ put: [[headKey(runId), head]], expect: [[headKey(runId), old]] }))) throw inUse();
  await collectGarbage(store, runId, head);
  let best = await keptBest(store, runId);
  let last: Manifest | undefined;
  let attempt = 0;

  async function write(snapshot: Snapshot, holds: Holds): Promise<Manifest> {
    const bad = firstNonFinite(snapshot.tensors);
    if (bad !== undefined) {
      throw new HomegrownError(
        'diverged',
        `${bad} is not a finite number, so step ${snapshot.state.step} was not saved`,
      );
    }
    const id = `${snapshot.state.step}.${head.epoch}.${++attempt}`;
    return writeChunks(store, runId, id, snapshot, holds, chunkBytes);
  }
  async function move(manifest: Manifest, change: (old: Head) => Head | undefined): Promise<boolean> {
    const moved = await moveHead(store, runId, head.epoch, manifest, change);
    // The save stands, whatever becomes of this: what is left over now is removed after the next.
    if (moved) await collectGarbage(store, runId, moved).catch(() => undefined);
    return moved !== undefined;
  }
  return {
    get best() {
      return best;
    },
    async save(snapshot) {
      const { state } = snapshot;
      const manifest = await write(snapshot, 'all');
      const { id } = manifest;
      const isBest = state.best?.step === state.step && !isSame(state.best, best);
      await move(manifest, (now) => ({ ...now, latest: id, previous: now.latest, best: isBest ? id : now.best }));
      last = manifest;
      if (isBest) best = state.best;
      return { bytes: manifest.bytes };
    },
    async keepBest(state, weights) {
      const saved = last?.state.step === state.step ? await restated(last, state) : undefined;
      // A reader may have set it aside since.
      const isKept =
        saved && (await move(saved, (now) => (now.latest === saved.id ? { ...now, best: saved.id } : undefined)));
      const manifest = isKept ? undefined : await write({ state, tensors: await weights() }, 'weights');
      if (manifest) await move(manifest, (now) => ({ ...now, best: manifest.id }));
      best = state.best;
      return { bytes: manifest?.bytes ?? 0 };
    },
  };
}

const isSame = (a: TrainState['best'], b: TrainState['best']): boolean => a?.step === b?.step && a?.loss === b?.loss;

/** The best step that is kept, and its loss; null where there is none, or it does not know its own. */
export async function keptBest(store: BlobStore, runId: string): Promise<TrainState['best']> {
  const id = (await readHead(store, runId))?.best;
  const manifest = id ? await readIntact(store, runId, id) : undefined;
  return manifest ? ownBest(manifest) : null;
}

/** What a saved step says of itself, where it is a best one. */
const ownBest = ({ state: { best, step } }: Manifest): TrainState['best'] => (best?.step === step ? best : null);

/** A description; undefined where it is damaged. */
const readIntact = (store: BlobStore, runId: string, id: string): Promise<Manifest | undefined> =>
  readManifest(store, manifestKey(runId, id)).catch((error: unknown) => {
    if (error instanceof HomegrownError && ['storage-damaged', 'newer-version'].includes(error.code)) return undefined;
    throw error;
  });

/** `damaged`: saved steps that could not be read and were set aside (never deleted) on the way to this one. */
export interface Loaded {
  snapshot: Snapshot;
  damaged: readonly DamagedStep[];
}
export interface DamagedStep {
  step: number;
  reason: string;
}

/**
 * Reads and verifies a saved step, or the tensors of it that are in `only`: what holds others alone is not read.
 * A damaged newest one is set aside and the one before is given instead.
 * @throws HomegrownError `storage-damaged` when the step asked for, or every one, cannot be read; `newer-version`, and
 * then nothing is set aside
 */
export async function loadSnapshot(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot = 'latest',
  only?: ReadonlySet<string>,
): Promise<Loaded> {
  const damaged: DamagedStep[] = [];
  for (;;) {
    const head = await readHead(store, runId);
    const best = head?.best && !head.latest && !head.previous ? await readIntact(store, runId, head.best) : undefined;
    const id = head && pick(head, which, best?.holds !== 'weights');
    if (!head || !id) throw nothingToLoad(which, damaged, best);
    try {
      return { snapshot: await readSnapshot(store, runId, id, only), damaged };
    } catch (error) {
      if (!(error instanceof HomegrownError) || error.code !== 'storage-damaged') throw error;
      // Only if the head still names it: a save that went on meanwhile may simply have removed it.
      const moved = await store.commit({
        put: [[headKey(runId), without(head, id)]],
        expect: [[headKey(runId), head]],
      });
      if (moved) damaged.push({ step: stepOf(id), reason: error.message });
    }
  }
}

export interface SavedStep {
  step: number;
  bytes: number;
  /** The newest that can be opened. */
  latest: boolean;
  best: boolean;
  holds: Holds;
  /** Nats per token on held-out text, where it was the best so far. */
  loss: number | null;
}

/**
 * The saved steps whose description can be read and whose parts are all there, oldest first; and those that were set
 * aside, or would be now. Whether a part has changed shows only when it is opened.
 * @throws HomegrownError `storage-damaged`, `newer-version` when the list of them cannot be read
 */
export async function surveySnapshots(
  store: BlobStore,
  runId: string,
): Promise<{ steps: readonly SavedStep[]; damaged: readonly (DamagedStep & Unreadable)[] }> {
  const head = await readHead(store, runId);
  if (!head) return { steps: [], damaged: [] };
  const { records, unreadable } = await readAll(
    kept(head).map((id) => manifestKey(runId, id)),
    (key) => readWhole(store, runId, key),
  );
  const left = unreadable.reduce((rest, { key }) => without(rest, idOf(key)), head);
  const latest = pick(left, 'latest', records.find(({ id }) => id === left.best)?.holds !== 'weights');
  const aside = await Promise.all(head.damaged.map((id) => whyDamaged(store, runId, id)));
  return {
    steps: records
      .map((manifest): SavedStep => {
        const { id, state, bytes, holds = 'all' } = manifest;
        const loss = ownBest(manifest)?.loss ?? null;
        return { step: state.step, bytes, latest: id === latest, best: id === left.best, holds, loss };
      })
      .sort((a, b) => a.step - b.step),
    damaged: [...unreadable, ...aside].map((found) => {
      return { ...found, step: stepOf(idOf(found.key)), reason: found.failure.message };
    }),
  };
}

/** The saved steps that can be opened, oldest first. */
export const listSnapshots = async (store: BlobStore, runId: string): Promise<readonly SavedStep[]> =>
  (await surveySnapshots(store, runId)).steps;

/** The description of a step whose parts are all there; they are not read. */
async function readWhole(store: BlobStore, runId: string, key: string): Promise<Manifest> {
  const manifest = await readManifest(store, key);
  const there = new Set(await store.keys(chunkKey(runId, `${manifest.id}/`)));
  const missing = manifest.chunks.findIndex((_, i) => !there.has(chunkKey(runId, manifest.id, i)));
  if (missing >= 0) throw missingPart(manifest, missing);
  return manifest;
}

/** What is wrong with a step that was set aside, as far as it shows without reading its parts. */
async function whyDamaged(store: BlobStore, runId: string, id: string): Promise<Unreadable> {
  const key = manifestKey(runId, id);
  const { unreadable } = await readAll([key], () => readWhole(store, runId, key));
  const changed = new HomegrownError('storage-damaged', `Step ${stepOf(id)} has changed since it was written`);
  return unreadable[0] ?? { key, failure: toFailure(changed) };
}

/** Every key that a run's saved steps are under, to be dropped with the run. */
export const snapshotKeys = async (store: BlobStore, runId: string): Promise<string[]> => [
  headKey(runId),
  ...(await store.keys(manifestKey(runId, ''))),
  ...(await store.keys(chunkKey(runId, ''))),
];

async function writeChunks(
  store: BlobStore,
  runId: string,
  id: string,
  snapshot: Snapshot,
  holds: Holds,
  chunkBytes: number,
): Promise<Manifest> {
  const hashes: string[] = [];
  for (const chunk of packed(snapshot.tensors, chunkBytes)) {
    const key = chunkKey(runId, id, hashes.length);
    const hash = await sha256Hex(chunk);
    await store.commit({ put: [[key, chunk]] });
    const back = await store.get(key);
    if (!(back instanceof Uint8Array) || (await sha256Hex(back)) !== hash) throw notWhatWasWritten(snapshot.state.step);
    hashes.push(hash);
  }
  return makeManifest(id, snapshot, holds, chunkBytes, hashes);
}

/** One commit: the manifest and the head that names it, only while the run is still ours; undefined where `change` is. */
async function moveHead(
  store: BlobStore,
  runId: string,
  epoch: number,
  manifest: Manifest,
  change: (old: Head) => Head | undefined,
): Promise<Head | undefined> {
  for (;;) {
    const old = await readHead(store, runId);
    if (old?.epoch !== epoch) throw inUse();
    const head = change(old);
    if (!head) return undefined;
    const key = manifestKey(runId, manifest.id);
    const put: [string, Stored][] = [
      [key, manifest],
      [headKey(runId), head],
    ];
    const moved = await store.commit({ put, expect: [[headKey(runId), old]] });
    // The head may have moved without a new writer, when a reader set a damaged step aside.
    if (!moved) continue;
    if ((await readManifest(store, key)).root !== manifest.root) throw notWhatWasWritten(manifest.state.step);
    return head;
  }
}

async function readSnapshot(
  store: BlobStore,
  runId: string,
  id: string,
  only: ReadonlySet<string> | undefined,
): Promise<Snapshot> {
  const manifest = await readManifest(store, manifestKey(runId, id));
  const isWanted = (name: string): boolean => only?.has(name) ?? true;
  const tensors = await fillTensors(manifest, isWanted, async (i) => {
    const chunk = await store.get(chunkKey(runId, id, i));
    if (!(chunk instanceof Uint8Array)) throw missingPart(manifest, i);
    if ((await sha256Hex(chunk)) !== manifest.chunks[i]) {
      throw damagedStep(manifest, `part ${i + 1} of ${manifest.chunks.length} has changed since it was written`);
    }
    return chunk;
  });
  return { state: manifest.state, tensors };
}

/** Drops what the head does not name, only if that is still the head. */
async function collectGarbage(store: BlobStore, runId: string, head: Head): Promise<void> {
  const keep = new Set([...kept(head), ...head.damaged]);
  const drop = (await snapshotKeys(store, runId)).filter(
    (key) => key !== headKey(runId) && !keep.has(key.split('/')[2]!),
  );
  if (drop.length > 0) await store.commit({ drop, expect: [[headKey(runId), head]] });
}

const kept = ({ latest, previous, best }: Head): string[] =>
  [...new Set([latest, previous, best])].filter((id) => id !== null);

/** Weights alone are no step to go on from: the best is given as the newest only where it is whole. */
function pick(head: Head, which: WhichSnapshot, isBestWhole: boolean): string | null | undefined {
  const { latest, previous, best } = head;
  if (which === 'best') return best;
  if (which === 'latest') return latest ?? previous ?? (isBestWhole ? best : null);
  return kept(head).find((id) => stepOf(id) === which);
}

/** Ids are `<step>.<epoch>.<attempt>`: unique, because an epoch has one writer, which counts its attempts. */
const stepOf = (id: string): number => Number.parseInt(id, 10);
const idOf = (manifest: string): string => manifest.split('/').at(-1)!;

const EMPTY = { latest: null, previous: null, best: null, damaged: [] };
/** One huge value would be one huge file in the browser's profile, which cleaners delete; small ones cost commits. */
const CHUNK_BYTES = 8 * 2 ** 20;

const inUse = (): HomegrownError =>
  new HomegrownError(
    'in-use',
    'This run was taken over by another tab',
    'What it had saved is there; continue in that tab.',
  );
const missingPart = (manifest: Manifest, i: number): HomegrownError =>
  damagedStep(manifest, `part ${i + 1} of ${manifest.chunks.length} is missing`);
const damagedStep = ({ state }: Manifest, reason: string): HomegrownError =>
  new HomegrownError('storage-damaged', `Step ${state.step} cannot be opened: ${reason}`);
const notWhatWasWritten = (step: number): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `Step ${step} was written but did not read back the same, so it does not count as saved`,
    'The step saved before is untouched. Download the model now, and check the disk.',
  );

/** @param best of weights alone, where nothing else is left */
function nothingToLoad(which: WhichSnapshot, damaged: Loaded['damaged'], best: Manifest | undefined): HomegrownError {
  const reasons = damaged.map(({ reason }) => reason).join('. ');
  if (best) {
    const left = `Of step ${best.state.step}, the best, the weights are kept, which it cannot go on from`;
    return new HomegrownError('storage-damaged', [reasons, left].filter(Boolean).join('. '));
  }
  if (damaged.length > 0)
    return new HomegrownError('storage-damaged', `No saved step of this run can be opened. ${reasons}`);
  const what = which === 'latest' ? 'no saved step' : which === 'best' ? 'no best step' : `no saved step ${which}`;
  return new HomegrownError('storage-damaged', `This run has ${what}`);
}
