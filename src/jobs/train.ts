/** Trains a run on stored data: begins, forks or resumes it, and saves its steps, journal and record. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Job } from '../core/base/job';
import { claimRun, loadSnapshot, surveySnapshots, type RunWriter } from '../core/checkpoint/checkpoint';
import type { Snapshot } from '../core/checkpoint/snapshot';
import { factsOf } from '../core/runs/facts';
import { type Fork, forkRun } from '../core/runs/fork';
import { openJournal, type JournalWriter } from '../core/runs/journal';
import { manifestOf } from '../core/runs/data';
import type { DataRecord } from '../core/runs/project';
import { ownerOf } from '../core/runs/projects';
import { addRun, freeHue, newRun, purgeRun, readKnownRun, type RunRecord, updateRun } from '../core/runs/record';
import { continued, dataOf, recipeOf, type SegmentData } from '../core/runs/segments';
import { resumedState } from '../core/runs/resumedState';
import type { DataFacts } from '../core/runs/settings';
import { readTokenizer } from '../core/runs/tokenizer';
import { dataId, type ShardManifest } from '../core/shards/manifest';
import { openPart } from '../core/shards/read';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import type { Recipe } from '../core/train/recipe';
import { trialStep } from '../core/train/trial';
import type { ModelChoice, TrainEvent, TrainInput, TrainOutcome } from '../core/train/run';
import { StoredRun } from './storedRun';
import { trainInPlace, type TrainingData } from './trainInPlace';

export type RunJob = Job<readonly TrainEvent[]>;
/** Work of others between the steps. */
export type BetweenSteps = Pick<TrainInput, 'pause' | 'asked'>;

/** Place where a job runs. The caller keeps others from working on the same run. */
export interface JobPlace {
  store: BlobStore;
  /** The device's name, for the record of the run. */
  device: string;
}

/** Everything that determines a run, besides the device. */
export interface BeginInput {
  runId: string;
  projectId: string;
  name: string;
  createdAt: number;
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: TokenizerModel;
  data: DataRecord;
  /** Training texts, for the model card. */
  texts: DataFacts['texts'];
}

export interface ResumeInput {
  runId: string;
  steps?: number;
  /** New settings, which start a segment. */
  recipe?: Recipe;
  /** New data, or the first data of an imported model, tokenized by its tokenizer. */
  data?: DataRecord;
  texts?: BeginInput['texts'];
}

export interface ForkInput extends Omit<Fork, 'data'> {
  /** Data other than that run's, tokenized by its tokenizer. */
  data?: DataRecord;
  texts?: BeginInput['texts'];
}

/** Starts a new run. Its record is stored before its first step, so that a run survives a crash. */
export async function begin(
  { store, device }: JobPlace,
  input: BeginInput,
  job: RunJob,
  betweenSteps: BetweenSteps = {},
): Promise<TrainOutcome> {
  const { runId, data, texts, ...settings } = input;
  const record = newRun({
    ...settings,
    id: runId,
    hue: await freeHue(store, settings.projectId),
    device,
    data: segmentData(data, texts),
  });
  try {
    await addRun(store, record, await ownerOf(store, settings.projectId));
    return await follow(store, await openRun(store, record), job, betweenSteps);
  } catch (error) {
    // A run without a saved step is no model and is deleted. A failed cleanup must not hide the error.
    await deleteUnsaved(store, runId).catch(() => undefined);
    throw error;
  }
}

/** Measures the milliseconds of a step by a short trial. */
export async function trial(
  store: BlobStore,
  { model, recipe, tokenizer, data }: Pick<BeginInput, 'model' | 'recipe' | 'tokenizer' | 'data'>,
): Promise<number> {
  return trialStep({
    model,
    recipe,
    tokenizer: await createTokenizer(tokenizer),
    train: openPart(store, data.manifest, 'train'),
    now: () => performance.now(),
  });
}

export const segmentData = (data: DataRecord, texts: BeginInput['texts']): SegmentData => ({
  id: dataId(data.manifest),
  facts: factsOf(data, texts),
});

export async function deleteUnsaved(store: BlobStore, runId: string): Promise<void> {
  const { steps, damaged } = await surveySnapshots(store, runId);
  if (steps.length + damaged.length === 0) await purgeRun(store, runId);
}

/** Starts a new run from a saved step of another. A failure before its first save deletes it. */
export async function fork(
  { store, device }: JobPlace,
  { data, texts = [], ...input }: ForkInput,
  job: RunJob,
  betweenSteps: BetweenSteps = {},
): Promise<TrainOutcome> {
  const { runId } = input;
  try {
    const recipe = await withAvailableReplay(store, input.from.runId, input.recipe);
    const from = { ...input, recipe, ...(data && { data: segmentData(data, texts) }) };
    const { record, snapshot, bytes } = await forkRun(store, from, device);
    const saved: TrainEvent = { kind: 'saved', step: snapshot.state.step, bytes };
    await (await openJournal(store, runId, saved.step)).append([saved]);
    job.report([saved]);
    return await follow(store, await openRun(store, record, snapshot), job, betweenSteps);
  } catch (error) {
    await deleteUnsaved(store, runId).catch(() => undefined);
    throw error;
  }
}

/** Continues a run from its newest saved step, to `steps` in all. New settings or data start a segment. */
export async function resume(
  { store, device }: JobPlace,
  { runId, steps, recipe: requestedRecipe, data, texts = [] }: ResumeInput,
  job: RunJob,
  betweenSteps: BetweenSteps = {},
): Promise<TrainOutcome> {
  const storedRun = await readKnownRun(store, runId);
  refuseDeleted(storedRun);
  const { snapshot } = await loadSnapshot(store, runId);
  const newRecipe = await withAvailableReplay(store, runId, requestedRecipe ?? recipeOf(storedRun));
  const change = (current: RunRecord): RunRecord => {
    const recipe = { ...newRecipe, ...(steps !== undefined && { steps }) };
    const segments = continued(current.segments, snapshot.state.step, {
      recipe,
      data: data ? segmentData(data, texts) : dataOf(current),
    });
    return { ...current, segments, device, status: 'running' };
  };
  // A run that can't be opened keeps its record.
  const opened = await openRun(store, change(storedRun), snapshot);
  const record = await updateRun(store, runId, change);
  const progress = { step: false };
  const report: RunJob['report'] = (events) => {
    progress.step ||= events.some(({ kind }) => kind === 'step');
    job.report(events);
  };
  try {
    return await follow(store, { ...opened, record }, { ...job, report }, betweenSteps);
  } catch (error) {
    // No step was made with the new settings: the run keeps its old ones and can resume with them.
    const { segments } = storedRun;
    if (!progress.step) await updateRun(store, runId, (current) => ({ ...current, segments })).catch(() => undefined);
    throw error;
  }
}

/** Without its old text, a run that replayed some continues without replay; its segments record that. */
async function withAvailableReplay(store: BlobStore, runId: string, recipe: Recipe): Promise<Recipe> {
  if (recipe.replay === 0) return recipe;
  return (await import('./oldText')).withOldText(store, await readKnownRun(store, runId), recipe);
}

/** Refuses a deleted run, which would be purged during training. A later deletion fails, as it takes the lock. */
function refuseDeleted({ name, removedAt }: RunRecord): void {
  if (removedAt === undefined) return;
  throw new HomegrownError(
    'in-use',
    `${name} was deleted, so it can’t be resumed`,
    'Undo the deletion in the other tab while its note is shown. After that, the run is gone.',
  );
}

/** Data and writers of a run in training. */
interface OpenRun {
  record: RunRecord;
  /** Saved step that it continues from. */
  from: Snapshot | undefined;
  manifest: ShardManifest;
  writer: RunWriter;
  journal: JournalWriter;
  tuned: Tuned;
}
/** Inputs of a tuned run. Other runs don't load the code that reads them. */
export type Tuned = Pick<TrainInput, 'trainable' | 'base' | 'old' | 'replayed'>;

/** @param base frozen weights, if they are already in memory */
export async function openRun(
  store: BlobStore,
  record: RunRecord,
  from?: Snapshot,
  base?: Tuned['base'],
): Promise<OpenRun> {
  const manifest = await manifestOf(store, record);
  if (!manifest) {
    throw new HomegrownError(
      'bad-settings',
      'This model was imported without its training text, so it can’t be resumed',
      'Add that text or another one, then resume.',
    );
  }
  const isTuned = record.trainable || record.old || base;
  const tuned = isTuned ? await (await import('./tune')).tunedOf(store, record, base) : {};
  const writer = await claimRun(store, record.id);
  const journal = await openJournal(store, record.id, from?.state.step ?? 0);
  return { record, from, manifest, writer, journal, tuned };
}

export async function follow(
  store: BlobStore,
  { record, from, manifest, writer, journal, tuned }: OpenRun,
  job: RunJob,
  betweenSteps: BetweenSteps,
): Promise<TrainOutcome> {
  const place = new StoredRun(store, record, { writer, journal }, job.report);
  const readData = async (): Promise<TrainingData> => ({
    model: record.model,
    recipe: recipeOf(record),
    tokenizer: await createTokenizer(await readTokenizer(store, record)),
    train: openPart(store, manifest, 'train'),
    validation: openPart(store, manifest, 'validation'),
    ...(from && { from: { ...from, state: resumedState(record, from.state, writer.best) } }),
    ...tuned,
    now: () => performance.now(),
    ...betweenSteps,
  });
  return trainInPlace(place, readData, job.signal);
}
