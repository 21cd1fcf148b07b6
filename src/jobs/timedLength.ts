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
  private step: number;
  /** When the last step was reported; null if another event followed it. */
  private reported: number | null = null;
  /** Milliseconds and number of steps since the length was last fitted. */
  private spent = 0;
  private counted = 0;
  private readonly every: number;
  private said: number;

  /**
   * @param recipe of the run, with the steps that fit at its start
   * @param max steps, however fast they are
   * @param left returns the milliseconds that are left
   */
  constructor(
    private readonly recipe: Recipe,
    private readonly pace: Pace,
    private readonly max: number,
    private readonly left: () => number,
    private readonly now: () => number,
  ) {
    this.steps = this.said = recipe.steps;
    this.step = pace.step;
    this.every = LOOK * left();
  }

  /** @returns a sentence if the run became much longer or shorter than the last sentence said */
  follow(event: TrainEvent): string | undefined {
    this.fit(event);
    if (Math.abs(this.steps - this.said) <= MUCH * this.said) return undefined;
    this.said = this.steps;
    return `A step now takes ${formatDuration(this.step)}, so the run has ${formatCount(this.steps)} steps.`;
  }

  private fit(event: TrainEvent): void {
    const before = this.reported;
    this.reported = event.kind === 'step' ? this.now() : null;
    if (event.kind !== 'step' || before === null) return;
    this.spent += this.reported! - before;
    this.counted += 1;
    if (this.spent < this.every) return;
    this.step = (this.step + this.spent / this.counted) / 2;
    this.spent = this.counted = 0;
    const pace = { ...this.pace, start: 0, step: this.step };
    const fits = Math.min(this.max, stepsIn(PLANNED_SHARE * (this.left() - END_MS), pace, this.recipe, event.step));
    const left = this.steps - event.step;
    if (left >= UNDERWAY && Math.abs(fits - this.steps) > OFF * left)
      this.steps = Math.max(event.step + UNDERWAY, fits);
  }
}
/** Share of the time between two fits. */
const LOOK = 0.03;
/** Share of the remaining steps by which the length may be off. */
const OFF = 0.03;
/** Steps after the reported one that may have begun, by the rates of the former length. */
const UNDERWAY = 4;
/** Share by which the length must differ from the last reported one. */
const MUCH = 0.1;
