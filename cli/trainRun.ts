/** Trains a run whose text is read: on the faster device, for as many steps as fit, into its folder. */
import { resolve } from 'node:path';
import { formatReading } from '../src/core/base/units';
import type { Recipe as CleaningRecipe } from '../src/core/documents/clean/recipe';
import { allFormats } from '../src/core/export/formats';
import { newInfo, resultOf, type RunInfo } from '../src/core/export/homegrownJson';
import { huggingFaceFiles } from '../src/core/export/huggingFace';
import { paramsOf } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import type { Device } from '../src/core/train/device';
import { partly } from '../src/core/train/partly';
import type { Recipe } from '../src/core/train/recipe';
import type { ModelChoice, Snapshot, TrainInput } from '../src/core/train/run';
import { type FolderRunInput, trainInFolder, WITH_OPTIMIZER } from '../node/folders/folderRun';
import { following } from './following';
import { forecastSaid } from './forecast';
import { type OldText, oldText } from '../node/texts/forgetting';
import type { DeviceInUse } from './deviceInUse';
import { localFile } from '../node/folders/local';
import { leftOf, over } from './minutes';
import type { Planner } from './planned';
import type { RunData } from '../node/texts/runData';
import type { Progress } from './progress';
import { type Replayed, replayed } from '../node/texts/replayed';
import { resumedRun } from '../node/folders/savedRun';
import { baseModelPath, examplesOf, type LearnCommand, type RunOrigin } from './runOrigin';
import type { RunSettings } from './runSettings';
import { chooseDevice, type FittedRun, fitRun, type RunInputs } from './runTrial';
import type { Saves } from '../node/folders/saves';
import { startWords } from './startWords';
import { summarize } from './summary';
import { softwareAdapter, stderr } from './terminal';
import { measuredBy } from './tuning';
import { WRITTEN_NEXT_TO } from '../node/folders/write';
import { oldIn } from '../node/folders/stepInFolder';
import { TimedLength } from '../src/jobs/timedLength';

/** A run whose text is read. */
interface RunToTrain {
  command: LearnCommand;
  origin: RunOrigin;
  planner: Planner | null;
  settings: RunSettings;
  data: RunData;
  /** Training rows, where they aren't contiguous. */
  rows: number | undefined;
  /** Recipe that cleaned the text. */
  cleaning: CleaningRecipe;
  saves: Saves;
  /** It resumes in its own folder. */
  isInPlace: boolean;
  device: DeviceInUse;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * @param isAuto another device may be used if it is faster
 * @returns the exit code
 */
export async function trainRun(run: RunToTrain, isAuto: boolean): Promise<number> {
  const { origin, planner, settings, data, device, signal, progress, saves } = run;
  const { tokenizer, train } = data;
  const model = (): ModelChoice => settings.model(tokenizer.size, train.tokens);
  const earlier = await replayedText(run, settings.recipe(model()));
  const inputs = inputsOf(run, earlier);
  const toTry = { settings, model, inputs, minutes: run.command.options.minutes, signal };
  const adapter = isAuto && device.current.kind === 'wasm' ? await softwareAdapter() : null;
  if (adapter !== null) progress.say(await chooseDevice(toTry, device, adapter));
  const used = device.current;
  const start = startingInfo(run, earlier);
  const fitted = await fitRun(toTry, planner, (input, snapshot) => saveSize(run, start(input).info, input, snapshot));
  const begun = start(fitted.input);
  const where = used.adapter ? `${used.adapter.name}, WebGPU` : used.kind.toUpperCase();
  const info = { ...begun.info, device: where, ...(data.told.length > 0 && { documents: data.told }) };
  sayStart(run, fitted, where, used);
  const { learning } = partly(origin.base, origin.trainable);
  const from = begun.from && learning(fitted.input.model, begun.from);
  const forgetting = await oldTextOf(run, fitted.input);
  const toFollow = { fitted, info, forgetting };
  const { input, speed, events } = inFolder(run, toFollow, from);
  const time = fitted.fitted ? over(run.command.options.minutes!, fitted.fitted.pace) : undefined;
  const end = await trainInFolder(input, signal, time);
  if (end.removed.length > 0) stderr.write(`Removed leftovers of killed runs: ${end.removed.join(', ')}.\n`);
  progress.end();
  await summarize({
    ...{ options: run.command.options, out: saves.out, info, ...end, events, progress, saves, signal },
    ...{ tuning: run.command.tuning, model: fitted.input.model, recipe: fitted.input.recipe, tokenizer, parts: data },
    ...forgetting,
    ...{ speed, parameters: countParams(paramsOf(fitted.input.model)), device: used, planner },
  });
  return saves.isOvertaken ? WRITTEN_NEXT_TO : 0;
}

const replayedText = async (
  { command, origin, signal }: RunToTrain,
  { replay }: Recipe,
): Promise<Replayed | undefined> =>
  replay > 0 ? replayed(baseModelPath(command, origin), origin.past?.info.replayed, signal) : undefined;

function inputsOf({ origin, data }: RunToTrain, earlier: Replayed | undefined): RunInputs {
  const { past, base, trainable } = origin;
  const { learning } = partly(base, trainable);
  const { tokenizer, train, validation, test } = data;
  return {
    ...{ tokenizer, train, validation, ...(test && { test }) },
    ...(past && { from: learning(past.info.model, past.snapshot) }),
    ...(base && { base }),
    ...(trainable && { trainable }),
    ...(earlier && { replayed: earlier.part }),
    now: () => performance.now(),
  };
}

type StartingInfo = (run: Pick<TrainInput, 'model' | 'recipe'>) => { info: RunInfo; from?: Snapshot };

/** homegrown.json of the run before its first step, and the step that it resumes from. */
function startingInfo({ origin, data, isInPlace }: RunToTrain, earlier: Replayed | undefined): StartingInfo {
  const { past, start, trainable } = origin;
  const own = { id: crypto.randomUUID(), createdAt: Date.now() };
  const added = { ...own, ...(trainable && { trainable }), ...(earlier && { replayed: earlier.data }) };
  return ({ model, recipe }) => {
    if (past) return resumedRun(past, recipe, isInPlace ? null : own);
    const made = newInfo({ ...added, model, recipe, data: data.data, tokenizer: data.tokenizer.model });
    return { info: { ...made, ...start?.told } };
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

function sayStart(run: RunToTrain, { input, recomputation, fitted }: FittedRun, where: string, device: Device): void {
  const { command, origin, planner, data, rows, progress } = run;
  const { model, recipe } = input;
  const words = startWords({
    ...{ options: command.options, data: data.data, train: data.train, model, recipe, where, fitted, planner, rows },
    ...{ trainable: origin.trainable, past: origin.past, again: recomputation, kind: device.kind },
    vocabulary: data.tokenizer.size,
    parameters: countParams(paramsOf(model)),
    begun: [origin.start?.words, origin.began?.words],
  });
  for (const each of words) progress.say(each);
}

interface Forgetting {
  /** Measures perplexity on old text. */
  old: OldText | undefined;
  /** Perplexity on old text before tuning. */
  before: number | undefined;
}

/** Old text on which forgetting is measured; a run that resumes measures where it did before. */
async function oldTextOf(
  { command, origin, data, signal, progress }: RunToTrain,
  { model, recipe: { objective } }: Pick<TrainInput, 'model' | 'recipe'>,
): Promise<Forgetting> {
  const { tuning } = command;
  const { past, began } = origin;
  const from = baseModelPath(command, origin);
  const known = (past?.events ?? []).flatMap(oldIn);
  const isMeasured = (tuning && !tuning.classify) || known.length > 0;
  if (from === undefined || !isMeasured) return { old: undefined, before: undefined };
  const tuned = { tokenizer: data.tokenizer, model, objective, earlier: origin.start?.objective };
  const found = await oldText(from, oldFilesOf(command, origin), tuned, signal);
  if ('why' in found) progress.say(found.why);
  const old = 'old' in found ? found.old : undefined;
  const before = old && (began ? await measuredBy(old, model, began.weights) : known[0]);
  if (began && before !== undefined) progress.say(`Perplexity on old text: ${formatReading(before)}.`);
  return { old, before };
}

const oldFilesOf = ({ tuning }: LearnCommand, { past }: RunOrigin): readonly string[] | undefined =>
  tuning ? tuning.old?.map((each) => resolve(each)) : past?.local?.old;

interface StartedRun {
  fitted: FittedRun;
  info: RunInfo;
  forgetting: Forgetting;
}

/** Returns what the folder is written from, and the reports of training. @param from step that it resumes */
function inFolder(run: RunToTrain, { fitted, info, forgetting }: StartedRun, from: Snapshot | undefined) {
  const { command, origin, planner, data, cleaning, saves, progress } = run;
  const { past, base, trainable, began } = origin;
  const { model, recipe, now } = fitted.input;
  const { options, tuning } = command;
  const most = planner?.plan.most ?? Infinity;
  const timed = fitted.fitted && new TimedLength(recipe, fitted.fitted.pace, most, () => leftOf(options.minutes!), now);
  const length = (): number => timed?.steps ?? recipe.steps;
  const prospect = { model, recipe, facts: data.data, isContinued: Boolean(past ?? began), trainable };
  const { events, speed, follow } = following({
    ...{ model, recipe, past: past?.events ?? [], timed, length, progress, isJson: options.json },
    evaluated: (event) => (info.result = resultOf(event)),
    forecast: (seen) => forecastSaid({ ...prospect, repeated: planner?.repeated, planned: length() }, seen),
    ...(data.data.labels && { labels: data.data.labels }),
  });
  const { old } = forgetting;
  const input: FolderRunInput = {
    ...{ saves, progress, info, tokenizer: data.tokenizer, local: localOf(run), events, length, report: follow },
    ...(cleaning.steps.length > 0 && { recipe: cleaning }),
    input: { ...fitted.input, ...(from && { from }), ...(old && { old }) },
    whole: partly(base, trainable).whole,
    keepsNewest: tuning !== undefined,
  };
  return { input, events, speed };
}

/** local.json: where the run's files are on this machine. */
function localOf({ command, origin, data }: RunToTrain) {
  const examples = examplesOf(command, origin);
  const base = baseModelPath(command, origin);
  const old = oldFilesOf(command, origin);
  return localFile({
    texts: data.places,
    ...(examples && { examples }),
    ...(base !== undefined && { base: resolve(base) }),
    ...(old && { old: [...old] }),
  });
}
