/** Append-only columns for charts. Outside zustand: a run logs 10^5 points, and copying them at each would be O(n^2). */
import type { Evaluated } from '../core/metrics';
import type { Shown } from '../core/objectives/shown';
import type { StepCost, TrainEvent } from '../core/train/run';

export interface Evaluation extends Evaluated {
  step: number;
  activeMs: number;
  sample: Shown;
}
/** What is shown of a step until its evaluation is told. */
export type ShownFirst = Pick<Evaluation, 'step' | 'sample'>;
export interface Saved {
  step: number;
  bytes: number;
  activeMs: number;
}

export interface Early {
  step: number;
  evaluations: number;
  activeMs: number;
}

export interface Sampled {
  step: number;
  prompt: string;
  sample: Shown;
  activeMs: number;
}

export class RunLog {
  constructor(events: readonly TrainEvent[] = []) {
    for (const event of events) this.append(event);
  }
  readonly step: number[] = [];
  readonly loss: number[] = [];
  readonly learningRate: number[] = [];
  readonly gradientNorm: number[] = [];
  readonly tokensPerSecond: number[] = [];
  /** Milliseconds of training, stops excluded. */
  readonly activeMs: number[] = [];
  readonly evaluations: Evaluation[] = [];
  readonly saves: Saved[] = [];
  /** Best steps whose weights were kept, saved whole or not. */
  readonly kept: Saved[] = [];
  /** Where it ended before its last step, after so many evaluations without improvement. */
  readonly early: Early[] = [];
  /** What was written because somebody asked for it. */
  readonly sampled: Sampled[] = [];
  /** Of a step that is being measured. */
  shown: ShownFirst | undefined;
  memoryBytes = 0;
  /** Of the newest step. */
  cost: Partial<StepCost> = {};

  append(event: TrainEvent): void {
    switch (event.kind) {
      case 'compiling':
        return;
      case 'step': {
        // A resume repeats the steps that were not saved.
        this.truncate(event.step - 1);
        this.step.push(event.step);
        this.loss.push(event.loss);
        this.learningRate.push(event.learningRate);
        this.gradientNorm.push(event.gradientNorm);
        this.tokensPerSecond.push(event.tokensPerSecond);
        this.activeMs.push(event.activeMs);
        this.memoryBytes = event.memoryBytes;
        const { plannedBytes, encodeMs, gpuMs } = event;
        this.cost = {
          ...(plannedBytes !== undefined && { plannedBytes }),
          ...(encodeMs !== undefined && { encodeMs }),
          ...(gpuMs !== undefined && { gpuMs }),
        };
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

  /** Milliseconds of training that are known of. */
  get now(): number {
    return Math.max(this.activeMs.at(-1) ?? 0, this.evaluations.at(-1)?.activeMs ?? 0);
  }

  /** Forgets everything after `step`. */
  truncate(step: number): void {
    const columns = [this.loss, this.learningRate, this.gradientNorm, this.tokensPerSecond, this.activeMs];
    while ((this.step.at(-1) ?? -1) > step) for (const column of [this.step, ...columns]) column.pop();
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
