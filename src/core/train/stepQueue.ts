/** Training steps in flight: each starts before the losses of the previous ones are read, so that a GPU never waits. */
import * as tf from '@tensorflow/tfjs';
import type { Job } from '../base/job';
import { currentGpu } from '../gpu/backend';
import { gpuMemory } from '../gpu/memory';
import { type Batches, stepBatch } from '../objectives/batch';
import { learningRateAt } from '../optim/schedule';
import { diverged } from './diverged';
import type { Learner } from './learner';
import { tokensPerStep } from './recipe';
import type { TrainEvent, TrainInput, TrainState } from './run';
import type { MeasuredStep } from './updater';
import type { OptionalStepValue, StepEvent } from './stepValues';

/** Maximum number of steps in flight after a step starts. */
const MAX_IN_FLIGHT = 2;
/** Number of steps to average for the final training loss, and for the speed. */
const AVERAGED_LOSSES = 50;
const AVERAGED_TIMES = 20;

export class StepQueue {
  private readonly losses = new RecentMean(AVERAGED_LOSSES);
  private readonly stepMs = new RecentMean(AVERAGED_TIMES);
  private readonly encodeMs = new RecentMean(AVERAGED_TIMES);
  private readonly gpuMs = new RecentMean(AVERAGED_TIMES);
  private readonly inFlight: Promise<void>[] = [];
  private readonly startedAt: number;
  private reportedAt: number;

  /** @param state of the run; its step, tokens and active time advance with the steps */
  constructor(
    private readonly run: { input: TrainInput; state: TrainState; learning: Learner; batches: Batches },
    private readonly job: Job<TrainEvent>,
  ) {
    const { input, state } = run;
    this.startedAt = input.now() - state.activeMs;
    this.reportedAt = input.now();
  }

  /** Mean loss of the newest steps; NaN before the first. */
  get trainLoss(): number {
    return this.losses.mean;
  }

  /** Starts the next update, and reports its loss once the device has computed it. */
  async advance(): Promise<void> {
    const { input, state, learning, batches } = this.run;
    const { recipe, model, now } = input;
    const step = state.step + 1;
    const startedAt = now();
    const learningRate = learningRateAt(recipe.schedule, recipe, step);
    const result = learning
      .step(step, await stepBatch(batches, recipe, step))
      .then((measured) => this.report(step, measured, { startedAt, learningRate }));
    result.catch(() => undefined); // awaited later, perhaps after the next step starts
    this.inFlight.push(result);
    state.step = step;
    state.tokensSeen += tokensPerStep(recipe, model.config.context);
    if (this.inFlight.length > MAX_IN_FLIGHT) await this.inFlight.shift();
  }

  /** Waits for the steps in flight, so that all later reports of this step have the same time. */
  async settle(): Promise<void> {
    if (this.inFlight.length === 0) return;
    while (this.inFlight.length > 0) await this.inFlight.shift();
    this.run.state.activeMs = this.run.input.now() - this.startedAt;
  }

  private report(step: number, measured: MeasuredStep, start: { startedAt: number; learningRate: number }): void {
    const { recipe, model, now } = this.run.input;
    const { loss, gradientNorm } = measured;
    if (!Number.isFinite(loss)) throw diverged(`At step ${step} the loss is ${loss}.`);
    if (!Number.isFinite(gradientNorm)) throw diverged(`At step ${step} the norm of the gradient is ${gradientNorm}.`);
    const time = now();
    this.stepMs.add(time - Math.max(start.startedAt, this.reportedAt));
    this.reportedAt = time;
    this.losses.add(loss);
    this.job.report({
      kind: 'step',
      step,
      ...measured,
      learningRate: start.learningRate,
      tokensPerSecond: (1000 * tokensPerStep(recipe, model.config.context)) / this.stepMs.mean,
      activeMs: now() - this.startedAt,
      ...this.cost(),
    });
  }

  /** Memory in use, and on WebGPU the cost of a step. */
  private cost(): Pick<StepEvent, 'memoryBytes' | OptionalStepValue> {
    if (!currentGpu()) return { memoryBytes: tf.memory().numBytes };
    const { encodeMs, gpuMs } = this.run.learning.cost;
    const { usedBytes: memoryBytes, plannedBytes } = gpuMemory();
    this.encodeMs.add(encodeMs);
    if (gpuMs === undefined) return { memoryBytes, plannedBytes, encodeMs: this.encodeMs.mean };
    this.gpuMs.add(gpuMs);
    return { memoryBytes, plannedBytes, encodeMs: this.encodeMs.mean, gpuMs: this.gpuMs.mean };
  }
}

/** Mean of the newest values; NaN without any. */
class RecentMean {
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
