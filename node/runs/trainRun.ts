/** Trains a run on the faster device, for as many steps as fit, into its folder. */
import { resolve } from 'node:path';
import { formatReading } from '../../src/core/base/units';
import { allFormats } from '../../src/core/export/formats';
import { onlyHere } from '../../src/core/export/formats/huggingFace/format';
import { newInfo, resultOf, type RunInfo } from '../../src/core/export/homegrownJson';
import { huggingFaceFiles } from '../../src/core/export/formats/huggingFace/write';
import { paramsOf } from '../../src/core/models';
import { countParams } from '../../src/core/models/spec';
import type { Device } from '../../src/core/train/device';
import { partly } from '../../src/core/train/partly';
import type { Recipe } from '../../src/core/train/recipe';
import type { ModelChoice, Snapshot, TrainEvent, TrainInput } from '../../src/core/train/run';
import { TimedLength } from '../../src/jobs/timedLength';
import { type FolderRunEnd, type FolderRunInput, trainInFolder, WITH_OPTIMIZER } from '../folders/folderRun';
import { localFile } from '../folders/local';
import { resumedRun } from '../folders/savedRun';
import { oldIn } from '../folders/stepInFolder';
import { type OldText, oldText as findOldText } from '../texts/forgetting';
import { type Replayed, replayed } from '../texts/replayed';
import type { RunData } from '../texts/runData';
import type { OpenedRun } from './openRun';
import { describeTrainingData, readTrainingData } from './trainingData';
import { baseModelPath, examplesOf, type RunOrigin } from './runOrigin';
import type { RunReporter, RunStart } from './runReporter';
import type { RunRequest } from './runRequest';
import { chooseDevice, type FittedRun, fitRun, type RunInputs } from './runTrial';
import { leftOf, over } from './timeBudget';
import { measuredBy } from './tuning';

/** A run with its loaded text. */
interface RunToTrain extends OpenedRun {
  data: RunData;
  /** Number of training rows, if they aren't contiguous. */
  rows: number | undefined;
  reporter: RunReporter;
  signal: AbortSignal;
}

/** A run that has ended. */
export interface TrainedRun extends FolderRunEnd {
  run: RunToTrain;
  /** homegrown.json, without the step. */
  info: RunInfo;
  model: ModelChoice;
  recipe: Recipe;
  events: readonly TrainEvent[];
  oldText: OldTextMeasure;
  parameters: number;
}

/** Reads the text, and trains on the faster device, for as many steps as fit, into the folder. */
export async function trainRun(opened: OpenedRun, reporter: RunReporter, signal: AbortSignal): Promise<TrainedRun> {
  const { settings, request } = opened;
  const onlyHereNotice = onlyHere({ model: settings.smallestModel });
  if (onlyHereNotice !== null) reporter.say(onlyHereNotice);
  const data = await readTrainingData(opened, reporter, { signal, report: (at) => reporter.show(at) });
  if (data.prompt !== undefined && request.recipe.samplePrompt === undefined) settings.textPrompt = data.prompt;
  const rows = await describeTrainingData(data, opened, reporter);
  return trainOn({ ...opened, data, rows, reporter, signal });
}

async function trainOn(run: RunToTrain): Promise<TrainedRun> {
  const { origin, planner, settings, data, device, request, signal, reporter } = run;
  const { tokenizer, train } = data;
  const model = (): ModelChoice => settings.model(tokenizer.size, train.tokens);
  const replayedData = await replayedText(run, settings.recipe(model()));
  const inputs = inputsOf(run, replayedData);
  const trialRun = { settings, model, inputs, minutes: request.minutes, signal };
  const adapter = run.isAuto && device.current.kind === 'wasm' ? await device.devices.softwareAdapter() : null;
  if (adapter !== null) reporter.say(await chooseDevice(trialRun, device, adapter));
  const start = startingInfo(run, replayedData);
  const fitted = await fitRun(trialRun, planner, (input, snapshot) =>
    saveSize(run, start(input).info, input, snapshot),
  );
  const initial = start(fitted.input);
  const where = deviceWords(device.current);
  const info = {
    ...initial.info,
    device: where,
    ...(data.documentLists.length > 0 && { documents: data.documentLists }),
  };
  const timed = timedLength(run, fitted);
  const length = (): number => timed?.steps ?? fitted.input.recipe.steps;
  const parameters = countParams(paramsOf(fitted.input.model));
  reporter.starting({ ...runStart(run, fitted), where, parameters, length });
  const { learning } = partly(origin.base, origin.trainable);
  const from = initial.from && learning(fitted.input.model, initial.from);
  const oldText = await oldTextOf(run, fitted.input);
  const input = folderInput(run, { fitted, info, oldText, timed, length, from });
  const time = fitted.fitted ? over(request.minutes!, fitted.fitted.pace) : undefined;
  const end = await trainInFolder(input, signal, time);
  const { recipe } = fitted.input;
  return { ...end, run, info, model: fitted.input.model, recipe, events: input.events, oldText, parameters };
}

const deviceWords = ({ adapter, kind }: Device): string => (adapter ? `${adapter.name}, WebGPU` : kind.toUpperCase());

const replayedText = async (
  { request, origin, data: { tokenizer }, signal }: RunToTrain,
  { replay }: Recipe,
): Promise<Replayed | undefined> =>
  replay > 0
    ? replayed(baseModelPath(request, origin), { earlierData: origin.past?.info.replayed, tokenizer }, signal)
    : undefined;

function inputsOf({ origin, data }: RunToTrain, replayedData: Replayed | undefined): RunInputs {
  const { past, base, trainable } = origin;
  const { learning } = partly(base, trainable);
  const { tokenizer, train, validation, test } = data;
  return {
    ...{ tokenizer, train, validation, ...(test && { test }) },
    ...(past && { from: learning(past.info.model, past.snapshot) }),
    ...(base && { base }),
    ...(trainable && { trainable }),
    ...(replayedData && { replayed: replayedData.part }),
    now: () => performance.now(),
  };
}

type StartingInfo = (run: Pick<TrainInput, 'model' | 'recipe'>) => { info: RunInfo; from?: Snapshot };

/** homegrown.json of the run before its first step, and the step that it resumes from. */
function startingInfo({ origin, data, isInPlace }: RunToTrain, replayedData: Replayed | undefined): StartingInfo {
  const { past, start, trainable } = origin;
  const identity = { id: crypto.randomUUID(), createdAt: Date.now() };
  const added = { ...identity, ...(trainable && { trainable }), ...(replayedData && { replayed: replayedData.data }) };
  return ({ model, recipe }) => {
    if (past) return resumedRun(past, recipe, isInPlace ? null : identity);
    const newRunInfo = newInfo({ ...added, model, recipe, data: data.data, tokenizer: data.tokenizer.model });
    return { info: { ...newRunInfo, ...start?.provenance } };
  };
}

/** Bytes of a save. */
async function saveSize(
  { origin, data }: RunToTrain,
  info: RunInfo,
  { model }: Pick<TrainInput, 'model'>,
  snapshot: Snapshot,
): Promise<number> {
  const { whole } = partly(origin.base, origin.trainable);
  const saved = { info, snapshot: whole(model, snapshot), tokenizer: data.tokenizer };
  const exported = { ...saved, events: [], tokens: null, formats: allFormats() };
  let bytes = 0;
  for (const file of huggingFaceFiles(exported, WITH_OPTIMIZER))
    for await (const chunk of file.chunks()) bytes += chunk.length;
  return bytes;
}

/** Messages before the first step. */
function runStart(
  { origin, planner, data, rows, device }: RunToTrain,
  { input, recomputation, fitted }: FittedRun,
): Omit<RunStart, 'where' | 'parameters' | 'length'> {
  const { past, tuned, start, trainable } = origin;
  const { model, recipe } = input;
  return {
    ...{ data: data.data, train: data.train, rows, model, recipe, vocabulary: data.tokenizer.size },
    ...{ kind: device.current.kind, recomputation, fitted, planner, trainable, past },
    begun: [start?.words, tuned?.words],
    isContinued: Boolean(past ?? tuned),
  };
}

/** Length of a run with a time budget. */
function timedLength({ request, planner }: RunToTrain, { fitted, input }: FittedRun): TimedLength | null {
  if (!fitted) return null;
  const max = planner?.plan.maxSteps ?? Infinity;
  return new TimedLength(input.recipe, fitted.pace, max, () => leftOf(request.minutes!), input.now);
}

interface OldTextMeasure {
  /** Measures perplexity on old text. */
  old: OldText | undefined;
  /** Perplexity on old text before tuning. */
  before: number | undefined;
}

/** Old text for measuring forgetting; a resumed run uses the same as before. */
async function oldTextOf(
  { request, origin, data, signal, reporter }: RunToTrain,
  { model, recipe: { objective } }: Pick<TrainInput, 'model' | 'recipe'>,
): Promise<OldTextMeasure> {
  const { tuning } = request;
  const { past, tuned } = origin;
  const from = baseModelPath(request, origin);
  const earlierPerplexities = (past?.events ?? []).flatMap(oldIn);
  const isMeasured = (tuning && !tuning.classify) || earlierPerplexities.length > 0;
  if (from === undefined || !isMeasured) return { old: undefined, before: undefined };
  const oldTextFor = { tokenizer: data.tokenizer, model, objective, earlier: origin.start?.objective };
  const oldTextResult = await findOldText(from, oldFilesOf(request, origin), oldTextFor, signal);
  if ('why' in oldTextResult) reporter.say(oldTextResult.why);
  const old = 'old' in oldTextResult ? oldTextResult.old : undefined;
  const before = old && (tuned ? await measuredBy(old, model, tuned.weights) : earlierPerplexities[0]);
  if (tuned && before !== undefined) reporter.say(`Perplexity on old text: ${formatReading(before)}.`);
  return { old, before };
}

const oldFilesOf = ({ tuning }: RunRequest, { past }: RunOrigin): readonly string[] | undefined =>
  tuning ? tuning.old?.map((path) => resolve(path)) : past?.local?.old;

interface StartedRun {
  fitted: FittedRun;
  info: RunInfo;
  oldText: OldTextMeasure;
  timed: TimedLength | null;
  length(): number;
  /** Step that it resumes. */
  from: Snapshot | undefined;
}

/** Facts for the folder and for progress reports during training. */
function folderInput(run: RunToTrain, { fitted, info, oldText, timed, length, from }: StartedRun): FolderRunInput {
  const { request, origin, data, cleaning, saves, reporter } = run;
  const { past, base, trainable } = origin;
  const { old } = oldText;
  const events: TrainEvent[] = [...(past?.events ?? [])];
  const report = (event: TrainEvent): void => {
    events.push(event);
    const notice = timed?.follow(event);
    if (notice !== undefined) reporter.say(notice);
    if (event.kind === 'evaluated') info.result = resultOf(event);
    reporter.event(event, events);
  };
  return {
    ...{ saves, progress: reporter, info, tokenizer: data.tokenizer, local: localOf(run), events, length, report },
    ...(cleaning.steps.length > 0 && { recipe: cleaning }),
    input: { ...fitted.input, ...(from && { from }), ...(old && { old }) },
    whole: partly(base, trainable).whole,
    keepsNewest: request.tuning !== undefined,
  };
}

/** local.json: paths of the run's files on this machine. */
function localOf({ request, origin, data }: RunToTrain) {
  const examples = examplesOf(request, origin);
  const base = baseModelPath(request, origin);
  const old = oldFilesOf(request, origin);
  return localFile({
    texts: data.places,
    ...(examples && { examples }),
    ...(base !== undefined && { base: resolve(base) }),
    ...(old && { old: [...old] }),
  });
}
