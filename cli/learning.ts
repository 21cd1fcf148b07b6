/** Runs grow and tune: reads the text, trains the model, and writes its folder at every save. */
import type { Job } from '../src/core/base/job';
import { onlyHere } from '../src/core/export/formats/huggingFace';
import { rolesOf } from '../src/core/objectives';
import type { SplitChoice } from '../src/core/documents/split';
import { openData } from '../node/texts/data';
import { DeviceInUse } from './deviceInUse';
import { type OPTIONS, splitOf } from './growOptions';
import { limitsNow, objectiveAsked } from './growRecipe';
import { checkFlags } from './learnFlags';
import { GROWN_FILES } from '../node/folders/listed';
import { leftOf } from './minutes';
import { UsageError, type Values } from './options';
import { filesToRead } from './filesToRead';
import { isForThePlan, Planner } from './planned';
import { Progress } from './progress';
import { opening } from '../node/folders/readModel';
import { normalizersBy, recipeCalled } from '../node/folders/recipe';
import { describeRunData, readRunData } from './runData';
import { examplesOf, type LearnCommand, openOrigin, type RunOrigin } from './runOrigin';
import { RunSettings } from './runSettings';
import { Saves } from '../node/folders/saves';
import { realPath } from '../node/folders/target';
import { interruptible, openDevice, stderr } from './terminal';
import { tokenizerSettings } from './tokenizerFlags';
import { trainRun } from './trainRun';
import type { Tuning } from './tuning';
import { checkOutFolder } from '../node/folders/write';
import { deviceOf } from './resumeFlags';

/**
 * @param tuning settings of tune alone
 * @returns the exit code
 */
export async function learn(
  typed: Values<typeof OPTIONS>,
  given: ReadonlySet<string>,
  tuning?: Tuning,
): Promise<number> {
  const options = await withPairsOfData(typed);
  const out = checkFlags(options, given, tuning);
  const command: LearnCommand = { options, given, tuning };
  const tokenizer = tokenizerSettings(options.tokenizer, options.special, rolesOf(objectiveAsked(options)));
  const split = splitOf(options);
  const saves = new Saves(out);
  const isInPlace = options.resume !== undefined && (await realPath(out)) === (await realPath(options.resume));
  // Reads the folder after an interrupted save is recovered.
  if (isInPlace) await opening(out, () => saves.adopt());
  const origin = await openOrigin(command);
  const device = new DeviceInUse();
  const planner = plannerOf(command, origin, split, device);
  const settings = new RunSettings(command, origin, planner);
  const cleaning = origin.past?.recipe ?? (await recipeCalled(options.recipe));
  const normalizers = await normalizersBy(cleaning, options.data);
  if (!planner) settings.check(settings.smallestModel);
  const files = await openFiles(command, origin, saves, isInPlace);
  const kind = origin.past && !given.has('device') ? deviceOf(origin.past) : options.device;
  device.current = await openDevice(kind);
  const signal = interruptible();
  const progress = new Progress(stderr, !options.json);
  const notElsewhere = onlyHere({ model: settings.smallestModel });
  if (notElsewhere !== null) progress.say(notElsewhere);
  const job: Job = { signal, report: (at) => progress.show(at) };
  const text = { command, origin, planner, files, cleaning, normalizers, tokenizer, split };
  const data = await readRunData(text, progress, job);
  if (data.prompt !== undefined && !given.has('sample-prompt')) settings.textPrompt = data.prompt;
  const rows = await describeRunData(data, settings, origin.start === null && origin.past === null, progress);
  const run = { command, origin, planner, settings, data, rows, cleaning, saves, isInPlace, device, progress, signal };
  return trainRun(run, kind === 'auto');
}

/** A folder of prepare --pairs stands for its table. */
async function withPairsOfData(typed: Values<typeof OPTIONS>): Promise<Values<typeof OPTIONS>> {
  const { data, text, pairs } = typed;
  if (data === undefined) return typed;
  if (text ?? pairs) throw new UsageError("--data can't be combined with --text or --pairs. Use one of them.");
  return (await openData(data)).isOfPairs ? { ...typed, pairs: [data] } : typed;
}

/** @returns null where flags set the sizes */
function plannerOf(
  { options, given, tuning }: LearnCommand,
  { start }: RunOrigin,
  split: SplitChoice,
  device: DeviceInUse,
): Planner | null {
  const { minutes, memory, model, pairs } = options;
  if (minutes === undefined || start || tuning || !isForThePlan(given) || pairs) return null;
  return new Planner({
    ...{ model, objective: objectiveAsked(options), held: split.validation + split.test },
    kind: () => device.current.kind,
    limits: () => limitsNow(memory),
    left: () => leftOf(minutes),
  });
}

/** @throws UsageError; HomegrownError where a file is missing, or --out would overwrite one of them */
async function openFiles(command: LearnCommand, origin: RunOrigin, saves: Saves, isInPlace: boolean) {
  const { options } = command;
  const { past, began } = origin;
  const examples = examplesOf(command, origin);
  const files = examples ? [] : await filesToRead(options, past);
  const paths = (examples?.files ?? files).map(({ path }) => path);
  const folder = options.from ?? (isInPlace ? undefined : options.resume);
  const inputs = [...paths, ...[folder, began?.from].filter((path) => path !== undefined)];
  saves.since = await checkOutFolder(saves.out, inputs, GROWN_FILES);
  return files;
}
