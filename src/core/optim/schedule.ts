/** Learning rates as pure functions of the step, so that a resumed run follows the same curve. */
export interface ScheduleSettings {
  /** Peak, after warm-up. */
  learningRate: number;
  /** Steps of linear rise from 0. */
  warmup: number;
  /** Where a falling schedule ends, as a share of the peak. */
  finalRate: number;
  steps: number;
}

export interface Schedule {
  label: string;
  /** What remains of the way from the peak to the final rate, 1 to 0, at progress 0 to 1. */
  shape(progress: number): number;
  /** The same as an expression of Python, with `math`: what a hand-over goes on by. */
  python: string;
}

/** Adding one is an entry here. */
export const SCHEDULES = {
  cosine: {
    label: 'Cosine',
    shape: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
    python: '(1 + math.cos(math.pi * progress)) / 2',
  },
  linear: { label: 'Linear', shape: (progress) => 1 - progress, python: '1 - progress' },
  constant: { label: 'Constant', shape: () => 1, python: '1' },
} as const satisfies Record<string, Schedule>;
export type ScheduleId = keyof typeof SCHEDULES;

/** Any of them, seen through what they share. */
export const scheduleOf = (id: ScheduleId): Schedule => SCHEDULES[id];

/** The rate of update `step`, counted from 1; the last update is `steps`. */
export function learningRateAt(schedule: ScheduleId, settings: ScheduleSettings, step: number): number {
  const { learningRate, warmup, finalRate, steps } = settings;
  if (step < warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return learningRate * (finalRate + (1 - finalRate) * scheduleOf(schedule).shape(progress));
}
