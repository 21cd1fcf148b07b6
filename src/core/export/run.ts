/** Exports stored runs as files, and imports files as stored runs. */
import type { BlobStore } from '../base/blobStore';
import { badSettings } from '../base/errors';
import type { Job } from '../base/job';
import type { ByteStream } from '../files/byteSource';
import { claimRun } from '../checkpoint/checkpoint';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { endStatus } from '../runs/ending';
import { openJournal } from '../runs/journal';
import { keepEvaluation } from '../runs/keptEvaluations';
import { ownerOf } from '../runs/projects';
import { addRun, freeHue, newRun, purgeRun, type RunRecord, updateRun } from '../runs/record';
import { sharedFields } from '../runs/runFields';
import { dataOf, recipeOf } from '../runs/segments';
import { askedRecord } from '../runs/askedSummary';
import { recordsOf } from '../runs/evaluationSummary';
import { endReason } from '../train/patience';
import { DEFAULT_RECIPE } from '../train/recipe';
import { withContext } from './contextOf';
import { openExported } from './exported';
import { type ExportOptions, type Format, withMoments } from './format';
import { type FormatId, FORMATS } from './formats';
import { settingsOf } from './formatSettings';
import { evaluatedOf, type RunInfo, segmentsOf } from './homegrownJson';
import type { GivenFile } from './importFolder';
import { openModel } from './importModel';
import { type Incoming, saidOf, type Stated, weightsFile } from './incoming';
import { decisionInUse } from './temperature';

/** @returns the format's files, their name without extension (`moby-dick-step-2600`), and companion files */
export async function exportRun(
  store: BlobStore,
  runId: string,
  which: WhichSnapshot,
  format: FormatId,
  options: ExportOptions,
): Promise<{ name: string; kind: Format['kind']; files: readonly ByteStream[]; sidecars: readonly ByteStream[] }> {
  const writer: Format = FORMATS[format];
  const exported = await openExported(store, runId, which, withMoments(writer, options.withOptimizer));
  const problem = writer.problem?.(settingsOf(exported.info)) ?? null;
  if (problem !== null) throw badSettings(problem, 'The run is unchanged. Choose another format.');
  const files = await writer.files(exported, options);
  const sidecars = files[0] ? await writer.sidecar?.files(exported.info, files[0].name) : undefined;
  return { name: exported.name, kind: writer.kind, files, sidecars: sidecars ?? [] };
}

/** Opens the model in these files and stores it as a new run with `storeModel`. */
export async function importRun(
  store: BlobStore,
  run: NewRun,
  files: readonly GivenFile[],
  addedAt: number,
  job: Job,
): Promise<void> {
  await storeModel(store, run, await openModel(files), files, addedAt, job);
}

type NewRun = Pick<RunRecord, 'projectId'> & {
  runId: string;
  /** Maximum context in tokens, for models without position weights. */
  context?: number;
};

/**
 * Stores a model as a new run. If the model is invalid or too large, or its project is deleted meanwhile, a failure
 * leaves no record. Don't call it while unused data is being deleted.
 * @param files that the model was opened from
 */
export async function storeModel(
  store: BlobStore,
  { runId, projectId, context = Infinity }: NewRun,
  incoming: Incoming,
  files: readonly Pick<GivenFile, 'name'>[],
  addedAt: number,
  job: Job,
): Promise<void> {
  const owner = await ownerOf(store, projectId);
  const read = await incoming.read(job);
  const { model: whole, tokenizer, info, events } = read;
  const model = withContext(whole, context);
  // External and fully trained models skip this import.
  const { snapshot, tuned, base } = info?.trainable
    ? await (await import('./importTuned')).asStored(store, read, info.trainable)
    : { snapshot: read.snapshot };
  const { step, activeMs } = snapshot.state;
  const recipe = info ? recipeOf(info) : { ...DEFAULT_RECIPE };
  const started = newRun({
    id: runId,
    projectId,
    hue: await freeHue(store, projectId),
    ...(info ? sharedFields(info) : statedFields(incoming.stated, files, addedAt)),
    model,
    tokenizer: tokenizer.model,
    recipe,
    data: { id: null, facts: null },
    ...tuned,
    ...(info?.replayed && { old: { id: null, facts: info.replayed } }),
  });
  const record: RunRecord = {
    ...started,
    // A run that ended early has its best step in the folder, so its state doesn't show that it ended.
    status: info?.status === 'finished' ? 'finished' : endStatus(endReason(snapshot.state, recipe)),
    ...(info && {
      segments: segmentsOf(info),
      parent: { runId: info.id, step, how: 'import', name: info.name, ...beganOf(info) },
      // The imported weights include the temperature.
      ...(info.decision && { decision: decisionInUse(info.decision) }),
    }),
  };
  try {
    // The record is saved before the step, as in a new run. If the tab closes in between, no step lacks a record.
    await addRun(store, record, owner);
    await base?.keep();
    const { bytes } = await (await claimRun(store, runId)).save(snapshot);
    const curve = events.filter((event) => event.kind !== 'compiling' && event.step <= step);
    const evaluated = info?.result
      ? [{ kind: 'evaluated' as const, ...evaluatedOf(info.result), activeMs, sample: '' }]
      : [];
    const history = curve.length > 0 ? curve : evaluated;
    await (await openJournal(store, runId, step)).append([...history, { kind: 'saved', step, bytes }]);
    await updateRun(store, runId, (now) => ({ ...now, step }), owner);
    // A changed context makes a different model.
    const measured = info && model === whole ? info : null;
    const checkpoint = { runId, step, tokenizerHash: tokenizer.hash };
    for (const evaluation of recordsOf(measured?.evaluations ?? [], checkpoint, info && dataOf(info)))
      await keepEvaluation(store, evaluation);
    if (measured?.asked) await keepEvaluation(store, askedRecord(measured.asked, checkpoint));
  } catch (error) {
    await purgeRun(store, runId);
    throw error;
  }
}

/** Original parent of an imported run, so that a tuned run still names its base. */
function beganOf({ parent }: RunInfo): Pick<NonNullable<RunRecord['parent']>, 'began'> {
  if (parent?.how === 'import') return parent.began ? { began: parent.began } : {};
  return parent ? { began: { step: parent.step, how: parent.how, name: parent.name } } : {};
}

/** Fields of an external model's description. */
function statedFields(
  stated: Stated,
  files: readonly { name: string }[],
  importedAt: number,
): Pick<RunRecord, 'name' | 'createdAt' | 'device' | 'origin'> {
  const file = weightsFile(files);
  return {
    name: stated.name ?? file.replace(/\.[a-z]+$/i, ''),
    createdAt: importedAt,
    device: null,
    origin: { name: file.slice(0, 1000), importedAt, ...saidOf(stated) },
  };
}
