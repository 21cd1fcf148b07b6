/** Values measured at each step. Events, journals, `trainer_state.json` and charts derive from this list. */
interface ValueDescription {
  /** Heading: `Gradient norm`. */
  label: string;
  /** Unit after a value: `nats per token`; empty if it has none. */
  unit: string;
  /** Name in `trainer_state.json`, which never changes. */
  file: string;
  /** True if it may be NaN, which JSON writes as null. */
  canBeNaN?: true;
  /** Place of its chart on Train; absent if it has none. */
  chart?: number;
}

/**
 * A journal stores the values of older builds in columns of a row, and newer values by name. Newer values are optional,
 * because older steps lack them.
 */
export type StepValue = ValueDescription &
  ({ column: number; isOptional?: true } | { column?: never; isOptional: true });

/** Step values in the order of `trainer_state.json`. To add one, append an entry and measure it. */
export const STEP_VALUES = {
  /** Loss of the update's batch, before the update. */
  loss: { label: 'Training loss', unit: 'nats per token', file: 'loss', column: 1, canBeNaN: true },
  /** Norm of the whole gradient, before clipping. */
  gradientNorm: { label: 'Gradient norm', unit: '', file: 'grad_norm', column: 3, canBeNaN: true, chart: 2 },
  learningRate: { label: 'Learning rate', unit: '', file: 'learning_rate', column: 2, chart: 1 },
  /** Mean over the last steps. */
  tokensPerSecond: {
    label: 'Tokens per second',
    unit: '',
    file: 'tokens_per_second',
    column: 4,
    canBeNaN: true,
    chart: 3,
  },
  /** Memory allocated on the device: all buffers on WebGPU, tensors elsewhere. */
  memoryBytes: { label: 'Memory', unit: 'bytes', file: 'memory_bytes', column: 6 },
  /** Training time so far, without pauses. */
  activeMs: { label: 'Training time', unit: 'ms', file: 'active_ms', column: 5 },
  /** GPU memory planned by the run's programs. On WebGPU only, like the two times below, which are recent means. */
  plannedBytes: { label: 'Planned memory', unit: 'bytes', file: 'planned_bytes', column: 7, isOptional: true },
  /** Time to encode and submit a step. */
  encodeMs: { label: 'Encoding', unit: 'ms', file: 'encode_ms', column: 8, isOptional: true },
  /** Time of a step on the GPU; absent if the GPU has no timestamps. */
  gpuMs: { label: 'GPU time', unit: 'ms', file: 'gpu_ms', column: 9, isOptional: true },
} as const satisfies Record<string, StepValue>;

type StepValueTable = typeof STEP_VALUES;
export type StepValueName = keyof StepValueTable;
export type OptionalStepValue = {
  [N in StepValueName]: StepValueTable[N] extends { isOptional: true } ? N : never;
}[StepValueName];
export type RequiredStepValue = Exclude<StepValueName, OptionalStepValue>;

/** Report of a step. */
export interface StepEvent extends Record<RequiredStepValue, number>, Partial<Record<OptionalStepValue, number>> {
  kind: 'step';
  step: number;
}

export const stepValues = (): readonly (readonly [StepValueName, StepValue])[] =>
  Object.entries(STEP_VALUES) as [StepValueName, StepValue][];
