/** npm run grow: text files in, a trained model out, as a Hugging Face folder; or a run that goes on from one. */
import { badSettings, HomegrownError, paragraph } from '../src/core/base/errors';
import type { Document } from '../src/core/base/document';
import type { Job } from '../src/core/base/job';
import {
  formatCount,
  formatDuration,
  formatKernels,
  formatNumber,
  formatReading,
  formatShort,
} from '../src/core/base/units';
import { isContextFree } from '../src/core/export/contextOf';
import { newInfo, resultOf, type RunInfo } from '../src/core/export/homegrownJson';
import { hubProblem } from '../src/core/export/formats/huggingFace';
import { huggingFaceFiles, tellingFiles } from '../src/core/export/huggingFace';
import { modelSpec } from '../src/core/models';
import { type BaseConfig, countParams } from '../src/core/models/spec';
import { objectiveOf, rolesOf } from '../src/core/objectives';
import { optimizerOf } from '../src/core/optim';
import type { Power } from '../src/core/plan/energy';
import { bestNotKept } from '../src/core/runs/best';
import { isMeasuredAlike } from '../src/core/runs/segments';
import { SMALLEST_VOCABULARY } from '../src/core/tokenizer/train';
import { batchOfTokens } from '../src/core/train/batchTokens';
import { memoryLimits } from '../src/core/train/device';
import type { MemoryLimits } from '../src/core/train/memory';
import { problems, unfit } from '../src/core/train/problems';
import { stepsOfEpoch } from '../src/core/train/epoch';
import { DEFAULT_RECIPE, RECIPE, tokensPerStep, type Recipe } from '../src/core/train/recipe';
import { recomputation, type Recomputation, recomputationWords } from '../src/core/train/recomputation';
import { fittedTo, shortTextWords } from '../src/core/train/shortText';
import type { ModelChoice, Snapshot, TrainEvent, TrainInput, TrainOutcome, TrainState } from '../src/core/train/run';
import { train } from '../src/core/train/train';
import { openData } from './data';
import { isSystemError, systemFailure } from './failure';
import { fasterDevice } from './fasterDevice';
import { checkKept, openStart } from './from';
import { GROWN_FILES } from './listed';
import { localFile } from './local';
import { measuredIn } from './measured';
import { Course, fit, type Fit, leftOf, over } from './minutes';
import { UsageError, type Values } from './options';
import { besideWords, evaluationWords, finite, inWords, measuredAll, Speed, valuesOf } from './outcome';
import { measurePace, type Pace, timeOf } from './pace';
import { isForThePlan, Planner, planWords } from './planned';
import { Progress } from './progress';
import { filesToRead } from './pairs';
import { prepare, trained } from './prepared';
import { undisturbed } from './read';
import { normalizersBy, recipeCalled } from './recipe';
import { checkSettled, deviceOf, goingOn, openPast, recipeGoingOn, withSteps } from './resume';
import { Saves } from './saves';
import { configOf } from './sizeFlags';
import { command, interruptible, main, openDevice, print, softwareAdapter, stderr } from './terminal';
import { realPath } from './target';
import { tokenizerSettings } from './tokenizerFlags';
import { checkOutFolder } from './write';
import { OPTIONS, VALIDATION_SHARE } from './growOptions';
import { batchWords, objectiveAsked, recipeOf } from './growRecipe';

async function grow(typed: Values<typeof OPTIONS>, given: ReadonlySet<string>): Promise<void> {
  const { resume, from, data: prepared } = typed;
  if (prepared !== undefined && (typed.text ?? typed.pairs))
    throw new UsageError('--data is learnt in place of --text and --pairs. Leave one of them out.');
  const isOfPairs = prepared !== undefined && (await openData(prepared)).isOfPairs;
  const options: typeof typed = isOfPairs ? { ...typed, pairs: [prepared] } : typed;
  const out = options.out ?? resume;
  if (options.text && options.pairs)
    throw new UsageError('--text and --pairs are two ways to learn from a file. Leave one of them out.');
  if (from !== undefined) checkKept(given);
  if (resume !== undefined) checkSettled(given);
  else if (!options.text && !options.pairs && prepared === undefined) throw new UsageError('--text is missing.');
  if (out === undefined) throw new UsageError('--out is missing.');
  const { minutes } = options;
  if (minutes !== undefined && given.has('steps'))
    throw new UsageError('--minutes and --steps both say how long the run is. Leave one of them out.');
  if (given.has('batch-tokens') && (given.has('batch') || given.has('accumulate')))
    throw new UsageError('--batch-tokens says what --batch and --accumulate say. Leave it out, or both of them.');
  const wanted = tokenizerSettings(options.tokenizer, options.special, rolesOf(objectiveAsked(options)));
  const saves = new Saves(out);
  const isInPlace = resume !== undefined && (await realPath(out)) === (await realPath(resume));
  // As it is once a save that was cut off is whole.
  if (isInPlace) await undisturbed(out, () => saves.adopt());
  const past = resume === undefined ? null : await openPast(resume);
  const start = from === undefined ? null : await openStart(from, options);
  const planner =
    minutes !== undefined && !start && isForThePlan(given) && !options.pairs
      ? new Planner({
          model: options.model,
          objective: objectiveAsked(options),
          held: VALIDATION_SHARE + options['test-share'],
          limits: () => limitsNow(options.memory),
          kind: () => device.kind,
          left: () => leftOf(minutes),
        })
      : null;
  const { id, config: asked } = past?.info.model ??
    start?.model ?? { id: options.model, config: configOf(options.model, options) };
  const unknown = hubProblem({ model: { id, config: asked, vocabulary: SMALLEST_VOCABULARY } });
  if (unknown !== null) throw badSettings(`A Hugging Face folder is written here, and ${unknown}`);
  /** With it, by what it has planned when that is asked. */
  const configNow = (): BaseConfig => planner?.plan.model.config ?? asked;
  /** Of the text, where none is given. */
  let ofText: Pick<Recipe, 'samplePrompt'> | undefined;
  /** `steps`: what is measured to fit, and until it is, any. */
  const askedOf = (model: ModelChoice, steps = RECIPE.steps.max): Recipe => {
    if (planner) return { ...planner.recipe(options, given, steps), ...ofText };
    const typed = minutes === undefined ? options : { ...options, steps };
    const flags = minutes === undefined ? given : new Set([...given, 'steps']);
    const recipe = past ? recipeGoingOn(past, typed, flags) : { ...recipeOf(typed, model, !start), ...ofText };
    const tokens = options['batch-tokens'];
    return tokens === undefined
      ? recipe
      : { ...recipe, ...batchOfTokens(tokens, model, recipe, limitsNow(options.memory)) };
  };
  const cleaning = past?.recipe ?? (await recipeCalled(options.recipe));
  const normalizers = await normalizersBy(cleaning, prepared);
  const anyText = { train: Infinity, validation: Infinity };
  if (!planner) {
    const least: ModelChoice = start?.model ?? { id, config: asked, vocabulary: SMALLEST_VOCABULARY };
    const found = problems(least, askedOf(least), anyText);
    if (found.length > 0) throw unfit(found);
  }
  const opened = await filesToRead(options, past);
  const paths = opened.map(({ path }) => path);
  const begunFrom = from ?? (isInPlace ? undefined : resume);
  const inputs = begunFrom === undefined ? paths : [...paths, begunFrom];
  await checkOutFolder(out, inputs, GROWN_FILES);
  const kind = past && !given.has('device') ? deviceOf(past) : options.device;
  let device = await openDevice(kind);
  const signal = interruptible();
  const progress = new Progress(stderr, !options.json);
  const job: Job = { signal, report: (at) => progress.show(at) };

  const planned = planner && ((documents: readonly Document[], at: Job) => planner.begin(documents, at));
  const split = { validation: VALIDATION_SHARE, test: options['test-share'], seed: 0 };
  const { tokenizer, data, places, prompt, told, ...parts } = await prepare(
    opened,
    past ?? {
      tokenizer: start ? () => Promise.resolve(start.tokenizer) : trained(planned ?? (() => wanted), normalizers),
      split,
      recipe: cleaning,
    },
    (words) => progress.say(words),
    job,
  );
  if (prompt !== undefined && !given.has('sample-prompt')) ofText = { samplePrompt: prompt };
  const { train: learnt, validation: held } = parts;
  const wide = (): ModelChoice => ({ id, config: configNow(), vocabulary: tokenizer.size });
  const isSettled = past !== null || (start !== null && !isContextFree(start.model));
  const modelNow = (): ModelChoice => (isSettled ? wide() : fittedTo(wide(), askedOf(wide()), learnt.tokens));
  const sizes = { train: learnt.tokens, validation: held.tokens };
  const short = isSettled ? undefined : shortTextWords(wide(), askedOf(wide()), sizes);
  if (short !== undefined) progress.say(short);
  const first = askedOf(modelNow());
  const { inRows, measuredBaselines } = objectiveOf(first.objective);
  const laid = await inRows?.(learnt, modelNow().config.context, tokenizer, first, modelSpec(id).kind);
  if (laid?.words !== undefined) progress.say(laid.words);
  for (const { words, values } of measuredBaselines?.(data) ?? [])
    progress.say(`Without learning, ${words}: ${measuredAll(values)}.`);
  /** On the device in use. */
  const plan = () => {
    const [model, limits] = [modelNow(), limitsNow(options.memory)];
    const asked = askedOf(model);
    const own = asked.recompute ? 'on' : 'off';
    const again = recomputation(model, asked, past && !given.has('recompute') ? own : options.recompute, limits);
    const recipe: Recipe = { ...asked, recompute: again.isOn };
    return { again, recipe, tooLarge: problems(model, recipe, anyText, limits) };
  };
  const basis = {
    tokenizer,
    ...parts,
    ...(past && { from: past.snapshot }),
    ...(start && { base: start.weights }),
    now: () => performance.now(),
  };
  const adapter = kind === 'auto' && device.kind === 'wasm' ? await softwareAdapter() : null;
  if (adapter !== null) {
    const measure = (limit: number): Promise<Pace> => {
      const { recipe, tooLarge } = plan();
      if (tooLarge.length > 0) throw unfit(tooLarge);
      return measurePace(
        { ...basis, model: modelNow(), recipe, save: () => Promise.resolve({ bytes: 0 }) },
        TRIAL_MS,
        signal,
        limit,
      );
    };
    const { recipe } = plan();
    const chosen = await fasterDevice({
      adapter,
      open: openDevice,
      measure,
      time: (pace) => timeOf(pace, recipe, past?.info.state.step ?? 0, recipe.steps),
      most: minutes === undefined ? Infinity : leftOf(minutes),
    });
    device = chosen.device;
    progress.say(chosen.why);
  }
  const where = device.adapter ? `${device.adapter.name}, WebGPU` : device.kind.toUpperCase();
  const local = localFile({ texts: places });
  const cleanedBy = cleaning.steps.length > 0 && { recipe: cleaning };
  const own = { id: crypto.randomUUID(), createdAt: Date.now() };
  const begin = (model: ModelChoice, recipe: Recipe): { info: RunInfo; from?: Snapshot } => {
    if (past) return goingOn(past, recipe, isInPlace ? null : own);
    return { info: { ...newInfo({ ...own, model, recipe, data, tokenizer: tokenizer.model }), ...start?.told } };
  };
  /** What can run and fits the time; planned anew where steps take much more or less of it than the plan expected. */
  async function settled(
    isFirst = true,
  ): Promise<{ again: Recomputation; input: Omit<TrainInput, 'save'>; fitted: Fit | null }> {
    const model = modelNow();
    const { again, recipe, tooLarge } = plan();
    if (tooLarge.length > 0) throw unfit(tooLarge);
    if (minutes === undefined) return { again, input: { ...basis, model, recipe }, fitted: null };
    const save = async (snapshot: Snapshot): Promise<{ bytes: number }> => {
      let bytes = 0;
      const { info } = begin(model, recipe);
      for (const file of huggingFaceFiles({ info, snapshot, tokenizer, events: [], tokens: null }, WHOLE))
        for await (const chunk of file.chunks()) bytes += chunk.length;
      return { bytes };
    };
    const fitted = await fit({ ...basis, model, recipe, save }, minutes, signal);
    if (isFirst && planner?.again(fitted.pace.step)) return settled(false);
    const asked = askedOf(model, fitted.steps);
    return { again, input: { ...basis, model, recipe: { ...asked, recompute: again.isOn } }, fitted };
  }
  const { again, input, fitted } = await settled();
  const { model, recipe } = input;
  const begun = begin(model, recipe);
  const info: RunInfo = { ...begun.info, device: where, ...(told.length > 0 && { documents: told }) };
  const { test } = data.parts;
  const tested = test ? `${formatCount(test.tokens)} held out for a test, ` : '';
  const parameters = countParams(modelSpec(model.id).params(model.config, model.vocabulary));
  progress.say(
    `${formatCount(parts.train.tokens)} tokens to learn from, ${tested}a vocabulary of ${formatCount(tokenizer.size)}, ` +
      `${formatShort(parameters)} parameters, ${recipe.steps} steps on ${where}.`,
  );
  if (fitted)
    progress.say(
      `So many steps fit into ${minutes!} minutes: one takes ${formatDuration(fitted.pace.step)}, ` +
        `an evaluation ${formatDuration(fitted.pace.evaluate)}.`,
    );
  const read = recipe.steps / stepsOfEpoch(data.parts.train, model.config.context, recipe, laid?.rows);
  if (!planner) progress.say(`The text is read ${formatNumber(Number(read.toPrecision(2)))} times.`);
  if (planner) for (const words of planWords(planner.told(recipe), device.kind, powerOf(options))) progress.say(words);
  if (options['batch-tokens'] !== undefined) progress.say(batchWords(recipe, model.config));
  if (start) progress.say(start.words);
  if (past) progress.say(`${past.folder} goes on from step ${formatCount(past.info.state.step)}.`);

  progress.say(recomputationWords(again, OTHERWISE));
  if (!past && !planner && recipe.learningRate !== (options['learning-rate'] ?? DEFAULT_RECIPE.learningRate)) {
    const { label } = optimizerOf(recipe.optimizer);
    progress.say(`The learning rate is ${recipe.learningRate}, which is usual with ${label} at this size.`);
  }

  const { now } = basis;
  const course = fitted && new Course(recipe, fitted.pace, planner?.plan.most ?? Infinity, () => leftOf(minutes!), now);
  const length = (): number => course?.steps ?? recipe.steps;
  const speed = new Speed(tokensPerStep(recipe, model.config.context));
  let lastLoss: number | null = null;
  /** The curve, for trainer_state.json. */
  const events: TrainEvent[] = [...(past?.events ?? [])];
  const follow = (event: TrainEvent): void => {
    events.push(event);
    const changed = course?.follow(event);
    if (changed !== undefined) progress.say(changed);
    if (event.kind === 'compiling' && event.kernels) {
      const { done, of } = event.kernels;
      if (done === 0) progress.say(`Compiling ${formatKernels(of)}.`);
      progress.show({ label: 'Compiling', done, of, unit: 'kernels' });
    } else if (event.kind === 'step') {
      lastLoss = event.loss;
      speed.add(event.tokensPerSecond);
      const { step, tokensPerSecond } = event;
      const note = `loss ${formatReading(event.loss)} · ${formatShort(tokensPerSecond)} tokens/s`;
      progress.show({ label: 'Training', done: step, of: length(), unit: 'steps' }, note);
    } else if (event.kind === 'evaluated') {
      const { step, loss } = event;
      info.result = resultOf(event);
      if (options.json) {
        const { mean: tokensPerSecond } = speed;
        print(
          JSON.stringify({
            step,
            trainLoss: lastLoss,
            valLoss: loss,
            ...valuesOf(recipe.objective, event),
            tokensPerSecond,
          }),
        );
      } else progress.say(`step ${formatCount(step)}: ${evaluationWords(recipe.objective, event)}`);
    }
  };
  const toldOf = async (state: TrainState, folder: string) => {
    const told = ofFolder(withSteps(info, Math.max(state.step, length())), state, events);
    return { info: { ...told, ...(await measuredIn(folder, told)) }, tokenizer, events, ...cleanedBy };
  };
  const save = async (snapshot: Snapshot): Promise<{ bytes: number }> => {
    const wasBeside = saves.isBeside;
    const bytes = await saves.save(async (folder) => {
      const exported = { ...(await toldOf(snapshot.state, folder)), snapshot, tokens: null };
      return [...huggingFaceFiles(exported, WHOLE), local];
    });
    if (saves.isBeside && !wasBeside) progress.say(besideWords(saves));
    return { bytes };
  };
  let outcome: TrainOutcome;
  try {
    const time = fitted ? over(minutes!, fitted.pace) : signal;
    const until = AbortSignal.any([signal, time]);
    outcome = await train(
      { ...input, ...(begun.from && { from: begun.from }), recipe, save, length },
      { signal: until, report: follow },
    );
    // What a stop leaves is saved before it is measured.
    if (isLastMeasured(events.slice(past?.events.length))) {
      const { loss = Infinity } = events.findLast((event) => event.kind === 'evaluated') ?? {};
      const { state } = outcome;
      const best = loss < (state.best?.loss ?? Infinity) ? { step: state.step, loss } : state.best;
      await saves.retell(async (folder) => [...tellingFiles(await toldOf({ ...state, best }, folder)), local]);
    }
    const isDone = outcome.reason !== 'stopped' || (time.aborted && !signal.aborted);
    if (isDone || hasLearnt(events, outcome.state.step)) await saves.settle();
  } catch (error) {
    progress.end();
    throw withPlace(error, saves);
  }
  progress.end();
  const last = events.findLast((event) => event.kind === 'evaluated');
  const evaluated = outcome.validationLoss === null ? undefined : last;
  const summary = {
    step: outcome.state.step,
    trainLoss: finite(outcome.trainLoss),
    valLoss: outcome.validationLoss,
    ...valuesOf(recipe.objective, evaluated),
    tokensPerSecond: speed.mean,
    parameters,
    device: device.kind,
    ...(outcome.reason === 'early' && { endedEarly: true }),
    ...(planner && { expected: planner.told(recipe).expected }),
    out: saves.place ?? resume ?? out,
  };
  print(
    options.json ? JSON.stringify(summary) : inWords(outcome, speed, recipe.objective, evaluated, saves, summary.out),
  );
}

/** The folder holds the newest step alone: no other is its best, and of a better one it says that it was not kept. */
function ofFolder(info: RunInfo, state: TrainState, events: readonly TrainEvent[]): RunInfo {
  const best = state.best?.step === state.step ? state.best : null;
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isMeasuredAlike(info, state.step));
  const unkept = bestNotKept(evaluations, state.step, best);
  return { ...info, state: { ...state, best }, ...(unkept && { bestNotKept: unkept }) };
}

/** Of steps on one device, before it is said which is faster. */
const TRIAL_MS = 1000;
const limitsNow = (gigabytes: number): MemoryLimits => ({
  ...memoryLimits(),
  ...(gigabytes > 0 && { bound: 1e9 * gigabytes }),
});
const powerOf = ({ watts, price }: Values<typeof OPTIONS>): Power => ({ ...(watts !== undefined && { watts }), price });
const WHOLE = { withOptimizer: true } as const;
const OTHERWISE = '--recompute off keeps them; --memory says how many GB a run may take.';

/** Whether an evaluation at this step was better than the one before the first. */
function hasLearnt(events: readonly TrainEvent[], step: number): boolean {
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  return first?.step === 0 && last?.step === step && last.loss < first.loss;
}

/** Whether an evaluation came after the last save. */
const isLastMeasured = (events: readonly TrainEvent[]): boolean =>
  events.findLastIndex(({ kind }) => kind === 'evaluated') > events.findLastIndex(({ kind }) => kind === 'saved');

/** A failure with where the saves are. */
function withPlace(thrown: unknown, { place, out, isBeside }: Saves): unknown {
  const error = isSystemError(thrown) ? systemFailure(thrown) : thrown;
  if (!(error instanceof HomegrownError) || place === null) return thrown;
  const where = `The newest save is in ${place}${isBeside ? `; the model in ${out} is as it was` : ''}.`;
  const remedy =
    error.code === 'diverged'
      ? 'Lower --learning-rate, or limit the gradient with --clip, and begin again; or go on from there with --resume.'
      : error.remedy;
  return new HomegrownError(error.code, paragraph(error.message, where), remedy);
}

const examples = [
  '--text moby-dick.txt --out my-model',
  '--text *.txt --tokenizer bpe:4096 --layers 6 --heads 6 --width 384 --context 256 --steps 5000 --out my-model',
  '--resume my-model --steps 8000',
  '--text moby-dick.txt --minutes 15 --out my-model',
  '--model t5 --pairs letters.csv:input=letters,target=sorted --out my-model',
  '--from SmolLM2-135M.gguf --context 512 --text moby-dick.txt --steps 200 --out my-model',
];
const about = 'Text files in, a trained model out, as a Hugging Face folder. Ctrl-C stops and saves.';
await main(command({ name: 'grow', about, options: OPTIONS, examples, run: grow }));
