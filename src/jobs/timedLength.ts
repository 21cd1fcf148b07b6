/** Length of a run that has a time limit. */
import { formatCount, formatDuration } from '../core/base/units';
import type { Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import { type Pace, stepsIn } from './measuredPace';

/** Share of the remaining time for which steps are planned: the speed of a machine varies. */
export const PLANNED_SHARE = 0.95;
/** Milliseconds that a process takes to end. */
export const END_MS = 200;

/**
 * The number of steps of a run with a time limit, fitted to the time that is left while it trains: the speed of a machine
 * varies, and a schedule that is cut off before its end is worth little.
 */
export class TimedLength {
  /** Number of all steps. */
  steps: number;
  /** Milliseconds per step. */
  private msPerStep: number;
  /** When the last step was reported; null if another event followed it. */
  private lastReportedAt: number | null = null;
  /** Milliseconds and number of steps since the length was last fitted. */
  private msSinceFit = 0;
  private stepsSinceFit = 0;
  private readonly fitIntervalMs: number;
  private announcedSteps: number;

  /**
   * @param recipe of the run, with the steps that fit at its start
   * @param max steps, however fast they are
   * @param remainingMs returns the milliseconds that are left
   */
  constructor(
    private readonly recipe: Recipe,
    private readonly pace: Pace,
    private readonly max: number,
    private readonly remainingMs: () => number,
    private readonly now: () => number,
  ) {
    this.steps = this.announcedSteps = recipe.steps;
    this.msPerStep = pace.step;
    this.fitIntervalMs = FIT_SHARE * remainingMs();
  }

  /** @returns a sentence if the run became much longer or shorter than the last sentence said */
  follow(event: TrainEvent): string | undefined {
    this.fit(event);
    if (Math.abs(this.steps - this.announcedSteps) <= ANNOUNCED_CHANGE * this.announcedSteps) return undefined;
    this.announcedSteps = this.steps;
    return `A step now takes ${formatDuration(this.msPerStep)}, so the run has ${formatCount(this.steps)} steps.`;
  }

  private fit(event: TrainEvent): void {
    const previousReport = this.lastReportedAt;
    this.lastReportedAt = event.kind === 'step' ? this.now() : null;
    if (event.kind !== 'step' || previousReport === null) return;
    this.msSinceFit += this.lastReportedAt! - previousReport;
    this.stepsSinceFit += 1;
    if (this.msSinceFit < this.fitIntervalMs) return;
    this.msPerStep = (this.msPerStep + this.msSinceFit / this.stepsSinceFit) / 2;
    this.msSinceFit = this.stepsSinceFit = 0;
    const pace = { ...this.pace, start: 0, step: this.msPerStep };
    const fitting = Math.min(
      this.max,
      stepsIn(PLANNED_SHARE * (this.remainingMs() - END_MS), pace, this.recipe, event.step),
    );
    const remainingSteps = this.steps - event.step;
    if (remainingSteps >= STEPS_UNDERWAY && Math.abs(fitting - this.steps) > TOLERANCE * remainingSteps)
      this.steps = Math.max(event.step + STEPS_UNDERWAY, fitting);
  }
}
/** Share of the time between two fits. */
const FIT_SHARE = 0.03;
/** Share of the remaining steps by which the length may be off. */
const TOLERANCE = 0.03;
/** Steps after the reported one that may have begun, by the rates of the former length. */
const STEPS_UNDERWAY = 4;
/** Share by which the length must differ from the last reported one. */
const ANNOUNCED_CHANGE = 0.1;
