/** The vocabulary of a run: what goes in, what it says while it runs, what comes out. */
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
import type { Recipe } from './recipe';
import type { StepEvent } from './stepValues';

export type { Snapshot, TrainState } from '../checkpoint/snapshot';
export type { ModelChoice } from '../models/network';
export type { StepEvent } from './stepValues';
export type DeviceKind = 'webgpu' | 'wasm' | 'cpu';

/** Losses are in nats per token. */
export type TrainEvent =
  /** First without a count, then with how many kernels of a step are done; where none is to be compiled, there is no more. */
  | { kind: 'compiling'; kernels?: Counted }
  | StepEvent
  /** What the evaluation of this step will tell with its figures, which take longer. */
  | { kind: 'shown'; step: number; sample: Shown }
  | ({ kind: 'evaluated'; step: number; activeMs: number; sample: Shown } & Evaluated)
  /** A complete step, from which a run can resume. */
  | { kind: 'saved'; step: number; bytes: number }
  /** The best step so far, its weights alone; no bytes where it had been saved whole. Or a step on the way. */
  | { kind: 'kept'; step: number; bytes: number; light?: true }
  /** It ends before its last step: so many evaluations have not improved on this loss. */
  | { kind: 'early'; step: number; loss: number; evaluations: number }
  /** What a person asked for between two evaluations. */
  | { kind: 'sampled'; step: number; prompt: string; sample: Shown };

/** What stays of a run: all else is of the moment. */
export type LastingEvent = Exclude<TrainEvent, { kind: 'compiling' | 'shown' }>;
export const isLasting = (event: TrainEvent): event is LastingEvent =>
  event.kind !== 'compiling' && event.kind !== 'shown';

/** What a person asks of the model as it is now, while it learns. */
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
  /** Old training text, for the recipe's share of rows. */
  replayed?: TokenSource;
  /** What of the model learns; absent = all of it. */
  trainable?: Trainable;
  /**
   * Initial weights, such as another run's; absent = initialize from the seed. Snapshots lack the frozen ones, so a resume
   * passes them again. They may include an adapter's initial weights.
   */
  base?: NamedTensors;
  /** Continue from here. */
  from?: Snapshot;
  /** Measures the model's perplexity on old training text at every evaluation. */
  old?(network: Network, pause: Pause): Promise<Estimate>;
  /**
   * Stores a snapshot durably and resolves when that is true. Called at step 0, every saveEvery steps, and at the end or Stop.
   * It is the best step too where its state says so.
   */
  save(snapshot: Snapshot): Promise<{ bytes: number }>;
  /**
   * Stores as durably the best step so far where it is not saved whole, or was before it was measured: then `weights`, which
   * reads them from the device, need not be asked. `tensors` reads what training continues from as well. Absent where no step
   * but the newest is kept; then the best is one of those.
   */
  keepBest?(
    state: TrainState,
    weights: () => Promise<NamedTensors>,
    tensors: () => Promise<NamedTensors>,
  ): Promise<{ bytes: number }>;
  /** Intermediate checkpoints. One without room is skipped silently. */
  light?: {
    at(step: number): boolean;
    keep(state: TrainState, weights: () => Promise<NamedTensors>): Promise<{ bytes: number } | undefined>;
  };
  /** The next thing that was asked for, each once; undefined when there is none. Looked at between steps. */
  asked?(): Asked | undefined;
  /**
   * Awaited between steps, and between the pieces of an evaluation: others who share the device get their turns there. `settle`
   * waits for the steps on the way, which a piece of other work would otherwise wait for too. Absent where nobody does.
   */
  pause?(settle: () => Promise<void>): Promise<void>;
  /** How many steps the run has in all, as it is known now; asked before each. Absent where it is the recipe's number. */
  length?(): number;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Stop is a result, not an error: pause = abort + save, resume = a new call with `from`. */
export interface TrainOutcome {
  reason: 'finished' | 'early' | 'stopped';
  state: TrainState;
  trainLoss: number;
  /** Of this very step; null where no step was made. */
  validationLoss: number | null;
}
export type Train = (input: TrainInput, job: Job<TrainEvent>) => Promise<TrainOutcome>;
