/** How to train: everything but the model and the data. A run is fully determined by model, data, recipe and backend. */
import { choice, type Field, initialValues, onOff, real, text, type ValuesOf, whole } from '../base/field';
import { OBJECTIVES } from '../objectives';
import { optimizerFields, optimizerOf, OPTIMIZERS } from '../optim';
import { SCHEDULES } from '../optim/schedule';

/** Those that optimizers bring. */
export const OPTIMIZER_FIELDS = optimizerFields();

const most = 1e9;
const MOST_STORED = Number.MAX_SAFE_INTEGER;

/** Every setting, in the order in which forms and the terminal have them. Adding one is an entry here. */
export const RECIPE = {
  objective: choice({
    label: 'Objective',
    help: 'What it learns',
    of: OBJECTIVES,
    initial: 'causal',
    absent: 'causal',
  }),
  steps: whole({
    label: 'Steps',
    hint: 'updates of the weights',
    help: 'Updates of the weights',
    row: 'main',
    min: 1,
    max: most,
    stored: [0, MOST_STORED],
    step: 100,
    initial: 2000,
  }),
  /** Rows of `context` tokens that the device sees at once. */
  batch: whole({
    label: 'Batch',
    name: 'Batch size',
    unit: 'rows',
    help: 'Rows of text that the device sees at once',
    row: 'main',
    min: 1,
    max: 4096,
    stored: [1, 65_536],
    initial: 12,
  }),
  optimizer: choice({ label: 'Optimizer', of: OPTIMIZERS, row: 'main', initial: 'adamw' }),
  ...OPTIMIZER_FIELDS,
  /** Peak, after warm-up. */
  learningRate: real({
    label: 'Learning rate',
    hint: 'at its peak',
    row: 'main',
    min: 1e-9,
    max: 10,
    stored: [0, 10],
    step: 0.0001,
    initial: 1e-3,
  }),
  schedule: choice({
    label: 'Schedule',
    hint: 'after the warm-up',
    help: 'How the learning rate falls',
    of: SCHEDULES,
    row: 'main',
    initial: 'cosine',
  }),
  /** Steps of linear rise from 0. */
  warmup: whole({
    label: 'Warm-up',
    unit: 'steps',
    hint: 'the rate rises from 0',
    row: 'main',
    min: 0,
    max: most,
    stored: [0, MOST_STORED],
    step: 10,
    initial: 100,
  }),
  /** Decoupled (AdamW) or plain L2 (SGD); not applied to norms and biases. */
  weightDecay: real({
    label: 'Weight decay',
    hint: 'on matrices only',
    row: 'main',
    min: 0,
    max: 1,
    stored: [0, Number.MAX_VALUE],
    initial: 0.1,
  }),
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: real({
    label: 'Clip gradients at',
    name: 'Clip',
    hint: '0 = no clipping',
    help: 'Largest norm of the gradient, 0 for any',
    row: 'main',
    min: 0,
    max: 1e6,
    stored: [0, Number.MAX_VALUE],
    step: 0.1,
    initial: 1,
  }),
  /** Steps between evaluations. */
  evalEvery: whole({
    label: 'Evaluate every',
    name: 'Steps between evaluations',
    unit: 'steps',
    hint: 'and write a sample',
    help: 'Steps between evaluations',
    row: 'main',
    min: 1,
    max: most,
    stored: [1, MOST_STORED],
    step: 10,
    initial: 250,
  }),
  /** Where a model changes the most: at steps 10, 30 and 100 too. */
  evalEarly: onOff({
    label: 'Evaluate early',
    hint: 'at steps 10, 30 and 100 too',
    help: 'Evaluates at steps 10, 30 and 100 too',
    row: 'seldom',
    initial: false,
    absent: false,
  }),
  /** Continued at every evaluation, greedily seeded the same, to show what was learnt. */
  samplePrompt: text({
    label: 'Sample prompt',
    hint: 'continued at every evaluation, with the same seed',
    most: 100_000,
    initial: 'The',
  }),
  /** Unsigned 32-bit. */
  seed: whole({
    label: 'Seed',
    hint: 'same seed, same run',
    help: 'Of all that is random',
    row: 'seldom',
    min: 0,
    max: 2 ** 32 - 1,
    initial: 1,
  }),
  /** Steps between checkpoints. */
  saveEvery: whole({
    label: 'Save every',
    name: 'Steps between saves',
    unit: 'steps',
    help: 'Steps between saves',
    row: 'seldom',
    min: 1,
    max: most,
    stored: [1, MOST_STORED],
    step: 10,
    initial: 200,
  }),
  /** Validation tokens an evaluation reads at most. */
  evalTokens: whole({
    label: 'Evaluate on',
    name: 'Tokens an evaluation',
    unit: 'tokens',
    hint: 'at most',
    help: 'Tokens that an evaluation reads at most',
    row: 'seldom',
    min: 1,
    max: most,
    stored: [1, MOST_STORED],
    step: 1024,
    initial: 16_384,
  }),
  /** Where a falling schedule ends, as a share of the peak. */
  finalRate: real({ label: 'Final rate', hint: 'share of the peak', row: 'seldom', min: 0, max: 1, initial: 0.1 }),
  /** Micro-batches of `batch` rows an update; 1 = every batch is one. */
  accumulate: whole({
    label: 'Micro-batches per update',
    help: 'Batches an update',
    row: 'seldom',
    min: 1,
    max: 1024,
    stored: [1, 65_536],
    initial: 1,
    absent: 1,
  }),
  /** The backward pass runs each block again instead of keeping its activations. */
  recompute: onOff({ label: 'Recompute', initial: false, absent: false }),
  /** Probability, 0 <= p < 1. */
  dropout: real({
    label: 'Dropout',
    help: 'Share of activations that is left out while it learns',
    min: 0,
    max: 0.9,
    stored: [0, 1 - 2 ** -53],
    initial: 0,
  }),
} as const;
export type Recipe = ValuesOf<typeof RECIPE>;
export type RecipeField = keyof Recipe;
export const DEFAULT_RECIPE: Recipe = initialValues(RECIPE);

/** Whether a setting counts: of what optimizers have of their own, the chosen one's. */
export const isOf = ({ optimizer }: Pick<Recipe, 'optimizer'>, name: RecipeField): boolean =>
  !Object.hasOwn(OPTIMIZER_FIELDS, name) || Object.hasOwn(optimizerOf(optimizer).fields, name);

/** Those that count. */
export const fieldsOf = (recipe: Pick<Recipe, 'optimizer'>): Partial<Record<RecipeField, Field>> =>
  Object.fromEntries(Object.entries(RECIPE).filter(([name]) => isOf(recipe, name as RecipeField)));

/** Those that a run can go on with changed: not what its weights are of, nor what begins it. */
export const changeable = (recipe: Pick<Recipe, 'optimizer'>): Partial<Record<RecipeField, Field>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(recipe)).filter(([name, { row }]) => row !== undefined || name === 'dropout'),
  );

/** Whether to recompute, before a run starts: `auto` goes by what the plan takes of the device's memory. */
export const RECOMPUTE_CHOICES = ['auto', 'on', 'off'] as const;
export type RecomputeChoice = (typeof RECOMPUTE_CHOICES)[number];

/** Tokens that one update of the weights learns from. */
export const tokensPerStep = ({ batch, accumulate }: Pick<Recipe, 'batch' | 'accumulate'>, context: number): number =>
  batch * accumulate * context;
