/**
 * The GPU worker's contract: everything that needs weights on the device. There is one device, so one worker. One run trains at
 * a time and has priority; other requests run between its steps.
 */
import type { Progress } from '../core/base/job';
import type { Evaluated } from '../core/metrics';
import type { PartName } from '../core/shards/manifest';
import type { Decided } from '../core/evaluate/decided';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { Reference } from '../core/verify/reference';
import type { EvaluationRecord } from '../core/runs/evaluations';
import type { FilledPassage, GeneratedToken, Guess } from '../core/runs/playground';
import type { Asked, DeviceKind, TrainEvent, TrainOutcome } from '../core/train/run';
import type { MemoryLimits } from '../core/train/memory';
import type { CompareInput } from '../jobs/compare';
import type { EvaluationInput, ListsInput } from '../jobs/evaluate';
import type { BeginInput, ForkInput, ResumeInput } from '../jobs/train';
import type { ClassifyFileInput, FileOfLabels, GivenLabels, TextToLabel } from '../jobs/classify';
import type { MixedPoint } from '../jobs/measureMixes';
import type { InspectedLens, LensDepth } from '../jobs/inspectLens';
import type { InspectedPassage, InspectedToken, InspectTokensInput } from '../jobs/inspectTokens';
import type { FillInput, Generated, GenerateInput } from '../jobs/sample';
import type { TuneInput } from '../jobs/tune';

export type {
  BeginInput,
  ClassifyFileInput,
  CompareInput,
  EvaluationInput,
  FileOfLabels,
  FilledPassage,
  FillInput,
  GenerateInput,
  GivenLabels,
  InspectedLens,
  InspectedPassage,
  InspectedToken,
  LensDepth,
  MixedPoint,
  TextToLabel,
  ForkInput,
  GeneratedToken,
  Guess,
  ListsInput,
  ResumeInput,
  TuneInput,
};

export interface GpuApi {
  /** Opens a device. Fails while a run trains; cancels other requests. */
  device: { input: { kind: DeviceKind | 'auto' }; progress: never; output: DeviceInfo };
  /** Starts a run. Events come in batches, at most ten a second. */
  begin: { input: BeginInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Starts a run from a saved step of another. */
  fork: { input: ForkInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Starts a run that tunes a saved step of another. */
  tune: { input: TuneInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Continues from the newest saved step, to `steps` in all if given. */
  resume: { input: ResumeInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Milliseconds per step, by a short trial. Fails while a run trains. */
  trial: {
    input: Pick<BeginInput, 'model' | 'recipe' | 'tokenizer' | 'data'>;
    progress: never;
    output: { step: number };
  };
  /**
   * Asks a run to evaluate or to sample. A training run does it between two steps, and the answer is one of its events. For a
   * stopped run it is done with the newest saved step, and the new events of its journal are returned.
   */
  ask: { input: { runId: string; asked: Asked }; progress: never; output: readonly TrainEvent[] };
  /** Continues a text, or answers it. */
  generate: {
    input: GenerateInput;
    progress: readonly GeneratedToken[];
    output: Generated;
  };
  /** Fills the blanks of a passage with a bidirectional model. */
  fill: { input: FillInput; progress: never; output: FilledPassage };
  /** Loss, rank, entropy and alternatives of each token of a passage. */
  inspectTokens: { input: InspectTokensInput; progress: never; output: InspectedPassage };
  /** Logit lens of each prediction of a passage. */
  inspectLens: { input: InspectTokensInput; progress: never; output: readonly InspectedLens[] };
  /** Labels texts with a classifier, at its confidence threshold. */
  classify: { input: ClassifyInput; progress: Progress; output: readonly GivenLabels[] };
  /** Which words of a text raise or lower the probability of a label, given by its place. */
  decided: {
    input: { runId: string; which: WhichSnapshot; text: string; label: number };
    progress: never;
    output: Decided;
  };
  /** Labels every row of a table, or every line of a text; returns a table with labels and probabilities. */
  classifyFile: { input: ClassifyFileInput; progress: Progress; output: FileOfLabels };
  /** Unlabeled texts whose labels would help most, the most helpful first; `of` counts the texts that were read. */
  toLabel: {
    input: { runId: string; which: WhichSnapshot; texts: readonly string[]; count: number };
    progress: Progress;
    output: { texts: readonly TextToLabel[]; of: number };
  };
  /** Mean loss and other metrics of a saved step over at most `tokens` of a part of its run's data. */
  evaluate: {
    input: { runId: string; which: WhichSnapshot; part: PartName; tokens: number };
    progress: never;
    output: Evaluated & { step: number };
  };
  /**
   * Evaluates a saved step on a held-out part of its run's data, or on a text. Stored with the run; replaces the step's earlier
   * evaluation on that part.
   */
  evaluation: { input: EvaluationInput; progress: Progress; output: EvaluationRecord };
  /** Evaluates a saved step on sentence pairs and tasks. Stored with the run, along with other lists. */
  lists: { input: ListsInput; progress: Progress; output: EvaluationRecord };
  /** Compares two saved steps on a held-out part of the first one's data or on a text. Stored with its run. */
  compare: { input: CompareInput; progress: Progress; output: EvaluationRecord };
  /**
   * Averages a tuned step with its base at each share of the base, 0 to 1, and measures it as the run's own evaluations do.
   * Reports each point.
   */
  mix: {
    input: { runId: string; which: WhichSnapshot; shares: readonly number[] };
    progress: readonly MixedPoint[];
    output: readonly MixedPoint[];
  };
  /** Reference values of a saved step, which an exported file must reproduce. */
  reference: { input: { runId: string; which: WhichSnapshot }; progress: never; output: Reference };
}

export interface ClassifyInput {
  runId: string;
  which: WhichSnapshot;
  texts: readonly string[];
}

export interface DeviceInfo {
  kind: DeviceKind;
  /** The browser's name, such as 'Apple M2' or 'SwiftShader'; for WASM the processor. */
  name: string;
  /** WebGPU on the processor: slower than WASM. */
  software: boolean;
  features: readonly string[];
  /** Measured once, in f32, with training's matrix product. Time estimates use it. */
  gigaflops: number;
  /** Time of real steps as a multiple of the estimate; absent before the first. */
  slowness?: number;
  /** Memory limits; absent if the device doesn't report them. */
  limits?: MemoryLimits;
  /** Devices that can be chosen here. */
  choices: readonly DeviceKind[];
}

/** A device as the record of a run names it: `Apple M2, WebGPU`. */
export const recordedDevice = ({ kind, name }: Pick<DeviceInfo, 'kind' | 'name'>): string =>
  `${name}, ${{ webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' }[kind]}`;
