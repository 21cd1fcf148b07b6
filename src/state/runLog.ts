/** Append-only columns for charts. Outside zustand: copying the 10^5 points of a run at each step would be O(n^2). */
import type { Evaluated } from '../core/metrics';
import type { Shown } from '../core/objectives/shown';
import type { TrainEvent } from '../core/train/run';
import {
  type OptionalStepValue,
  type RequiredStepValue,
  type StepEvent,
  type StepValueName,
  stepValues,
} from '../core/train/stepValues';

export interface Evaluation extends Evaluated {
  step: number;
  activeMs: number;
  sample: Shown;
}
/** Shown for a step until its evaluation arrives. */
type ShownFirst = Pick<Evaluation, 'step' | 'sample'>;
interface Saved {
  step: number;
  bytes: number;
  activeMs: number;
}

interface Early {
  step: number;
  evaluations: number;
  activeMs: number;
}

interface Sampled {
  step: number;
  prompt: string;
  sample: Shown;
  activeMs: number;
}

type StepColumns = Record<RequiredStepValue, number[]> & Partial<Record<OptionalStepValue, number[]>>;
const VALUES = stepValues();

export class RunLog {
  constructor(events: readonly TrainEvent[] = []) {
    for (const event of events) this.append(event);
  }
  readonly step: number[] = [];
  /** One value per step. An optional value has a column once a step has measured it, with NaN for other steps. */
  readonly columns: StepColumns = Object.fromEntries(
    VALUES.flatMap(([name, { isOptional }]) => (isOptional ? [] : [[name, []]])),
  ) as unknown as StepColumns;
  readonly evaluations: Evaluation[] = [];
  readonly saves: Saved[] = [];
  /** Best steps whose weights were kept, whole or not. */
  readonly kept: Saved[] = [];
  /** Early end of the run before its last step, and the number of evaluations without improvement. */
  readonly early: Early[] = [];
  /** Samples on request. */
  readonly sampled: Sampled[] = [];
  /** Sample of a step whose evaluation is in progress. */
  shown: ShownFirst | undefined;

  get loss(): number[] {
    return this.columns.loss;
  }
  get tokensPerSecond(): number[] {
    return this.columns.tokensPerSecond;
  }
  /** Milliseconds of training, without stops. */
  get activeMs(): number[] {
    return this.columns.activeMs;
  }
  get memoryBytes(): number {
    return this.columns.memoryBytes.at(-1) ?? 0;
  }
  /** Optional values that the newest step measured. */
  get optional(): Pick<StepEvent, OptionalStepValue> {
    return Object.fromEntries(
      VALUES.flatMap(([name, { isOptional }]) => {
        const value = isOptional ? (this.columns[name]?.at(-1) ?? NaN) : NaN;
        return Number.isNaN(value) ? [] : [[name, value]];
      }),
    );
  }

  append(event: TrainEvent): void {
    switch (event.kind) {
      case 'compiling':
        return;
      case 'step': {
        // A resume repeats unsaved steps.
        this.truncate(event.step - 1);
        for (const [name] of VALUES) this.columnOf(name, event[name])?.push(event[name] ?? NaN);
        this.step.push(event.step);
        return;
      }
      case 'shown':
        this.shown = { step: event.step, sample: event.sample };
        return;
      case 'evaluated': {
        const { kind: _, ...evaluation } = event;
        this.shown = undefined;
        dropAfter(this.evaluations, event.step - 1);
        this.evaluations.push(evaluation);
        return;
      }
      case 'saved':
      case 'kept': {
        const { kind, step, bytes } = event;
        if (kind === 'kept' && event.light) return;
        const rows = kind === 'saved' ? this.saves : this.kept;
        dropAfter(rows, step - 1);
        rows.push({ step, bytes, activeMs: this.now });
        return;
      }
      case 'early': {
        const { step, evaluations } = event;
        dropAfter(this.early, step - 1);
        this.early.push({ step, evaluations, activeMs: this.now });
        return;
      }
      case 'sampled': {
        const { step, prompt, sample } = event;
        this.sampled.push({ step, prompt, sample, activeMs: this.now });
        return;
      }
      default:
        event satisfies never;
    }
  }

  private columnOf(name: StepValueName, value: number | undefined): number[] | undefined {
    if (value !== undefined) this.columns[name] ??= new Array<number>(this.step.length).fill(NaN);
    return this.columns[name];
  }

  /** Milliseconds of training so far. */
  get now(): number {
    return Math.max(this.activeMs.at(-1) ?? 0, this.evaluations.at(-1)?.activeMs ?? 0);
  }

  /** Drops everything after `step`. */
  truncate(step: number): void {
    const columns = [this.step, ...Object.values(this.columns)];
    while ((this.step.at(-1) ?? -1) > step) for (const column of columns) column.pop();
    dropAfter(this.evaluations, step);
    dropAfter(this.saves, step);
    dropAfter(this.kept, step);
    dropAfter(this.early, step);
    dropAfter(this.sampled, step);
    if (this.shown && this.shown.step > step) this.shown = undefined;
  }

  get best(): Evaluation | undefined {
    return this.evaluations.reduce<Evaluation | undefined>((a, b) => (a && a.loss <= b.loss ? a : b), undefined);
  }
}

function dropAfter(rows: { step: number }[], step: number): void {
  while ((rows.at(-1)?.step ?? -Infinity) > step) rows.pop();
}
