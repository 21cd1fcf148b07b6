/** Values that are measured at each step. Events, journals, `trainer_state.json` and charts are derived from this list. */
interface Facts {
  /** As a heading: `Gradient norm`. */
  label: string;
  /** After a value: `nats per token`; empty if it has none. */
  unit: string;
  /** Name in `trainer_state.json`, which never changes. */
  file: string;
  /** True if it may be NaN, which JSON writes as null. */
  canBeNaN?: true;
  /** Place of its chart on Train; absent if it has none. */
  chart?: number;
}

/**
 * A journal stores the values of older builds in columns of a row, and every value added since by name. Those are optional:
 * older steps lack them.
 */
export type StepValue = Facts & ({ column: number; isOptional?: true } | { column?: never; isOptional: true });

/** In the order of `trainer_state.json`. A new value is one entry, at the end, and what measures it. */
export const STEP_VALUES = {
  /** Of the update's batch, before it. */
  loss: { label: 'Training loss', unit: 'nats per token', file: 'loss', column: 1, canBeNaN: true },
  /** Of the whole gradient, before clipping. */
  gradientNorm: { label: 'Gradient norm', unit: '', file: 'grad_norm', column: 3, canBeNaN: true, chart: 2 },
  learningRate: { label: 'Learning rate', unit: '', file: 'learning_rate', column: 2, chart: 1 },
  /** Mean of the last steps. */
  tokensPerSecond: {
    label: 'Tokens per second',
    unit: '',
    file: 'tokens_per_second',
    column: 4,
    canBeNaN: true,
    chart: 3,
  },
  /** Allocated on the device now: all buffers on WebGPU, tensors elsewhere. */
  memoryBytes: { label: 'Memory', unit: 'bytes', file: 'memory_bytes', column: 6 },
  /** Of training up to here, without stops. */
  activeMs: { label: 'Training time', unit: 'ms', file: 'active_ms', column: 5 },
  /** GPU memory that the run's programs have planned to use. On WebGPU only, as the two times below: means of the last steps. */
  plannedBytes: { label: 'Planned memory', unit: 'bytes', file: 'planned_bytes', column: 7, isOptional: true },
  /** To encode and submit a step. */
  encodeMs: { label: 'Encoding', unit: 'ms', file: 'encode_ms', column: 8, isOptional: true },
  /** On the GPU; absent if it has no timestamps. */
  gpuMs: { label: 'GPU time', unit: 'ms', file: 'gpu_ms', column: 9, isOptional: true },
} as const satisfies Record<string, StepValue>;

type List = typeof STEP_VALUES;
export type StepValueName = keyof List;
export type OptionalStepValue = {
  [N in StepValueName]: List[N] extends { isOptional: true } ? N : never;
}[StepValueName];
export type RequiredStepValue = Exclude<StepValueName, OptionalStepValue>;

/** What a step reports. */
export interface StepEvent extends Record<RequiredStepValue, number>, Partial<Record<OptionalStepValue, number>> {
  kind: 'step';
  step: number;
}

export const stepValues = (): readonly (readonly [StepValueName, StepValue])[] =>
  Object.entries(STEP_VALUES) as [StepValueName, StepValue][];
