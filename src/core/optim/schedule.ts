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

/** What remains of the way from the peak to the final rate, 1 to 0, at progress 0 to 1. */
type Shape = (progress: number) => number;

export const SCHEDULES = {
  cosine: { label: 'Cosine', shape: (progress) => (1 + Math.cos(Math.PI * progress)) / 2 },
  linear: { label: 'Linear', shape: (progress) => 1 - progress },
  constant: { label: 'Constant', shape: () => 1 },
} as const satisfies Record<string, { label: string; shape: Shape }>;
export type ScheduleId = keyof typeof SCHEDULES;

/** The rate of update `step`, counted from 1; the last update is `steps`. */
export function learningRateAt(schedule: ScheduleId, settings: ScheduleSettings, step: number): number {
  const { learningRate, warmup, finalRate, steps } = settings;
  if (step < warmup) return (learningRate * step) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
  return learningRate * (finalRate + (1 - finalRate) * SCHEDULES[schedule].shape(progress));
}
