/**
 * The checkpoint protocol. Tensors go into immutable hashed chunks `runs/<run>/<id>/<i>`, each read back as soon as it
 * is written. Then one commit puts the manifest `manifests/<run>/<id>` and moves `heads/<run>`, the only source of
 * truth: steps that no head names don't exist. A crash at any point leaves the old head and its steps unchanged.
 */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError, toFailure } from '../base/errors';
import { readAll, storedRecord, type Unreadable } from '../base/record';
import { CHUNK_BYTES } from './chunks';
import {
  changeHead,
  chunkKey,
  HEAD,
  type Head,
  headKey,
  savedIds,
  manifestKey,
  readHead,
  stepOf,
  setAside,
} from './head';
import { mostCompleteCopy, sizesOf } from './pinned';
import { type Form, formOf, type Manifest, readManifest, withState, stepSummary } from './manifest';
import { roomForLight, within } from './plan';
import { fitsHalf, failedVerification, readIntact, readSnapshot, readCompleteStep, writeStep } from './step';
import type { Snapshot, TrainState, WhichSnapshot } from './snapshot';
import { firstNonFinite, type NamedTensors } from './tensors';

/** Saves steps. Keeps the newest step, the one before, the best, and pinned and light ones; removes all others. */
export interface RunWriter {
  /** Like `keptBest`. */
  readonly best: TrainState['best'];
  /**
   * Saves a snapshot. Once resolved, the step is durable and was read back equal. Marks it as the best if its state
   * says so.
   * @throws HomegrownError `diverged` (nothing written), `in-use`, `storage-full`, `storage-damaged`,
   * `storage-blocked`; earlier saved steps are unchanged in every case
   */
  save(snapshot: Snapshot): Promise<{ bytes: number }>;
  /**
   * Saves the best step, which `state` describes, as weights alone. If that step was saved last, only marks it as the
   * best, without writing it again. @throws as `save` does
   */
  keepBest(state: TrainState, weights: () => Promise<NamedTensors>): Promise<{ bytes: number }>;
  /**
   * Saves an intermediate checkpoint: weights alone, in f16 unless a value overflows. Removes the earliest ones until
   * the run's saved steps are within the budget. Undefined if there is no room, without calling `weights` if none is
   * left.
   * @throws as `save` does
   */
  keepLight(
    state: TrainState,
    weights: () => Promise<NamedTensors>,
    budget: number,
  ): Promise<{ bytes: number } | undefined>;
}

/** Becomes the run's only writer. Earlier writers can't save anymore; removes their unfinished chunks. */
export async function claimRun(store: BlobStore, runId: string, chunkBytes = CHUNK_BYTES): Promise<RunWriter> {
  const claimed = await changeHead(store, runId, async (old) => {
    const newestId = await pickId(store, runId, old, 'latest');
    // Later light steps belong to a continuation that this run may not repeat.
    const laterOrEqual = newestId === null ? old.light : old.light.filter((id) => stepOf(id) <= stepOf(newestId));
    return { record: { ...old, light: laterOrEqual, epoch: old.epoch + 1 } };
  });
  const { epoch } = claimed!;
  await collectGarbage(store, runId, claimed!);
  let best = await keptBest(store, runId);
  let last: Manifest | undefined;
  let attempt = 0;

  async function writeFinite(snapshot: Snapshot, form: Form): Promise<Manifest> {
    const bad = firstNonFinite(snapshot.tensors);
    if (bad !== undefined) {
      throw new HomegrownError(
        'diverged',
        `${bad} is not a finite number, so step ${snapshot.state.step} was not saved`,
      );
    }
    const id = `${snapshot.state.step}.${epoch}.${++attempt}`;
    return writeStep(store, runId, id, snapshot, form, chunkBytes);
  }
  type HeadChange = (old: Head) => Head | undefined | Promise<Head | undefined>;
  async function commitManifest(manifest: Manifest, change: HeadChange): Promise<boolean> {
    const newHead = await moveHead(store, runId, epoch, manifest, change);
    // The save is done even if this fails; the next save removes what is left.
    if (newHead) await collectGarbage(store, runId, newHead).catch(() => undefined);
    return newHead !== undefined;
  }
  return {
    get best() {
      return best;
    },
    async save(snapshot) {
      const { state } = snapshot;
      const manifest = await writeFinite(snapshot, WHOLE);
      const { id } = manifest;
      const isBest = state.best?.step === state.step && !isSame(state.best, best);
      await commitManifest(manifest, (current) => ({
        ...current,
        latest: id,
        previous: current.latest,
        best: isBest ? id : current.best,
      }));
      last = manifest;
      if (isBest) best = state.best;
      return { bytes: manifest.bytes };
    },
    async keepBest(state, weights) {
      const saved = last?.state.step === state.step ? await withState(last, state) : undefined;
      // A reader may have set the step aside since.
      const isKept =
        saved &&
        (await commitManifest(saved, (current) =>
          current.latest === saved.id ? { ...current, best: saved.id } : undefined,
        ));
      const manifest = isKept ? undefined : await writeFinite({ state, tensors: await weights() }, WEIGHTS);
      if (manifest) await commitManifest(manifest, (current) => ({ ...current, best: manifest.id }));
      best = state.best;
      return { bytes: manifest?.bytes ?? 0 };
    },
    async keepLight(state, weights, budget) {
      const head = await readHead(store, runId);
      // The size is unknown before the weights are read, so requires at least one byte of room.
      if (!head || roomForLight(await sizesOf(store, runId, head), budget) <= 0) return undefined;
      const tensors = await weights();
      const manifest = await writeFinite({ state, tensors }, fitsHalf(tensors) ? LIGHT : WEIGHTS);
      const isKept = await commitManifest(manifest, async (current) => {
        const sizes = await sizesOf(store, runId, current);
        const others = sizes.light.filter(({ id }) => stepOf(id) !== state.step);
        const light = within(roomForLight(sizes, budget), [...others, manifest]).map(({ id }) => id);
        const unread = current.light.filter((id) => !sizes.light.some((each) => each.id === id));
        return light.includes(manifest.id) ? { ...current, light: [...unread, ...light] } : undefined;
      });
      return isKept ? { bytes: manifest.bytes } : undefined;
    },
  };
}

const WHOLE: Form = { holds: 'all', precision: 'f32' };
const WEIGHTS: Form = { holds: 'weights', precision: 'f32' };
const LIGHT: Form = { holds: 'weights', precision: 'f16' };

const isSame = (a: TrainState['best'], b: TrainState['best']): boolean => a?.step === b?.step && a?.loss === b?.loss;

/** Step and loss of the saved best step; null if there is none, or its loss is unknown. */
export async function keptBest(store: BlobStore, runId: string): Promise<TrainState['best']> {
  const id = (await readHead(store, runId))?.best;
  const manifest = id ? await readIntact(store, runId, id) : undefined;
  return manifest ? bestOfManifest(manifest) : null;
}

/** Best step and loss in the manifest of a best step. */
const bestOfManifest = ({ state: { best, step } }: Manifest): TrainState['best'] => (best?.step === step ? best : null);

/** `damaged`: unreadable steps that were set aside (never deleted) before this one was found. */
export interface Loaded {
  snapshot: Snapshot;
  damaged: readonly DamagedStep[];
}
export interface DamagedStep {
  step: number;
  reason: string;
}

/**
 * Reads and verifies a saved step, or its tensors in `names`; skips chunks without these. If the newest is damaged, sets
 * it aside and reads the one before.
 * @throws HomegrownError `storage-damaged` if the requested step, or every one, is unreadable; `newer-version`, without
 * setting anything aside
 */
export async function loadSnapshot(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot = 'latest',
  names?: ReadonlySet<string>,
): Promise<Loaded> {
  const damaged: DamagedStep[] = [];
  for (;;) {
    const head = await readHead(store, runId);
    const id = head && (await pickId(store, runId, head, which));
    if (!head || !id) throw nothingToLoad(which, damaged, head);
    try {
      return { snapshot: await readSnapshot(store, runId, id, names), damaged };
    } catch (error) {
      if (!(error instanceof HomegrownError) || error.code !== 'storage-damaged') throw error;
      // Only if the head still names it: a concurrent save may have removed it.
      const moved = await changeHead(store, runId, (current) =>
        savedIds(current).includes(id) ? { record: setAside(current, id) } : undefined,
      );
      if (moved) damaged.push({ step: stepOf(id), reason: error.message });
    }
  }
}

async function pickId(store: BlobStore, runId: string, head: Head, which: WhichSnapshot): Promise<string | null> {
  if (which === 'best') return head.best;
  if (which !== 'latest') return (await mostCompleteCopy(store, runId, head, which)) ?? null;
  // Checks whether other steps are complete only if they may be the newest.
  const others = (head.latest ?? head.previous) ? [] : savedIds({ ...head, light: [] });
  return newest(
    head,
    (await Promise.all(others.map((id) => readIntact(store, runId, id)))).filter((m) => m !== undefined),
  );
}

/** Newest step that a run can resume from, so not weights alone. @param contents of each step, if known */
export function newest(
  { latest, previous, best, pinned }: Head,
  contents: readonly { id: string; holds?: Manifest['holds'] }[],
): string | null {
  const weightsOnly = new Set(contents.filter(({ holds }) => holds === 'weights').map(({ id }) => id));
  const candidates = [best, ...pinned].filter((id) => id !== null && !weightsOnly.has(id)).sort(byStep);
  return latest ?? previous ?? candidates.at(-1) ?? null;
}
const byStep = (a: string | null, b: string | null): number => stepOf(a ?? '') - stepOf(b ?? '');

export interface SavedStep extends Form {
  step: number;
  bytes: number;
  /** Whether the step is the newest that can be resumed from. */
  latest: boolean;
  best: boolean;
  /** Pinned by the user. */
  pinned: boolean;
  /** An intermediate checkpoint. */
  light: boolean;
  /** Nats per token on held-out text, if the step was the best so far. */
  loss: number | null;
}

/**
 * Saved steps with a readable description and all of their chunks, oldest first; and damaged ones, set aside or about
 * to be. Changed chunks are found only when a step is opened.
 * @throws HomegrownError `storage-damaged`, `newer-version` if the list of steps cannot be read
 */
export async function surveySnapshots(
  store: BlobStore,
  runId: string,
): Promise<{ steps: readonly SavedStep[]; damaged: readonly (DamagedStep & Unreadable)[] }> {
  const head = await readHead(store, runId);
  if (!head) return { steps: [], damaged: [] };
  // Chunks are written before a list names their step.
  const chunkKeys = new Set(await store.keys(chunkKey(runId, '')));
  const { records, unreadable } = await readAll(
    savedIds(head).map((id) => manifestKey(runId, id)),
    (key) => readCompleteStep(store, runId, key, chunkKeys),
  );
  const intactHead = unreadable.reduce((remainingHead, { key }) => setAside(remainingHead, idOf(key)), head);
  const latest = newest(intactHead, records);
  const setAsideSteps = await Promise.all(head.damaged.map((id) => whyDamaged(store, runId, id, chunkKeys)));
  return {
    steps: records
      .map((manifest): SavedStep => {
        const { id, state, bytes } = manifest;
        return {
          step: state.step,
          bytes,
          latest: id === latest,
          best: id === intactHead.best,
          pinned: intactHead.pinned.includes(id),
          light: intactHead.light.includes(id),
          ...formOf(manifest),
          loss: bestOfManifest(manifest)?.loss ?? null,
        };
      })
      .sort((a, b) => a.step - b.step),
    damaged: [...unreadable, ...setAsideSteps].map((record) => {
      return { ...record, step: stepOf(idOf(record.key)), reason: record.failure.message };
    }),
  };
}

/** Saved steps that can be opened, oldest first. */
export const listSnapshots = async (store: BlobStore, runId: string): Promise<readonly SavedStep[]> =>
  (await surveySnapshots(store, runId)).steps;

/** Reason why a step is damaged, found without reading its chunks. */
async function whyDamaged(
  store: BlobStore,
  runId: string,
  id: string,
  chunkKeys: ReadonlySet<string>,
): Promise<Unreadable> {
  const key = manifestKey(runId, id);
  const { unreadable } = await readAll([key], () => readCompleteStep(store, runId, key, chunkKeys));
  const mismatch = new HomegrownError('storage-damaged', `Step ${stepOf(id)} has changed since it was written`);
  return unreadable[0] ?? { key, failure: toFailure(mismatch) };
}
const idOf = (manifest: string): string => manifest.split('/').at(-1)!;

/** All keys of a run's saved steps, to be dropped with the run. */
export const snapshotKeys = async (store: BlobStore, runId: string): Promise<string[]> => [
  headKey(runId),
  ...(await store.keys(manifestKey(runId, ''))),
  ...(await store.keys(chunkKey(runId, ''))),
];

/**
 * Bytes of a run's saved steps, including those set aside and leftovers of unfinished saves. Uses descriptions, and
 * reads chunks without one.
 */
export async function stepBytes(store: BlobStore, runId: string): Promise<number> {
  const keys = await store.keys(manifestKey(runId, ''));
  const manifests = await Promise.all(keys.map((key) => readIntact(store, runId, idOf(key))));
  const unlisted = new Set(await store.keys(chunkKey(runId, '')));
  let bytes = 0;
  for (const manifest of manifests) {
    const chunks = manifest?.chunks.map((_, i) => chunkKey(runId, manifest.id, i)) ?? [];
    if (!manifest || !chunks.every((key) => unlisted.has(key))) continue;
    bytes += manifest.bytes;
    for (const key of chunks) unlisted.delete(key);
  }
  for (const key of unlisted) {
    const value = await store.get(key);
    if (value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}

/**
 * Commits the manifest with the head that names it, only while the run is still ours; undefined if `change` returns
 * undefined.
 */
async function moveHead(
  store: BlobStore,
  runId: string,
  epoch: number,
  manifest: Manifest,
  change: (old: Head) => Head | undefined | Promise<Head | undefined>,
): Promise<Head | undefined> {
  const key = manifestKey(runId, manifest.id);
  const newHead = await changeHead(store, runId, async (old) => {
    if (old.epoch !== epoch) throw inUse();
    const head = await change(old);
    const steps = { ...head?.steps, [manifest.id]: stepSummary(manifest) };
    return head && { record: { ...head, steps }, put: [[key, manifest]] };
  });
  if (newHead && (await readManifest(store, key)).root !== manifest.root) throw failedVerification(manifest.state.step);
  return newHead;
}

/** Drops manifests and chunks that the head does not name, only if the head is unchanged. */
async function collectGarbage(store: BlobStore, runId: string, head: Head): Promise<void> {
  const namedIds = new Set([...savedIds(head), ...head.damaged]);
  const drop = (await snapshotKeys(store, runId)).filter(
    (key) => key !== headKey(runId) && !namedIds.has(key.split('/')[2]!),
  );
  if (drop.length > 0) await store.commit({ drop, expect: [[headKey(runId), storedRecord(HEAD, head)]] });
}

const inUse = (): HomegrownError =>
  new HomegrownError(
    'in-use',
    'Another tab has taken over this run',
    'Its checkpoints are safe. Continue in that tab.',
  );
/** @param head of the saved steps, none the requested one */
function nothingToLoad(which: WhichSnapshot, damaged: Loaded['damaged'], head: Head | undefined): HomegrownError {
  const reasons = damaged.map(({ reason }) => reason).join('. ');
  const [newestLeft] = which === 'latest' && head ? savedIds(head).sort((a, b) => stepOf(b) - stepOf(a)) : [];
  const weights = head?.best ?? newestLeft;
  if (which === 'latest' && weights) {
    const stepName = weights === head?.best ? `step ${stepOf(weights)} (the best)` : `step ${stepOf(weights)}`;
    const notice = `Only the weights of ${stepName} are saved, which can’t be resumed`;
    return new HomegrownError('storage-damaged', [reasons, notice].filter(Boolean).join('. '));
  }
  if (damaged.length > 0)
    return new HomegrownError('storage-damaged', `No checkpoint of this run can be opened. ${reasons}`);
  const what = which === 'latest' ? 'no saved step' : which === 'best' ? 'no best step' : `no saved step ${which}`;
  return new HomegrownError('storage-damaged', `This run has ${what}`);
}
