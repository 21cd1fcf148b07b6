/**
 * The GPU worker's contract: one device, so one worker; training, sampling and everything that needs weights on it. One run
 * trains at a time, and comes first; what is asked of any run meanwhile is done between its steps.
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
  /** Opens the device, or another one. Fails while a run trains; ends what is done beside. */
  device: { input: { kind: DeviceKind | 'auto' }; progress: never; output: DeviceInfo };
  /** Begins a run. Events come in batches, at most ten a second. */
  begin: { input: BeginInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Begins a run from a saved step of another. */
  fork: { input: ForkInput; progress: readonly TrainEvent[]; output: TrainOutcome };
  /** Begins a run that tunes a saved step of another. */
  tune: { input: TuneInput; progress: readonly TrainEvent[]; output: TrainOutcome };
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
  /** How a model goes on from a text, or what it answers to it. */
  generate: {
    input: GenerateInput;
    progress: readonly GeneratedToken[];
    output: Generated;
  };
  /** What a model that reads both ways puts in the blanks of a passage. */
  fill: { input: FillInput; progress: never; output: FilledPassage };
  /** Which labels texts have, by a classifier, as sure as its decision has it. */
  classify: { input: ClassifyInput; progress: Progress; output: readonly GivenLabels[] };
  /** Which words of a text spoke for a label, by its place, and which against it. */
  decided: {
    input: { runId: string; which: WhichSnapshot; text: string; label: number };
    progress: never;
    output: Decided;
  };
  /** Labels of every row of a table, or every line of a text: the table with what was given and how sure of each label. */
  classifyFile: { input: ClassifyFileInput; progress: Progress; output: FileOfLabels };
  /** Which of texts that have no label yet would help most with one, the most helpful first; `of`: how many were read. */
  toLabel: {
    input: { runId: string; which: WhichSnapshot; texts: readonly string[]; count: number };
    progress: Progress;
    output: { texts: readonly TextToLabel[]; of: number };
  };
  /** The mean loss of a saved step over at most `tokens` of a part of its run's data, and what else is measured there. */
  evaluate: {
    input: { runId: string; which: WhichSnapshot; part: PartName; tokens: number };
    progress: never;
    output: Evaluated & { step: number };
  };
  /**
   * All that is told of a saved step on a held-out part of its run's data, or on a text: it is kept with the run, in place of
   * what was measured of that step on that part before.
   */
  evaluation: { input: EvaluationInput; progress: Progress; output: EvaluationRecord };
  /** Pairs of sentences and tasks of one's own, by a saved step; kept with the run, beside what was asked of that step before. */
  lists: { input: ListsInput; progress: Progress; output: EvaluationRecord };
  /** Whether a saved step is better than another one, on a held-out part of its run's data or on a text; kept with its run. */
  compare: { input: CompareInput; progress: Progress; output: EvaluationRecord };
  /**
   * A step of a run that was tuned, averaged with what it was tuned from, at each of these shares of that, 0 to 1: measured as the
   * run's own evaluations are. Told one by one.
   */
  mix: {
    input: { runId: string; which: WhichSnapshot; shares: readonly number[] };
    progress: readonly MixedPoint[];
    output: readonly MixedPoint[];
  };
  /** What a saved step says of held-out text, which an exported file of it must say too. */
  reference: { input: { runId: string; which: WhichSnapshot }; progress: never; output: Reference };
}

export interface ClassifyInput {
  runId: string;
  which: WhichSnapshot;
  texts: readonly string[];
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

/** A device as the record of a run names it: `Apple M2, WebGPU`. */
export const recordedDevice = ({ kind, name }: Pick<DeviceInfo, 'kind' | 'name'>): string =>
  `${name}, ${{ webgpu: 'WebGPU', wasm: 'WASM', cpu: 'CPU' }[kind]}`;
