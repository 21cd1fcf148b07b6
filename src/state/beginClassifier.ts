/** Starts a classifier: builds its data from labeled texts, with the base model's tokenizer or a new one. */
import { badSettings } from '../core/base/errors';
import { rolesOf } from '../core/objectives';
import { readKnownRun, type RunRecord } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { noTuningData } from '../core/runs/tuningData';
import type { DataRecord, Project, TokenizerChoice } from '../core/runs/project';
import type { MemoryLimits } from '../core/train/memory';
import type { LabelsSummary } from '../protocol/data';
import { checkRun } from './checkRun';
import { type Body, bodyOf, classifierOf, labelsRefusal } from './classifierPlan';
import { isUndecided } from './classifierStart';
import { limitsOf, settingsOf } from './estimate';
import { textFacts, textIds } from './preparation';
import { nextRunNameOf } from './projectName';
import { cutFor, type CuttingNeeds, keptStep } from './tuningSteps';
import type { SliceServices, Studio } from './slices/studio';
import { toTuneOn, tuningBase } from './tuningInputs';
import type { Asking } from './slices/training';
import type { Claim } from './slices/trainingSession';

type ClassifierNeeds = CuttingNeeds &
  Pick<Studio, 'changeOf' | 'classifying' | 'device' | 'project' | 'runs' | 'waitForReading'>;

interface ClassifierStart {
  runId: string;
  /** Project and texts at the press. */
  pressed: Asking;
  /** Called if a person must decide something first. */
  ask?: (() => void) | undefined;
}

export async function beginClassifier(
  services: SliceServices,
  get: () => ClassifierNeeds,
  claim: Claim,
  { runId, pressed, ask }: ClassifierStart,
): Promise<void> {
  const { store, gpu, now, session } = services;
  const read = await get().waitForReading(pressed, session.signal());
  if (!read) {
    claim.undo();
    return;
  }
  const { project } = pressed;
  const inputs = { project, tuneTexts: read.tuneTexts };
  const summary = await surveyLabels(get, inputs, session.signal(), ask);
  if (!summary) {
    claim.undo();
    return;
  }
  const texts = toTuneOn(inputs, 'classify');
  const ids = textIds({ texts });
  const atStart = { project, runs: get().runs };
  const body = bodyOf(atStart);
  const base = await openBase(services, get, atStart);
  const tokenizer = base
    ? await readTokenizer(store, base.run)
    : body.made
      ? await trainTokenizer(services, claim, ids, body.made)
      : project.tokenizer!.model;
  if (!tokenizer) return;
  const split = { validation: project.tuning.classify.heldOut, test: 0, seed: 0 };
  const cutInput = { texts: ids, tokenizer, split };
  const data = await cutFor(get, session, claim, { runId, projectId: project.id }, cutInput);
  if (!data) return;
  const model = base?.run.model ?? { ...body.model, vocabulary: data.manifest.vocabulary };
  const classifier = classifierOn(data, project, { ...body, model }, { summary, limits: limitsOf(get()) });
  const { recipe, classes, trainable } = classifier;
  const input = {
    runId,
    projectId: project.id,
    name: await nextRunNameOf({ store, get }, project.id),
    createdAt: now(),
    recipe,
    tokenizer,
    data,
    texts: textFacts(texts),
  };
  await session.follow({ runId, of: recipe.steps, settings: settingsOf(classifier.model, recipe) }, (options) =>
    base
      ? gpu.call('tune', { ...input, from: base.from, classes, ...(trainable && { trainable }) }, options)
      : gpu.call('begin', { ...input, model: classifier.model }, options),
  );
  await (await get().classifying()).judge(runId);
}

/**
 * Counts the labels.
 * @param ask called if a person must decide something first
 * @returns undefined if nothing starts
 * @throws HomegrownError `bad-settings` if nothing can start and no question is open
 */
async function surveyLabels(
  get: () => Pick<Studio, 'classifying' | 'device' | 'runs'>,
  inputs: Pick<Studio, 'project' | 'tuneTexts'>,
  signal: AbortSignal,
  ask: (() => void) | undefined,
): Promise<LabelsSummary | undefined> {
  const isEmpty = toTuneOn(inputs, 'classify').length === 0;
  if (isEmpty && !ask) throw noTuningData('classify');
  try {
    const summary = isEmpty ? undefined : await (await get().classifying()).survey({ signal }, inputs);
    const { runs, device } = get();
    if (summary && !(ask && isUndecided({ project: inputs.project, runs, device }, summary))) {
      const refusal = labelsRefusal(summary);
      if (refusal !== undefined) throw badSettings(refusal, 'Nothing was started.');
      return summary;
    }
    ask?.();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return undefined;
}

/**
 * Reads the base model's run, and makes it the project's base: the classifier becomes the project's run, and the next
 * classifier starts from the same base. Undefined if the classifier is trained from scratch.
 */
async function openBase(
  services: Pick<SliceServices, 'data' | 'store' | 'toasts'>,
  get: () => Pick<Studio, 'changeOf' | 'project'>,
  atStart: Pick<Studio, 'project' | 'runs'>,
): Promise<{ run: RunRecord; from: { runId: string; step: number } } | undefined> {
  const { project } = atStart;
  const base = tuningBase(atStart, 'classify');
  const run = base && (await readKnownRun(services.store, base.row.record.id));
  const from = run && { runId: run.id, step: await keptStep(services, run.id, base.step) };
  const { tuning } = get().project.id === project.id ? get().project : project;
  await get().changeOf(project.id, { tuning: { ...tuning, base: from ?? 'nothing' } });
  return run && from && { run, from };
}

/** Trains a tokenizer on these texts, for this run only. Undefined if stopped. */
async function trainTokenizer(
  { data, session }: Pick<SliceServices, 'data' | 'session'>,
  claim: Claim,
  texts: readonly string[],
  choice: TokenizerChoice,
): Promise<TokenizerModel | undefined> {
  try {
    const input = { texts, ...choice, roles: rolesOf('labels') };
    return (await data.call('trainTokenizer', input, { signal: session.signal() })).model;
  } catch (error) {
    if (!session.signal().aborted) throw error;
    claim.undo();
    return undefined;
  }
}

/**
 * Model and recipe for training on the data.
 * @throws HomegrownError `bad-settings` if it can't be trained
 */
function classifierOn(
  data: DataRecord,
  project: Project,
  body: Body,
  { summary, limits }: { summary: LabelsSummary; limits: MemoryLimits },
): ReturnType<typeof classifierOf> {
  const { labels = [], parts } = data.manifest;
  const labelSet = {
    labels: summary.several ? summary.labels.map(({ label }) => label) : labels,
    several: summary.several,
    trained: parts.train.documents ?? summary.texts,
    held: parts.validation.documents ?? 0,
  };
  const classifier = classifierOf(project, body, labelSet, limits);
  checkRun({ ...classifier, data }, limits);
  return classifier;
}
