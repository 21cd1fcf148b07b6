/**
 * Training loop, and the file to read first.
 *
 *   check the settings -> weights and moments, from the seed, another run or a snapshot -> one compiled step
 *   -> steps, with evaluations and saves in between
 *
 * A run is a function of model, data, recipe and backend. Batches and randomness depend on (seed, step) only, so a
 * resumed run produces the same bits as an uninterrupted one.
 */
import * as tf from '@tensorflow/tfjs';
import { badSettings, HomegrownError, paragraph } from '../base/errors';
import { yieldToEventLoop, type Job } from '../base/job';
import { type Evaluator, evaluator } from '../evaluate/evaluator';
import { currentGpu, explained } from '../gpu/backend';
import { gpuMemory } from '../gpu/memory';
import type { Evaluated } from '../metrics';
import { trainingSource, loadObjective, type LoadedObjective, rolesOf } from '../objectives';
import { type Batches, stepBatch } from '../objectives/batch';
import type { Shown } from '../objectives/shown';
import { learningRateAt } from '../optim/schedule';
import { isEvaluated } from './evaluations';
import { type Learner, learner } from './learner';
import { isOutOfPatience, waitedAfter } from './patience';
import { problems, unfit } from './problems';
import { startingState, startingValues } from './start';
import { type Recipe, tokensPerStep } from './recipe';
import { replaying } from './replay';
import type { ModelChoice, Train, TrainEvent, TrainInput, TrainOutcome, TrainState } from './run';
import type { OptionalStepValue, StepEvent } from './stepValues';

export const train: Train = async (given, job) => {
  const { model, from, trainable, now } = given;
  /** Copy, because the number of steps may change during the run. */
  const recipe = { ...given.recipe };
  const input = { ...given, recipe };
  const found = problems(
    model,
    recipe,
    { train: input.train.tokens, validation: input.validation.tokens },
    {},
    trainable,
  );
  if (found.length > 0) throw unfit(found);
  if (from && from.state.step >= recipe.steps) {
    throw badSettings(
      `The run has already finished step ${from.state.step} of ${recipe.steps}.`,
      'Raise the number of steps to train it further.',
    );
  }

  const roles = rolesOf(recipe.objective);
  for (const [i, role] of roles.entries()) input.tokenizer.idOf(role, i - roles.indexOf(role)); // throws if it has none
  job.report({ kind: 'compiling' });
  const state = await startingState(input);
  const learning = await learner(model, recipe, startingValues(input), now, trainable, state.momentsFrom);
  const evaluating = evaluator(learning.network, learning.objective);
  try {
    return await run(input, state, learning, evaluating, job);
  } finally {
    evaluating.dispose();
    learning.dispose();
  }
};

async function run(
  input: TrainInput,
  state: TrainState,
  learning: Learner,
  evaluating: Evaluator,
  job: Job<TrainEvent>,
): Promise<TrainOutcome> {
  const { model, recipe, from, now } = input;
  const { context } = model.config;
  const { network, objective } = learning;
  const batches = await trainingBatches(input, objective);
  const began = now() - state.activeMs;
  const losses = new Recent(LOSSES);
  const times = new Recent(TIMES);
  const encoding = new Recent(TIMES);
  const onGpu = new Recent(TIMES);
  const underway: Promise<void>[] = [];
  let reportedAt = now();
  const begin = state.step;
  let savedStep: number | null = from ? begin : null;
  /** Last evaluation. */
  let measured = null as TrainState['best'];

  /** Starts the next update, and reports its loss once the device has computed it. */
  async function advance(): Promise<void> {
    const step = state.step + 1;
    const started = now();
    const learningRate = learningRateAt(recipe.schedule, recipe, step);
    const result = learning.step(step, await stepBatch(batches, recipe, step)).then((measured) => {
      const { loss, gradientNorm } = measured;
      if (!Number.isFinite(loss)) throw diverged(`At step ${step} the loss is ${loss}.`);
      if (!Number.isFinite(gradientNorm))
        throw diverged(`At step ${step} the norm of the gradient is ${gradientNorm}.`);
      const time = now();
      times.add(time - Math.max(started, reportedAt));
      reportedAt = time;
      losses.add(loss);
      job.report({
        kind: 'step',
        step,
        ...measured,
        learningRate,
        tokensPerSecond: (1000 * tokensPerStep(recipe, context)) / times.mean,
        activeMs: now() - began,
        ...spent(),
      });
    });
    result.catch(() => undefined); // awaited later, perhaps after the next step starts
    underway.push(result);
    state.step = step;
    state.tokensSeen += tokensPerStep(recipe, context);
    if (underway.length > AHEAD) await underway.shift();
  }

  /** Memory in use, and on WebGPU the cost of a step. */
  function spent(): Pick<StepEvent, 'memoryBytes' | OptionalStepValue> {
    if (!currentGpu()) return { memoryBytes: tf.memory().numBytes };
    const { encodeMs, gpuMs } = learning.cost;
    const { usedBytes: memoryBytes, plannedBytes } = gpuMemory();
    encoding.add(encodeMs);
    if (gpuMs === undefined) return { memoryBytes, plannedBytes, encodeMs: encoding.mean };
    onGpu.add(gpuMs);
    return { memoryBytes, plannedBytes, encodeMs: encoding.mean, gpuMs: onGpu.mean };
  }

  /** Waits for the steps in flight, so that all later reports of this step have the same time. */
  async function settle(): Promise<void> {
    if (underway.length === 0) return;
    while (underway.length > 0) await underway.shift();
    state.activeMs = now() - began;
  }

  const pause = (): Promise<void> => input.pause?.(settle) ?? yieldToEventLoop();

  async function measure(): Promise<Evaluated> {
    const settings = { rows: recipe.batch, tokens: recipe.evalTokens };
    const found = await evaluating.measure(input.validation, settings, input.tokenizer, pause);
    if (!Number.isFinite(found.loss))
      throw diverged(`At step ${state.step} the loss on held-out text is ${found.loss}.`);
    const oldPerplexity = await input.old?.(network, pause);
    return oldPerplexity ? { ...found, metrics: { ...found.metrics, oldPerplexity } } : found;
  }

  /** Reports the sample first, because it is ready before the loss. */
  async function evaluate(): Promise<void> {
    await settle();
    const sample = await show(recipe.samplePrompt).catch(async (error: unknown) => {
      await measure(); // throws `diverged` if that is why sampling failed
      throw error;
    });
    const { step, activeMs } = state;
    job.report({ kind: 'shown', step, sample });
    const found = await measure();
    measured = { step, loss: found.loss };
    job.report({ kind: 'evaluated', step, ...found, activeMs, sample });
  }

  /** Makes a scheduled evaluation, which counts toward early stopping. */
  async function evaluateInTurn(): Promise<void> {
    await evaluate();
    const waited = waitedAfter(state.waited, measured!.loss, recipe);
    if (!waited) return;
    state.waited = waited;
    if (isEarly()) job.report({ kind: 'early', step: state.step, ...waited });
  }

  const show = (prompt: string): Promise<Shown> =>
    objective.show(network, { tokenizer: input.tokenizer, prompt, source: input.validation, pause });

  /** Requests during training. An evaluation counts like any other; no request changes the weights. */
  async function answer(): Promise<void> {
    for (let asked = input.asked?.(); asked; asked = input.asked?.()) {
      if (asked.what === 'sample') {
        await settle();
        const { prompt } = asked;
        job.report({ kind: 'sampled', step: state.step, prompt, sample: await show(prompt) });
      } else if (measured?.step !== state.step) await evaluate();
    }
  }

  /** Evaluation of the current step, if its loss is the lowest so far; else null. */
  const better = (): TrainState['best'] =>
    measured?.step === state.step && measured.loss < (state.best?.loss ?? Infinity) ? measured : null;

  /** Saves a checkpoint. The best step changes only once its checkpoint is stored. */
  async function save(): Promise<void> {
    await settle();
    const saved = { ...state, best: better() ?? state.best };
    const { bytes } = await input.save({ state: saved, tensors: await learning.tensors() });
    savedStep = saved.step;
    state.best = saved.best;
    job.report({ kind: 'saved', step: saved.step, bytes });
  }

  async function keepBest(): Promise<void> {
    const best = better();
    if (!best || !input.keepBest) return;
    const { bytes } = await input.keepBest(
      { ...state, best },
      () => learning.weights(),
      () => learning.tensors(),
    );
    state.best = best;
    job.report({ kind: 'kept', step: best.step, bytes });
  }

  async function keepLight(): Promise<void> {
    if (!input.light?.at(state.step)) return;
    await settle();
    const kept = await input.light.keep({ ...state }, () => learning.weights());
    if (kept) job.report({ kind: 'kept', step: state.step, bytes: kept.bytes, light: true });
  }

  const diverged = (what: string): HomegrownError =>
    new HomegrownError(
      'diverged',
      what,
      'Lower the learning rate or turn on gradient clipping, then start again or resume from the saved step.',
    );
  const isStopped = (): boolean => job.signal.aborted;
  const isEarly = (): boolean => state.step < recipe.steps && isOutOfPatience(state, recipe);
  function isDone(): boolean {
    recipe.steps = input.length?.() ?? recipe.steps;
    return state.step >= recipe.steps || isEarly();
  }
  const safe = (): string => (savedStep === null ? 'Nothing was saved.' : `Step ${savedStep} is saved.`);

  try {
    await learning.prepare((done, of) => job.report({ kind: 'compiling', kernels: { done, of } }));
    if (!from) {
      await evaluateInTurn();
      await save();
    }
    while (!isDone() && !isStopped()) {
      await advance();
      const isLast = state.step === recipe.steps;
      if (isLast || isEvaluated(recipe, state.step)) await evaluateInTurn();
      await answer();
      if (isLast || isEarly() || state.step % recipe.saveEvery === 0 || isStopped()) await save();
      else await keepBest();
      await keepLight();
      await pause();
    }
    // After a stop, saves before evaluating, because the tab may be closing.
    if (savedStep !== state.step) await save();
    if (state.step > begin && measured?.step !== state.step) {
      await evaluate();
      await keepBest();
    }
  } catch (thrown) {
    const error = await explained(thrown);
    if (!(error instanceof HomegrownError)) throw error;
    throw new HomegrownError(error.code, paragraph(error.message, safe()), error.remedy);
  }
  const reason = isEarly() ? 'early' : state.step < recipe.steps ? 'stopped' : 'finished';
  return { reason, state, trainLoss: losses.mean, validationLoss: measured?.loss ?? null };
}

/** The run's batches, with replayed rows if any. @throws HomegrownError `bad-settings` without text to replay */
async function trainingBatches(
  { model, recipe, tokenizer, train: part, replayed }: TrainInput,
  objective: LoadedObjective,
): Promise<Batches> {
  const { context } = model.config;
  const own = await objective.batches(part, context, tokenizer);
  if (recipe.replay === 0) return own;
  if (!replayed)
    throw badSettings(
      "Replay needs the base's training text, which is not available.",
      "Set the replay share to 0, or start from a model whose texts haven't moved.",
    );
  return replaying(own, await (await oldObjective(recipe, model)).batches(replayed, context, tokenizer), recipe.replay);
}

/** Objective that builds replayed rows: the run's own; for chats, whole documents, whose rows have the same arrays. */
const oldObjective = (recipe: Recipe, model: ModelChoice): Promise<LoadedObjective> =>
  trainingSource(recipe.objective) === 'chats'
    ? loadObjective('causal', { ...recipe, packing: 'documents' }, model)
    : loadObjective(recipe.objective, recipe, model);

/** Maximum number of steps in flight after a step starts, so that a GPU never waits for the loss to be read. */
const AHEAD = 2;
/** Number of steps to average for the final training loss, and for the speed. */
const LOSSES = 50;
const TIMES = 20;

/** Mean of the newest values; NaN without any. */
class Recent {
  private readonly values: number[] = [];
  constructor(private readonly max: number) {}
  add(value: number): void {
    this.values.push(value);
    if (this.values.length > this.max) this.values.shift();
  }
  get mean(): number {
    return this.values.reduce((a, b) => a + b, 0) / this.values.length;
  }
}
