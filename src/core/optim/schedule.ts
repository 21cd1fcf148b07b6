/** Learning rates as pure functions of the step, so that a resumed run follows the same curve. */
import { type Choice, type Fields, real } from '../base/field';

export interface ScheduleSettings {
  /** Peak, after warm-up. */
  learningRate: number;
  /** Steps of linear rise from 0. */
  warmup: number;
  /** Final learning rate of a falling schedule, as a share of the peak. */
  finalRate: number;
  /** Share of the steps after warm-up in which a schedule with a plateau decays. */
  decayShare: number;
  steps: number;
}
/** An update after warm-up, counted from 1. `progress`: 0 at the end of warm-up, 1 from the last update on. */
interface ScheduleStep extends ScheduleSettings {
  step: number;
  progress: number;
}

export interface Schedule extends Choice {
  label: string;
  /** Settings of this schedule alone. */
  fields?: Fields;
  /** Learning rate as a share of the peak. */
  share(current: ScheduleStep): number;
  /** `share` as a Python expression in `step`, `progress` and `recipe`, with `math` and `fallen`, for exports. */
  python: string;
}

/** Interpolates from the final rate, at `remaining` 0, to the peak, at 1. Returns a share of the peak. */
export const fallen = ({ finalRate }: ScheduleSettings, remaining: number): number =>
  finalRate + (1 - finalRate) * remaining;

/** Settings of the schedules. */
export const SCHEDULE_FIELDS = {
  decayShare: real({
    label: 'Decay',
    hint: 'share of steps, at the end',
    help: 'Share of the steps after warm-up in which wsd decays the rate',
    row: 'seldom',
    min: 0.001,
    max: 1,
    step: 0.05,
    initial: 0.2,
    absent: 0.2,
  }),
} as const;

/** All schedules. To add one, add an entry here. */
export const SCHEDULES = {
  cosine: {
    label: 'Cosine',
    share: (current) => fallen(current, (1 + Math.cos(Math.PI * current.progress)) / 2),
    python: 'fallen(recipe, (1 + math.cos(math.pi * progress)) / 2)',
  },
  linear: {
    label: 'Linear',
    share: (current) => fallen(current, 1 - current.progress),
    python: 'fallen(recipe, 1 - progress)',
  },
  constant: { label: 'Constant', share: () => 1, python: '1' },
  // Hu et al. 2024, arXiv:2404.06395, section 4; falling by the square root as in Hägele et al. 2024, arXiv:2405.18392.
  wsd: {
    label: 'Warm-up, stable, decay',
    hint: 'constant, then falls',
    fields: SCHEDULE_FIELDS,
    share: (current) => fallen(current, 1 - Math.sqrt(Math.max(0, 1 - (1 - current.progress) / current.decayShare))),
    python: 'fallen(recipe, 1 - math.sqrt(max(0, 1 - (1 - progress) / recipe["decayShare"])))',
  },
  // Vaswani et al. 2017, arXiv:1706.03762, section 5.3. Without warm-up, falls as after 10,000 warm-up steps, like
  // transformers.
  inverseSqrt: {
    label: 'Inverse square root',
    hint: 'falls ever more slowly',
    share: ({ step, warmup }) => 1 / Math.sqrt(1 + (step - warmup) / (warmup || 10_000)),
    python: '1 / math.sqrt(1 + (step - recipe["warmup"]) / (recipe["warmup"] or 10_000))',
  },
} as const satisfies Record<string, Schedule>;
export type ScheduleId = keyof typeof SCHEDULES;

/** A schedule as the common type. */
export const scheduleOf = (id: ScheduleId): Schedule => SCHEDULES[id];

/** Learning rate of update `step`, counted from 1; the last update is `steps`. */
export function learningRateAt(schedule: ScheduleId, settings: ScheduleSettings, step: number): number {
  const { learningRate, warmup, steps } = settings;
  if (step < warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return learningRate * scheduleOf(schedule).share({ ...settings, step, progress });
}
