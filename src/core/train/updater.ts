import { disposingOnFailure } from '../base/disposing';
import { yieldToEventLoop } from '../base/job';
import { bytesOf, compile, type Compiling, type Cost, prepareAll } from '../gpu/program';
import type { Timing } from '../gpu/replay';
import type { Network } from '../models/network';
import { sizeOf } from '../models/spec';
import type { LoadedObjective } from '../objectives';
import { type Batch, DIVISOR, divisor } from '../objectives/batch';
import { allocate } from '../ops/variables';
import { learningRateAt } from '../optim/schedule';
import type { Variable } from '@tensorflow/tfjs';
import { averageDecayAt } from './averaging';
import type { OpenOptimizer } from './optimizerState';
import type { Recipe } from './recipe';
import { stepOn } from './step';
import type { OptionalStepValue, StepEvent } from './stepValues';

/** Step values that the compiled programs measure. */
export type MeasuredStep = Pick<StepEvent, 'loss' | 'gradientNorm' | OptionalStepValue>;

/** Compiled updates of the weights: one program, or with accumulation one for micro-batches and one to apply them. */
export interface Updater {
  /** Compiles the programs of a step, like `Program.prepare`. */
  prepare(report?: Compiling): Promise<void>;
  /** Makes update `step`, counted from 1. Calls may overlap; promises settle in order. `batch`: all micro-batches. */
  step(step: number, batch: Batch): Promise<MeasuredStep>;
  /** Makes an update and times each kernel. Absent with accumulation, and if the GPU has no timestamps. */
  profile?: ((step: number, batch: Batch) => Promise<readonly Timing[]>) | undefined;
  readonly cost: Cost;
  dispose(): void;
}

/**
 * @param momentsFrom step at which the optimizer's moments were zero: their bias correction counts from there
 * @param averages moving averages of the trainable weights, in their order, if the recipe has them
 * @throws {HomegrownError} as `compile` does, after disposing everything
 */
export function updater(
  network: Network,
  objective: LoadedObjective,
  optimizer: Omit<OpenOptimizer, 'dispose'>,
  recipe: Recipe,
  now: () => number,
  momentsFrom = 0,
  averages?: readonly Variable[],
): Updater {
  const stepFunctions = stepOn(network, objective, optimizer, recipe, averages);
  const inputs = stepInputs(network, objective, optimizer, recipe, momentsFrom);
  return recipe.accumulate === 1
    ? singleProgramUpdater(stepFunctions, inputs, recipe, now)
    : accumulatingUpdater(stepFunctions, inputs, network, recipe, now);
}
type StepFunctions = ReturnType<typeof stepOn>;

/** Declares the inputs of an update's programs: of a batch, and of the rates of a step. */
function stepInputs(
  network: Network,
  objective: LoadedObjective,
  optimizer: Omit<OpenOptimizer, 'dispose'>,
  recipe: Recipe,
  momentsFrom: number,
) {
  const rates = (step: number): Float32Array =>
    Float32Array.from(optimizer.rates(learningRateAt(recipe.schedule, recipe, step), step - momentsFrom, recipe));
  return {
    batchInputs: {
      ...objective.inputs(recipe.batch, network.choice.config.context),
      ...DIVISOR,
      /** Seed and number of the micro-batch in the run, so that each has its own dropout. */
      counter: { shape: [2], dtype: 'int32' },
    },
    rateInputs: {
      rates: { shape: [rates(momentsFrom + 1).length], dtype: 'float32' },
      keep: { shape: [1], dtype: 'float32' },
    },
    rateValues: (step: number) => ({ rates: rates(step), keep: Float32Array.of(averageDecayAt(recipe, step)) }),
  } as const;
}
type Inputs = ReturnType<typeof stepInputs>;

/** Updates after each batch: one program. */
function singleProgramUpdater(
  stepFunctions: StepFunctions,
  { batchInputs, rateInputs, rateValues }: Inputs,
  recipe: Recipe,
  now: () => number,
): Updater {
  const program = compile(
    { ...batchInputs, ...rateInputs },
    ({ weight, counter, rates, keep, ...batch }) => stepFunctions.step({ batch, weight, counter, rates, keep }),
    now,
  );
  const values = (step: number, { arrays, weight }: Batch) => ({
    ...arrays,
    ...divisor(weight),
    counter: Int32Array.of(recipe.seed, step),
    ...rateValues(step),
  });
  return {
    cost: program.cost,
    prepare: (report) => program.prepare(report),
    step: async (step, batch) => scalars(await program.run(values(step, batch))),
    profile: program.profile && ((step, batch) => program.profile!(values(step, batch))),
    dispose: () => program.dispose(),
  };
}

/** Adds the gradients of micro-batches, and updates after the last: two programs. */
function accumulatingUpdater(
  stepFunctions: StepFunctions,
  { batchInputs, rateInputs, rateValues }: Inputs,
  network: Network,
  recipe: Recipe,
  now: () => number,
): Updater {
  const zeros = Object.values(network.trainableParams).map(({ shape }) => ({
    shape,
    data: new Float32Array(sizeOf(shape)),
  }));
  const gradientSums = allocate(zeros);
  const accumulate = disposingOnFailure([gradientSums], () =>
    compile(
      batchInputs,
      ({ weight, counter, ...batch }) => stepFunctions.gather({ batch, weight, counter }, gradientSums.variables),
      now,
    ),
  );
  const apply = disposingOnFailure([accumulate, gradientSums], () =>
    compile(rateInputs, (values) => stepFunctions.apply(values, gradientSums.variables), now),
  );
  const prepare = (report?: Compiling): Promise<void> => prepareAll([accumulate, apply], report);
  /** Values of micro-batch `i`. */
  const microBatch = <A extends Float32Array | Int32Array>(values: A, i: number): A => {
    const size = values.length / recipe.accumulate;
    return values.subarray(i * size, (i + 1) * size) as A;
  };

  /** Submits all programs of a step in order, few enough at a time that the device runs them in that order. */
  async function submit(step: number, { arrays, weight }: Batch, rates: ReturnType<typeof rateValues>) {
    await prepare(); // otherwise `apply` could be ready first
    const losses: ReturnType<typeof accumulate.run>[] = [];
    for (let i = 0; i < recipe.accumulate; i++) {
      const counter = Int32Array.of(recipe.seed, (step - 1) * recipe.accumulate + i + 1);
      const microArrays = Object.entries(arrays).map(([name, values]) => [name, microBatch(values, i)] as const);
      const result = accumulate.run({ ...Object.fromEntries(microArrays), ...divisor(weight), counter });
      result.catch(() => undefined); // awaited below, perhaps after another fails
      losses.push(result);
      await losses.at(-2);
      await yieldToEventLoop();
    }
    return { results: Promise.all([apply.run(rates), ...losses]) };
  }
  let lastSubmit: Promise<unknown> = Promise.resolve();
  return {
    prepare,
    get cost() {
      return sumCosts(accumulate.cost, apply.cost, recipe.accumulate);
    },
    async step(step, batch) {
      const rates = rateValues(step); // computed before waiting, because the run's length may change
      const submitted = lastSubmit.then(() => submit(step, batch, rates));
      lastSubmit = submitted;
      const { results } = await submitted;
      const [applied, ...losses] = await results;
      const loss = losses.reduce((sum, { loss }) => sum + loss[0]!, 0);
      return { loss, ...scalars(applied) };
    },
    dispose() {
      accumulate.dispose();
      apply.dispose();
      gradientSums.dispose();
    },
  };
}

const scalars = <N extends string>(results: Readonly<Record<N, Float32Array>>): Record<N, number> =>
  Object.fromEntries(Object.entries<Float32Array>(results).map(([name, [value]]) => [name, value])) as Record<
    N,
    number
  >;

/** Cost of a step of this many micro-batches. */
function sumCosts(accumulate: Cost, apply: Cost, microBatches: number): Cost {
  const variables = [...new Set([...accumulate.variables, ...apply.variables])];
  const ownBytes = [accumulate, apply].reduce((n, cost) => n + cost.plannedBytes - bytesOf(cost.variables), 0);
  return {
    traceMs: accumulate.traceMs + apply.traceMs,
    encodeMs: microBatches * accumulate.encodeMs + apply.encodeMs,
    ...(accumulate.gpuMs !== undefined &&
      apply.gpuMs !== undefined && { gpuMs: microBatches * accumulate.gpuMs + apply.gpuMs }),
    dispatches: microBatches * accumulate.dispatches + apply.dispatches,
    plannedBytes: ownBytes + bytesOf(variables),
    variables,
    unsharedBytes: accumulate.unsharedBytes + apply.unsharedBytes,
  };
}
