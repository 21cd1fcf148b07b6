/** Evaluations and comparisons of checkpoints. */
import type { Failure } from '../../core/base/errors';
import type { EvaluatedOn, EvaluationRecord } from '../../core/runs/evaluations';
import type { KeptEvaluation } from '../../core/runs/keptEvaluations';
import type { DeviceKind } from '../../core/train/run';
import type { EvaluationInput } from '../../protocol/gpu';
import type { Watched, Work } from '../work';

export interface EvaluateSlice {
  evaluatedOn: EvaluatedOn;
  /** The user's own text to evaluate on, in this session; `hash`: once it was evaluated. */
  ownText: { name: string; text: string; hash: string | null } | null;
  /** Stored evaluation of the current choice, and its key; null until it is loaded. */
  keptEvaluation: { of: string; kept: KeptEvaluation | null } | null;
  evaluating: Work;
  /** Target of `evaluating`; `name`: of the run. */
  underEvaluation: { runId: string; name: string; step: number; on: EvaluatedOn } | null;
  chooseEvaluatedOn(on: EvaluatedOn): void;
  giveText(name: string, text: string): void;
  /** Loads the stored evaluation that the page shows. */
  loadEvaluation(): Promise<void>;
  /** Time of the last evaluation per device kind, as a multiple of the expected time. */
  evaluationPace: Readonly<Partial<Record<DeviceKind, number>>>;
  /** Key of the evaluation that a person canceled last. */
  canceledEvaluation: string | null;
  /** Runs an evaluation, which Evaluate shows unless it shows another. @returns its failure; undefined if canceled */
  measure(of: Measurement, watched?: Watched): Promise<EvaluationRecord | Failure | undefined>;
  /** Evaluates the shown checkpoint. @param isStrided adds full left context; if absent, as in the last evaluation */
  evaluateStep(isStrided?: boolean): Promise<void>;
  /** Downloads the stored evaluation of the page's run, unchanged. */
  saveEvaluation(record: EvaluationRecord): void;
}

/** `on`: a split, or a custom text. */
export interface Measurement {
  runId: string;
  name: string;
  step: number;
  on: EvaluationInput['on'];
  isStrided?: boolean;
}
