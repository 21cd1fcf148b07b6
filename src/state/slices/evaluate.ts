/** Evaluations and comparisons of saved steps. */
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
  /** Stored evaluation of what is chosen, and its key; null until it is known. */
  keptEvaluation: { of: string; kept: KeptEvaluation | null } | null;
  evaluating: Work;
  /** What `evaluating` is of; `name`: of the run. */
  underEvaluation: { runId: string; name: string; step: number; on: EvaluatedOn } | null;
  chooseEvaluatedOn(on: EvaluatedOn): void;
  giveText(name: string, text: string): void;
  /** Reads what is kept of what the page shows. */
  loadEvaluation(): Promise<void>;
  /** Time that the last evaluation on a kind of device took, as a multiple of what was expected. */
  evaluationPace: Readonly<Partial<Record<DeviceKind, number>>>;
  /** Key of what a person canceled last. */
  canceledEvaluation: string | null;
  /** Runs an evaluation, which Evaluate shows unless it shows another one. @returns why it failed; undefined if it was canceled */
  measure(of: Measurement, watched?: Watched): Promise<EvaluationRecord | Failure | undefined>;
  /** Measures the step that the page shows. @param isStrided with full left context besides; as it was measured before if absent */
  evaluateStep(isStrided?: boolean): Promise<void>;
  /** Hands over what is kept of the page's run, as it is. */
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
