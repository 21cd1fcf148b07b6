/**
 * The GPU worker's contract: one device, so one worker; training, sampling and everything that needs weights on it. One run
 * trains at a time, and comes first; what is asked of any run meanwhile is done between its steps.
 */
import type { Evaluated } from '../core/metrics';
import type { PartName } from '../core/shards/manifest';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { Reference } from '../core/verify/reference';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import type { DataRecord } from './data';
import type { Fork } from '../core/runs/fork';
import type { Asked, DeviceKind, ModelChoice, TrainEvent, TrainOutcome } from '../core/train/run';
import type { MemoryLimits } from '../core/train/memory';
import type { Recipe } from '../core/train/recipe';

export interface GpuApi {
  /** Opens the device, or another one. Fails while a run trains; ends what is done beside. */
  device: { input: { kind: DeviceKind | 'auto' }; progress: never; output: DeviceInfo };
  /** Begins a run. Events come in batches, at most ten a second. */
  begin: { input: BeginInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Begins a run from a saved step of another. */
  fork: { input: ForkInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Continues from the newest saved step, to `steps` in all if given. */
  resume: { input: ResumeInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Milliseconds that a step of such a run takes: a few are made for trial. Fails while a run trains. */
  trial: {
    input: Pick<BeginInput, 'model' | 'recipe' | 'tokenizer' | 'data'>;
    progress: never;
    output: { step: number };
  };
  /**
   * Asks a run for something: one that trains between two of its steps, and the answer is an event of it; one at rest
   * of its newest saved step, and what comes back is what its journal tells of it from now on.
   */
  ask: { input: { runId: string; asked: Asked }; progress: never; output: readonly TrainEvent[] };
  generate: {
    input: GenerateInput;
    progress: readonly GeneratedToken[];
    output: { reason: 'length' | 'stopped' | 'end'; ms: number };
  };
  /** The mean loss of a saved step over at most `tokens` of a part of its run's data, and what else is measured there. */
  evaluate: {
    input: { runId: string; which: WhichSnapshot; part: PartName; tokens: number };
    progress: never;
    output: Evaluated & { step: number };
  };
  /** What a saved step says of held-out text, which an exported file of it must say too. */
  reference: { input: { runId: string; which: WhichSnapshot }; progress: never; output: Reference };
}

export interface ResumeInput {
  runId: string;
  steps?: number;
  /** Other settings than it had; what they begin is a segment of its own. */
  recipe?: Recipe;
  /** Other data than it had, or for a model that was brought in its first, cut by its own tokenizer. */
  data?: DataRecord;
  texts?: BeginInput['texts'];
}

export interface ForkInput extends Omit<Fork, 'data'> {
  /** Other data than that run learns from, cut by its tokenizer. */
  data?: DataRecord;
  texts?: BeginInput['texts'];
}

/** Everything that determines a run, besides the device. */
export interface BeginInput {
  runId: string;
  projectId: string;
  name: string;
  createdAt: number;
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: TokenizerModel;
  data: DataRecord;
  /** What it learns from, for the model card. */
  texts: readonly { name: string; characters: number; sha256: string; licence?: string }[];
}

export interface DeviceInfo {
  kind: DeviceKind;
  /** As the browser names it: 'Apple M2', 'SwiftShader', or the processor for WASM. */
  name: string;
  /** WebGPU on the processor: slower than WASM. */
  software: boolean;
  features: readonly string[];
  /** Measured once, f32, with the product that training uses: what time estimates and the share of the rate rest on. */
  gigaflops: number;
  /** What real steps took here, as a multiple of what is expected by that; absent before any was made. */
  slowness?: number;
  /** What it can hold; absent where it does not say. */
  limits?: MemoryLimits;
  /** Devices that can be chosen here. */
  choices: readonly DeviceKind[];
}

export interface GenerateInput {
  runId: string;
  which: WhichSnapshot;
  prompt: string;
  /** 0 = always the likeliest. */
  temperature: number;
  /** 0 = off. */
  topK: number;
  /** 1 = off. */
  topP: number;
  seed: number;
  length: number;
}

export interface GeneratedToken {
  id: number;
  /** Text that this token completes; may be '' inside a multi-byte character. */
  text: string;
  probability: number;
  alternatives: readonly { id: number; text: string | null; probability: number }[];
}
