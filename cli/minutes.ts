/** --minutes: a time for the whole command, from its start to its end. */
import { badSettings } from '../src/core/base/errors';
import { formatCount, formatDuration } from '../src/core/base/units';
import type { Recipe } from '../src/core/train/recipe';
import type { TrainEvent, TrainInput } from '../src/core/train/run';
import { measurePace, type Pace, stepsIn, timeOf } from './pace';

/** Milliseconds since 1970: of scripts/cli.mjs where that has started this. */
const BEGAN = Number(process.env['HOMEGROWN_BEGAN'] ?? performance.timeOrigin);
delete process.env['HOMEGROWN_BEGAN']; // It does not hold for what is started from here.

/** A timer holds no longer one: 2 ** 31 ms. */
export const MOST_MINUTES = 30_000;

export const leftOf = (minutes: number): number => BEGAN + 60_000 * minutes - Date.now();

export interface Fit {
  /** In all. */
  steps: number;
  pace: Pace;
}

/**
 * As many steps as fit into what is left of these minutes.
 * @throws HomegrownError `bad-settings` where not one does
 */
export async function fit(input: TrainInput, minutes: number, signal: AbortSignal): Promise<Fit> {
  const begun = input.from?.state.step ?? 0;
  const pace = await measurePace(input, Math.min(LONGEST_TRIAL, TRIAL * 60_000 * minutes), signal);
  const left = leftOf(minutes) - END;
  const steps = stepsIn(CALM * left, pace, input.recipe, begun);
  if (steps > begun) return { steps, pace };
  const least = Date.now() - BEGAN + END + timeOf(pace, input.recipe, begun, begun + 1) / CALM;
  throw badSettings(
    `${minutes} minutes are too short: one step with its evaluations and saves takes ${formatDuration(least)} here.`,
    'Raise --minutes, or use a smaller model, batch or context.',
  );
}
/** Of the time, for the measurement. */
const TRIAL = 0.05;
const LONGEST_TRIAL = 5000;
/** Of what is left, what is planned: a machine is not always as quick as it was. */
const CALM = 0.95;
/** Milliseconds that a process takes to end. */
const END = 200;

/** Aborts, where the machine has become slower, when what is left is what a stop takes: it is saved, measured and saved. */
export function over(minutes: number, { step, evaluate, save }: Pace): AbortSignal {
  const end = new AbortController();
  setTimeout(() => end.abort(), Math.max(0, leftOf(minutes) - END - step - evaluate - 2 * save)).unref();
  return end.signal;
}

/**
 * How long a run is, fitted again and again to what is left of its time: a machine is not always as quick as it was when it was
 * measured, and a schedule that is cut off before its end is worth little.
 */
export class Course {
  /** In all, as it is now. */
  steps: number;
  /** Milliseconds that a step takes. */
  private step: number;
  /** When the last step was told, if nothing but a step came after it. */
  private told: number | null = null;
  /** Milliseconds and number of the steps since it was last looked. */
  private spent = 0;
  private counted = 0;
  private readonly every: number;
  private said: number;

  /**
   * @param recipe that of the run, of as many steps as fit when it begins
   * @param most steps, however quick they are
   * @param left milliseconds for it, now
   */
  constructor(
    private readonly recipe: Recipe,
    private readonly pace: Pace,
    private readonly most: number,
    private readonly left: () => number,
    private readonly now: () => number,
  ) {
    this.steps = this.said = recipe.steps;
    this.step = pace.step;
    this.every = LOOK * left();
  }

  /** @returns what is to be said, where the run has become much longer or shorter than was said last */
  follow(event: TrainEvent): string | undefined {
    this.fit(event);
    if (Math.abs(this.steps - this.said) <= MUCH * this.said) return undefined;
    this.said = this.steps;
    return `A step now takes ${formatDuration(this.step)}, so the run has ${formatCount(this.steps)} steps.`;
  }

  private fit(event: TrainEvent): void {
    const before = this.told;
    this.told = event.kind === 'step' ? this.now() : null;
    if (event.kind !== 'step' || before === null) return;
    this.spent += this.told! - before;
    this.counted += 1;
    if (this.spent < this.every) return;
    this.step = (this.step + this.spent / this.counted) / 2;
    this.spent = this.counted = 0;
    const pace = { ...this.pace, start: 0, step: this.step };
    const fits = Math.min(this.most, stepsIn(CALM * (this.left() - END), pace, this.recipe, event.step));
    const left = this.steps - event.step;
    if (left >= UNDERWAY && Math.abs(fits - this.steps) > OFF * left)
      this.steps = Math.max(event.step + UNDERWAY, fits);
  }
}
/** Share of the time between two looks. */
const LOOK = 0.03;
/** Share of the steps that are left by which it may be off. */
const OFF = 0.03;
/** Steps after the one that is told, of which all but the last may have begun, by the rates of as many as there were. */
const UNDERWAY = 4;
/** Share of the steps by which a run is another than was said. */
const MUCH = 0.1;
