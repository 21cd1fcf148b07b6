/** What grow and tune do: files are read, a model learns from them, and its folder is written again at every save. */
import { resolve } from 'node:path';
import { badSettings } from '../src/core/base/errors';
import type { Document } from '../src/core/base/document';
import type { Job } from '../src/core/base/job';
import { formatReading } from '../src/core/base/units';
import { spokenBy } from '../src/core/chat/spoken';
import { isContextFree } from '../src/core/export/contextOf';
import { newInfo, resultOf, type RunInfo } from '../src/core/export/homegrownJson';
import { folderProblem } from '../src/core/export/formats/huggingFace';
import { huggingFaceFiles, tellingFiles } from '../src/core/export/huggingFace';
import { paramsOf } from '../src/core/models';
import { type BaseConfig, countParams } from '../src/core/models/spec';
import { learnerOf, objectiveOf, rolesOf } from '../src/core/objectives';
import { SMALLEST_VOCABULARY } from '../src/core/tokenizer/train';
import { batchOfTokens } from '../src/core/train/batchTokens';
import { ownOf, partly } from '../src/core/train/partly';
import { isOutOfPatience } from '../src/core/train/patience';
import { problems, unfit } from '../src/core/train/problems';
import { RECIPE, type Recipe } from '../src/core/train/recipe';
import { recomputation, type Recomputation } from '../src/core/train/recomputation';
import { fittedTo, shortTextWords } from '../src/core/train/shortText';
import type { ModelChoice, Snapshot, TrainInput, TrainOutcome, TrainState } from '../src/core/train/run';
import { train } from '../src/core/train/train';
import { frozenBase } from '../src/jobs/frozenBase';
import { openData } from './data';
import { fasterDevice } from './fasterDevice';
import { baselineSentences } from './baselineWords';
import { baseOf } from './base';
import { BestStep } from './bestStep';
import { following } from './following';
import { forecastSaid } from './forecast';
import { oldText } from './forgetting';
import { templateWords } from './chats';
import { openStart } from './from';
import { GROWN_FILES } from './listed';
import { localFile } from './local';
import { measuredIn } from './measured';
import { Course, fit, type Fit, leftOf, over } from './minutes';
import { checkFlags } from './learnFlags';
import { UsageError, type Values } from './options';
import { besideWords } from './outcome';
import { measurePace, type Pace, timeOf } from './pace';
import { isForThePlan, Planner } from './planned';
import { Progress } from './progress';
import { filesToRead } from './pairs';
import { prepare, trained } from './prepared';
import { opening } from './read';
import { normalizersBy, recipeCalled } from './recipe';
import { deviceOf, goingOn, openPast, recipeGoingOn, withSteps } from './resume';
import { Saves, withPlace } from './saves';
import { interruptible, openDevice, softwareAdapter, stderr } from './terminal';
import { replayed } from './replayed';
import { realPath } from './target';
import { hasLearnt, isLastMeasured, ofFolder, oldIn } from './told';
import { longTextsWords } from './labelWords';
import { tokenizerSettings } from './tokenizerFlags';
import { startOf, begunAs, measuredBy, objectiveOfTuning, type Tuning } from './tuning';
import { startWords } from './startWords';
import { summarize } from './summary';
import { checkOutFolder, WRITTEN_NEXT_TO } from './write';
import { OPTIONS, splitOf } from './growOptions';
import { limitsNow, objectiveAsked, recipeOf } from './growRecipe';

/**
 * @param tuning what tune asks besides
 * @returns the exit code
 */
export async function learn(
  typed: Values<typeof OPTIONS>,
  given: ReadonlySet<string>,
  tuning?: Tuning,
): Promise<number> {
  const { resume, from, data: prepared } = typed;
  if (prepared !== undefined && (typed.text ?? typed.pairs))
    throw new UsageError("--data can't be combined with --text or --pairs. Use one of them.");
  const isOfPairs = prepared !== undefined && (await openData(prepared)).isOfPairs;
  const options: typeof typed = isOfPairs ? { ...typed, pairs: [prepared] } : typed;
  const out = checkFlags(options, given, tuning);
  const split = splitOf(options);
  const { minutes } = options;
  const wanted = tokenizerSettings(options.tokenizer, options.special, rolesOf(objectiveAsked(options)));
  const saves = new Saves(out);
  const isInPlace = resume !== undefined && (await realPath(out)) === (await realPath(resume));
  // As it is once a save that was cut off is whole.
  if (isInPlace) await opening(out, () => saves.adopt());
  const past = resume === undefined ? null : await openPast(resume);
  const opens = from === undefined || past ? null : await openStart(from, options);
  const start = opens && tuning ? startOf(opens, tuning, options.seed) : opens;
  const began = start ? await tuning?.begins(start) : undefined;
  const learns = past ? past.info.trainable : began?.trainable;
  const trainable = learns && { ...learns, ...(tuning && tuning.rest !== 'f32' && { rest: tuning.rest }) };
  const frozen = past ? await baseOf(past, from) : (began?.base ?? start?.weights);
  const ofBase = past?.info.model ?? start?.model;
  const base = frozen && ofBase ? frozenBase({ model: ofBase, weights: frozen }, trainable) : frozen;
  const planner =
    minutes !== undefined && !start && !tuning && isForThePlan(given) && !options.pairs
      ? new Planner({
          model: options.model,
          objective: objectiveAsked(options),
          held: split.validation + split.test,
          limits: () => limitsNow(options.memory),
          kind: () => device.kind,
          left: () => leftOf(minutes),
        })
      : null;
  const { id, config: asked } = past?.info.model ?? start?.model ?? begunAs(options, tuning);
  const unknown = folderProblem({ model: { id, config: asked, vocabulary: SMALLEST_VOCABULARY } });
  if (unknown !== null) throw badSettings(`grow saves a Hugging Face folder, and ${unknown}`);
  /** With it, by what it has planned when that is asked. */
  const configNow = (): BaseConfig => planner?.plan.model.config ?? asked;
  const beginning = !start ? 'new' : tuning ? { trainable } : 'continued';
  /** Of the text, where none is given. */
  let ofText: Pick<Recipe, 'samplePrompt'> | undefined;
  /** `steps`: what is measured to fit, and until it is, any. */
  const askedOf = (model: ModelChoice, steps = RECIPE.steps.max): Recipe => {
    if (planner) return { ...planner.recipe(options, given, steps), ...ofText };
    const typed = minutes === undefined ? options : { ...options, steps };
    const flags = minutes === undefined ? given : new Set([...given, 'steps']);
    const own = past ? recipeGoingOn(past, typed, flags) : { ...recipeOf(typed, model, beginning), ...ofText };
    const recipe: Recipe = { ...own, ...objectiveOfTuning(tuning ?? {}) };
    const tokens = options['batch-tokens'];
    return tokens === undefined
      ? recipe
      : { ...recipe, ...batchOfTokens(tokens, model, recipe, limitsNow(options.memory), trainable) };
  };
  const cleaning = past?.recipe ?? (await recipeCalled(options.recipe));
  const normalizers = await normalizersBy(cleaning, prepared);
  const anyText = { train: Infinity, validation: Infinity };
  if (!planner) {
    const least: ModelChoice = start?.model ?? { id, config: asked, vocabulary: SMALLEST_VOCABULARY };
    const found = problems(least, askedOf(least), anyText, {}, trainable);
    if (found.length > 0) throw unfit(found);
  }
  const examples = past ? past.local?.examples : tuning?.classify?.examples.laid;
  const opened = examples ? [] : await filesToRead(options, past);
  const paths = (examples?.files ?? opened).map(({ path }) => path);
  const begunFrom = from ?? (isInPlace ? undefined : resume);
  const inputs = [...paths, ...[begunFrom, began?.from].filter((path) => path !== undefined)];
  saves.since = await checkOutFolder(out, inputs, GROWN_FILES);
  const kind = past && !given.has('device') ? deviceOf(past) : options.device;
  let device = await openDevice(kind);
  const signal = interruptible();
  const progress = new Progress(stderr, !options.json);
  const job: Job = { signal, report: (at) => progress.show(at) };
  const chats = start && tuning?.chats && (await spokenBy(start.tokenizer, tuning.chats.template));
  if (start && chats) progress.say(templateWords(start.tokenizer, tuning.chats?.template));
  const planned = planner && ((documents: readonly Document[], at: Job) => planner.begin(documents, at));
  const { tokenizer, data, places, prompt, told, sources, measured, ...parts } = await prepare(
    opened,
    past ?? {
      tokenizer: start
        ? () => Promise.resolve(chats?.tokenizer ?? start.tokenizer)
        : trained(planned ?? (() => wanted), normalizers),
      split,
      recipe: cleaning,
      ...(chats && { chats }),
      ...(tuning?.classify && { examples: tuning.classify.examples }),
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
  // Otherwise a device would be chosen by trials that all fail.
  const tooShort = problems(modelNow(), first, sizes, {}, trainable);
  if (tooShort.length > 0) throw unfit(tooShort);
  const { inRows } = objectiveOf(first.objective);
  const laid = await inRows?.(learnt, modelNow().config.context, tokenizer, first, learnerOf(modelNow()));
  const longer = longTextsWords(laid, modelNow().config.context, start === null && past === null);
  for (const words of [laid?.words, longer]) if (words !== undefined) progress.say(words);
  for (const words of baselineSentences(first.objective, modelNow(), data)) progress.say(words);
  /** On the device in use. */
  const plan = () => {
    const [model, limits] = [modelNow(), limitsNow(options.memory)];
    const asked = askedOf(model);
    const own = asked.recompute ? 'on' : 'off';
    const wanted = past && !given.has('recompute') ? own : options.recompute;
    const again = recomputation(model, asked, wanted, limits, trainable);
    const recipe: Recipe = { ...asked, recompute: again.isOn };
    return { again, recipe, tooLarge: problems(model, recipe, anyText, limits, trainable) };
  };
  const { learning, whole } = partly(base, trainable);
  /** The model that it began with. */
  const beganWith = from ?? past?.local?.base;
  const earlier = first.replay > 0 ? await replayed(beganWith, past?.info.replayed, signal) : undefined;
  const basis = {
    tokenizer,
    ...parts,
    ...(past && { from: learning(past.info.model, past.snapshot) }),
    ...(base && { base }),
    ...(trainable && { trainable }),
    ...(earlier && { replayed: earlier.part }),
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
  /** Of a run that goes on, where it did before. */
  const measuresOld = (tuning && !tuning.classify) || (past?.events ?? []).flatMap(oldIn).length > 0;
  const oldFiles = tuning ? tuning.old?.map((each) => resolve(each)) : past?.local?.old;
  const local = localFile({
    texts: places,
    ...(examples && { examples }),
    ...(beganWith !== undefined && { base: resolve(beganWith) }),
    ...(oldFiles && { old: [...oldFiles] }),
  });
  const cleanedBy = cleaning.steps.length > 0 && { recipe: cleaning };
  const own = { id: crypto.randomUUID(), createdAt: Date.now() };
  const begins = { ...own, ...(trainable && { trainable }), ...(earlier && { replayed: earlier.data }) };
  const begin = (model: ModelChoice, recipe: Recipe): { info: RunInfo; from?: Snapshot } => {
    if (past) return goingOn(past, recipe, isInPlace ? null : own);
    return { info: { ...newInfo({ ...begins, model, recipe, data, tokenizer: tokenizer.model }), ...start?.told } };
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
      for (const file of huggingFaceFiles(
        { info, snapshot: whole(model, snapshot), tokenizer, events: [], tokens: null },
        WHOLE,
      ))
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
  const parameters = countParams(paramsOf(model));
  const words = startWords({
    ...{ options, data, learnt, model, recipe, parameters, where, fitted, planner, trainable, past, again },
    vocabulary: tokenizer.size,
    rows: laid?.rows,
    kind: device.kind,
    begun: [start?.words, began?.words],
  });
  for (const each of words) progress.say(each);

  const forgets = beganWith !== undefined && measuresOld && (await oldText(beganWith, oldFiles, tokenizer, signal));
  const old = forgets && 'old' in forgets ? forgets.old : undefined;
  if (forgets && 'why' in forgets) progress.say(forgets.why);
  const before = old && (began ? await measuredBy(old, model, began.weights) : past?.events.flatMap(oldIn)[0]);
  if (began && before !== undefined) progress.say(`Perplexity on old text: ${formatReading(before)}.`);

  const { now } = basis;
  const course = fitted && new Course(recipe, fitted.pace, planner?.plan.most ?? Infinity, () => leftOf(minutes!), now);
  const length = (): number => course?.steps ?? recipe.steps;
  const isContinued = Boolean(past ?? began);
  const prospect = { model, recipe, facts: data, isContinued, trainable, repeated: planner?.repeated };
  const { events, speed, follow } = following({
    model,
    recipe,
    past: past?.events ?? [],
    course,
    length,
    progress,
    isJson: options.json,
    evaluated: (event) => (info.result = resultOf(event)),
    forecast: (seen) => forecastSaid({ ...prospect, planned: length() }, seen),
    ...(data.labels && { labels: data.labels }),
  });
  const toldOf = async (state: TrainState, folder: string, status = statusAt(state)) => {
    const told = ofFolder(withSteps(info, Math.max(state.step, length())), state, events, status);
    return { info: { ...told, ...(await measuredIn(folder, told)) }, tokenizer, events, ...cleanedBy };
  };
  /** Ends with the run's last step, by its own rule, or where a person or the time stops it. */
  let until: AbortSignal = signal;
  const statusAt = (state: TrainState): NonNullable<RunInfo['status']> => {
    if (state.step >= length() || isOutOfPatience(state, recipe)) return 'finished';
    return until.aborted ? 'stopped' : 'running';
  };
  /** All of the newest step that is saved. */
  let newest: Snapshot | undefined;
  const begunAt = begun.from && learning(model, begun.from);
  const best = new BestStep(begunAt);
  const save = async (snapshot: Snapshot, status = statusAt(snapshot.state)): Promise<{ bytes: number }> => {
    best.see(snapshot);
    newest = undefined; // or two of them are held
    const all = whole(model, snapshot);
    if (tuning) newest = { state: all.state, tensors: ownOf(model, all.tensors) };
    const wasBeside = saves.isBeside;
    const bytes = await saves.save(snapshot.state.step, async (folder) => {
      const exported = { ...(await toldOf(snapshot.state, folder, status)), snapshot: all, tokens: null };
      return [...huggingFaceFiles(exported, WHOLE), local];
    });
    if (saves.isBeside && !wasBeside) progress.say(besideWords(saves));
    return { bytes };
  };
  let outcome: TrainOutcome;
  /** Of the step that the folder holds at the end. */
  let used: TrainState;
  try {
    const time = fitted ? over(minutes!, fitted.pace) : signal;
    until = AbortSignal.any([signal, time]);
    outcome = await train(
      {
        ...{ ...input, recipe, length },
        save: (snapshot) => save(snapshot),
        ...(begunAt && { from: begunAt }),
        keepBest: best.keep,
        ...(old && { old }),
      },
      { signal: until, report: follow },
    );
    used = outcome.state;
    // What a stop leaves is saved before it is measured.
    if (isLastMeasured(events.slice(past?.events.length))) {
      const { loss = Infinity } = events.findLast((event) => event.kind === 'evaluated') ?? {};
      const { state } = outcome;
      const known = loss < (state.best?.loss ?? Infinity) ? { step: state.step, loss } : state.best;
      await saves.retell(async (folder) => [...tellingFiles(await toldOf({ ...state, best: known }, folder)), local]);
    }
    const isDone = outcome.reason !== 'stopped' || (time.aborted && !signal.aborted);
    const evaluations = events.filter((event) => event.kind === 'evaluated');
    const better = isDone ? best.insteadOf(used, info, evaluations) : undefined;
    if (better) {
      used = better.state;
      info.result = resultOf(evaluations.findLast(({ step }) => step === used.step)!);
      await save(better, statusAt(outcome.state));
    }
    const removed = isDone || hasLearnt(events, outcome.state.step) ? await saves.settle() : [];
    if (removed.length > 0) stderr.write(`Removed leftovers of killed runs: ${removed.join(', ')}.\n`);
  } catch (error) {
    progress.end();
    throw withPlace(error, saves);
  } finally {
    await saves.end();
  }
  progress.end();
  await summarize({
    ...{ options, out, info, used, outcome, status: statusAt(outcome.state), events, progress, saves, signal },
    ...{ tuning, newest, model, recipe, tokenizer, parts, data, measured, sources, old, before },
    ...{ speed, parameters, device, planner },
  });
  return saves.isOvertaken ? WRITTEN_NEXT_TO : 0;
}

/** Of steps on one device, before it is said which is faster. */
const TRIAL_MS = 1000;
const WHOLE = { withOptimizer: true } as const;
