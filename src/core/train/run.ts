/** Types of a run: input, events and outcome. */
import type { Trainable } from '../adapters/trainable';
import type { Job, Pause } from '../base/job';
import type { Snapshot, TrainState } from '../checkpoint/snapshot';
import type { NamedTensors } from '../checkpoint/tensors';
import type { Evaluated } from '../metrics';
import type { Estimate } from '../metrics/metric';
import type { ModelChoice, Network } from '../models/network';
import type { Shown } from '../objectives/shown';
import type { TokenSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { EndReason } from './patience';
import type { Recipe } from './recipe';
import type { StepEvent } from './stepValues';

export type { Snapshot, TrainState } from '../checkpoint/snapshot';
export type { ModelChoice } from '../models/network';
export type { StepEvent } from './stepValues';
export type DeviceKind = 'webgpu' | 'wasm' | 'cpu';

/** Losses are in nats per token. */
export type TrainEvent =
  /** Reported first without a count, then with the number of compiled kernels of a step, if any need compiling. */
  | { kind: 'compiling'; kernels?: Counted }
  | StepEvent
  /** Sample of this step's evaluation, reported early because the metrics take longer. */
  | { kind: 'shown'; step: number; sample: Shown }
  | ({ kind: 'evaluated'; step: number; activeMs: number; sample: Shown } & Evaluated)
  /** A complete checkpoint, from which a run can resume. */
  | { kind: 'saved'; step: number; bytes: number }
  /** Weights of the best step so far; 0 bytes if its checkpoint is complete. `light`: an intermediate checkpoint. */
  | { kind: 'kept'; step: number; bytes: number; light?: true }
  /** The run ends before its last step, because this number of evaluations didn't improve on this loss. */
  | { kind: 'early'; step: number; loss: number; evaluations: number }
  /** Sample that a person requested between evaluations. */
  | { kind: 'sampled'; step: number; prompt: string; sample: Shown };

/** Events that a run's journal stores; the others are transient. */
export type LastingEvent = Exclude<TrainEvent, { kind: 'compiling' | 'shown' }>;
export const isLasting = (event: TrainEvent): event is LastingEvent =>
  event.kind !== 'compiling' && event.kind !== 'shown';

/** Request for an evaluation or a sample of the current model during training. */
export type Asked = { what: 'evaluate' } | { what: 'sample'; prompt: string };

export interface Counted {
  done: number;
  of: number;
}

export interface TrainInput {
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: Tokenizer;
  train: TokenSource;
  validation: TokenSource;
  /** The base's training text, for the recipe's replay share. */
  replayed?: TokenSource;
  /** Trainable part of the model; absent = all weights. */
  trainable?: Trainable;
  /**
   * Initial weights, such as another run's; absent = initialize from the seed. Snapshots lack frozen weights, so a
   * resumed run passes them again. They may include an adapter's initial weights.
   */
  base?: NamedTensors;
  /** Snapshot to resume from. */
  from?: Snapshot;
  /** Measures the model's perplexity on old training text at every evaluation. */
  old?(network: Network, pause: Pause): Promise<Estimate>;
  /**
   * Stores a snapshot, and resolves once it is durable. Called at step 0, every `saveEvery` steps, and at the end or
   * after a stop. The snapshot is also the best step if its state says so.
   */
  save(snapshot: Snapshot): Promise<{ bytes: number }>;
  /**
   * Stores the best step so far durably. If the step was saved before it was measured, `weights`, which reads from the
   * device, need not be called. `tensors` also reads the training state. Absent if only the newest checkpoint is kept;
   * then the best step is one of the saved steps.
   */
  keepBest?(
    state: TrainState,
    weights: () => Promise<NamedTensors>,
    tensors: () => Promise<NamedTensors>,
  ): Promise<{ bytes: number }>;
  /** Intermediate checkpoints; skips one silently if storage is full. */
  light?: {
    at(step: number): boolean;
    keep(state: TrainState, weights: () => Promise<NamedTensors>): Promise<{ bytes: number } | undefined>;
  };
  /** Takes the next request, if there is one. Called between steps. */
  asked?(): Asked | undefined;
  /**
   * Awaited between steps and between parts of an evaluation, so that other work on the device gets its turn. `settle`
   * waits for the steps in flight, which other work would otherwise wait for. Absent if nothing shares the device.
   */
  pause?(settle: () => Promise<void>): Promise<void>;
  /** Current total number of steps, asked before each step; absent = the recipe's number. */
  length?(): number;
  /** Monotonic clock, in milliseconds. */
  now(): number;
}

/** Stop is a result, not an error: pause = abort + save, resume = a new call with `from`. */
export interface TrainOutcome {
  reason: EndReason;
  state: TrainState;
  trainLoss: number;
  /** Loss of the last evaluation; null if no evaluation was made. */
  validationLoss: number | null;
}
export type Train = (input: TrainInput, job: Job<TrainEvent>) => Promise<TrainOutcome>;
