/** The rows of the training form. The hints say bounds or consequence, as `look` has it. */
import { formatCount, formatNumber } from '../../core/base/units';
import type { Recipe } from '../../core/train/recipe';

type NumberKey = { [K in keyof Recipe]: Recipe[K] extends number ? K : never }[keyof Recipe];

export interface RecipeField {
  key: NumberKey;
  label: string;
  min: number;
  max: number;
  step: number;
  isWhole: boolean;
  unit?: string;
  hint?: (recipe: Recipe, facts: Facts) => string;
}
/** What hints may mention besides the recipe. */
export interface Facts {
  tokensPerStep: number;
  /** Times that the text is read. */
  passes: number | undefined;
}

const whole = { min: 0, max: 1e9, step: 1, isWhole: true } as const;
const real = { min: 0, max: 1, step: 0.01, isWhole: false } as const;

export const LENGTH: readonly RecipeField[] = [
  {
    ...whole,
    key: 'steps',
    label: 'Steps',
    min: 1,
    step: 100,
    hint: (_, { passes }) =>
      passes === undefined
        ? 'updates of the weights'
        : `${passes < 9.5 ? formatNumber(Number(passes.toPrecision(2))) : formatCount(passes)} passes`,
  },
  {
    ...whole,
    key: 'batch',
    label: 'Batch',
    min: 1,
    max: 4096,
    unit: 'rows',
    hint: (_, { tokensPerStep }) => `${formatCount(tokensPerStep)} tokens a step`,
  },
];

export const RATE: readonly RecipeField[] = [
  { ...real, key: 'learningRate', label: 'Learning rate', min: 1e-7, max: 10, step: 0.0001, hint: () => 'at its peak' },
];

export const AFTER_SCHEDULE: readonly RecipeField[] = [
  { ...whole, key: 'warmup', label: 'Warm-up', step: 10, unit: 'steps', hint: () => 'the rate rises from 0' },
  {
    ...real,
    key: 'weightDecay',
    label: 'Weight decay',
    hint: () => 'on matrices only',
  },
];

export const MOMENTUM: RecipeField = { ...real, key: 'momentum', label: 'Momentum', max: 0.999 };

export const REST: readonly RecipeField[] = [
  {
    ...real,
    key: 'clip',
    label: 'Clip gradients at',
    max: 1000,
    step: 0.1,
    hint: ({ clip }) => (clip === 0 ? 'no clipping' : '0 = no clipping'),
  },
  {
    ...whole,
    key: 'evalEvery',
    label: 'Evaluate every',
    min: 1,
    step: 10,
    unit: 'steps',
    hint: () => 'and write a sample',
  },
];

export const DROPOUT: RecipeField = {
  ...real,
  key: 'dropout',
  label: 'Dropout',
  max: 0.9,
  hint: ({ dropout }) => (dropout === 0 ? 'nothing is left out' : `leaves out ${formatNumber(100 * dropout)} %`),
};

/** Behind a fold: seldom changed. */
export const SELDOM: readonly RecipeField[] = [
  { ...whole, key: 'seed', label: 'Seed', max: 2 ** 32 - 1, hint: () => 'same seed, same run' },
  { ...whole, key: 'saveEvery', label: 'Save every', min: 1, step: 10, unit: 'steps' },
  { ...whole, key: 'evalTokens', label: 'Evaluate on', min: 1, step: 1024, unit: 'tokens', hint: () => 'at most' },
  { ...real, key: 'finalRate', label: 'Final rate', hint: () => 'share of the peak' },
  {
    ...whole,
    key: 'accumulate',
    label: 'Micro-batches per update',
    min: 1,
    max: 1024,
    hint: ({ accumulate, batch }) =>
      accumulate === 1
        ? 'above 1, a larger batch in the same memory'
        : `each update learns from ${formatCount(accumulate * batch)} rows`,
  },
];
export const SELDOM_ADAMW: readonly RecipeField[] = [
  { ...real, key: 'beta1', label: 'Beta 1', max: 0.9999, hint: () => 'memory of the gradient' },
  { ...real, key: 'beta2', label: 'Beta 2', max: 0.99999, step: 0.001, hint: () => 'memory of its square' },
];
