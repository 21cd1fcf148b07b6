/** Training settings, without the model and the data. Model, data, recipe and backend fully determine a run. */
import { choice, type Field, initialValues, onOff, real, text, type ValuesOf, whole } from '../base/field';
import { objectiveFields, objectiveOf, OBJECTIVES } from '../objectives';
import { optimizerFields, optimizerOf, OPTIMIZERS } from '../optim';
import { SCHEDULE_FIELDS, scheduleOf, SCHEDULES } from '../optim/schedule';

/** Settings of the objectives. */
const OBJECTIVE_FIELDS = objectiveFields();
/** Settings of the optimizers. */
export const OPTIMIZER_FIELDS = optimizerFields();

/** Reason why the model card omits a setting. */
const NO_WEIGHT = 'Changes no weight.';
const MAX_COUNT = 1e9;
const MAX_STORED = Number.MAX_SAFE_INTEGER;

/** All settings, in the order of forms and the terminal. To add one, add an entry here. */
export const RECIPE = {
  objective: choice({
    label: 'Objective',
    help: 'Training objective',
    of: OBJECTIVES,
    initial: 'causal',
    absent: 'causal',
  }),
  ...OBJECTIVE_FIELDS,
  steps: whole({
    label: 'Steps',
    help: 'Updates of the weights',
    row: 'main',
    min: 1,
    max: MAX_COUNT,
    stored: [0, MAX_STORED],
    step: 100,
    initial: 2000,
  }),
  /** Rows of `context` tokens in a micro-batch. */
  batch: whole({
    label: 'Batch',
    name: 'Batch size',
    unit: 'rows',
    help: 'Rows per micro-batch',
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
    hint: 'after warm-up',
    help: 'Learning rate schedule',
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
    max: MAX_COUNT,
    stored: [0, MAX_STORED],
    step: 10,
    initial: 100,
  }),
  /** Decoupled (AdamW) or plain L2 (SGD) decay; not applied to norms and biases. */
  weightDecay: real({
    label: 'Weight decay',
    hint: 'matrices only',
    row: 'main',
    min: 0,
    max: 1,
    stored: [0, Number.MAX_VALUE],
    initial: 0.1,
  }),
  /** Largest global norm of the gradient; 0 = no clipping. */
  clip: real({
    label: 'Gradient clipping',
    name: 'Gradient clipping',
    hint: '0: off',
    help: 'Maximum gradient norm, 0 for none',
    row: 'main',
    min: 0,
    max: 1e6,
    stored: [0, Number.MAX_VALUE],
    step: 0.1,
    initial: 1,
  }),
  /** Share of a step's rows from the base's own training text; 0 = none. */
  replay: real({
    label: 'Replay',
    help: "Share of rows from the base's own training text, if that text hasn't moved",
    min: 0,
    max: 0.9,
    initial: 0,
    absent: 0,
  }),
  /** Steps between evaluations. */
  evalEvery: whole({
    label: 'Evaluate every',
    name: 'Steps between evaluations',
    unit: 'steps',
    help: 'Steps between evaluations',
    row: 'main',
    min: 1,
    max: MAX_COUNT,
    stored: [1, MAX_STORED],
    step: 10,
    initial: 250,
    unseen: { card: NO_WEIGHT },
  }),
  evalEarly: onOff({
    label: 'Evaluate early',
    hint: 'also at steps 10, 25, 50 … 2,000',
    help: 'Also evaluate at steps 10, 25, 50, 100, 200, 400, 700, 1,000, 1,400 and 2,000',
    row: 'seldom',
    initial: false,
    absent: false,
    unseen: { card: NO_WEIGHT },
  }),
  /** Prompt of each evaluation's sample (`Objective.shows`), with the same seed each time to show progress. */
  samplePrompt: text({
    label: 'Sample prompt',
    help: 'Prompt that each evaluation continues, or whose blanks ([MASK]) it fills',
    maxLength: 100_000,
    initial: 'The',
  }),
  /** Unsigned 32-bit. */
  seed: whole({
    label: 'Seed',
    hint: 'same seed, same run',
    help: 'Random seed',
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
    max: MAX_COUNT,
    stored: [1, MAX_STORED],
    step: 10,
    initial: 200,
    unseen: { card: NO_WEIGHT },
  }),
  /** Maximum number of validation tokens in an evaluation. */
  evalTokens: whole({
    label: 'Evaluation tokens',
    name: 'Tokens per evaluation',
    unit: 'tokens',
    hint: 'maximum',
    help: 'Maximum number of tokens in an evaluation',
    row: 'seldom',
    min: 1,
    max: MAX_COUNT,
    stored: [1, MAX_STORED],
    step: 1024,
    initial: 16_384,
    unseen: { card: NO_WEIGHT },
  }),
  /** Evaluations without improvement after which the run ends; 0 = no early stopping. */
  patience: whole({
    label: 'Patience',
    unit: 'evaluations',
    hint: 'without improvement; 0: off',
    help: 'Early stopping: evaluations without improvement, 0 for none',
    row: 'seldom',
    min: 0,
    max: 10_000,
    initial: 0,
    absent: 0,
  }),
  /** Smallest fall in loss that counts as an improvement, in nats per token. */
  minDelta: real({
    label: 'Min delta',
    unit: 'nats',
    hint: 'improvement that resets patience',
    help: 'Minimum improvement for --patience, in nats',
    row: 'seldom',
    min: 0,
    max: 10,
    step: 0.01,
    initial: 0,
    absent: 0,
  }),
  /** Final learning rate of a falling schedule, as a share of the peak. */
  finalRate: real({ label: 'Final rate', hint: 'share of peak', row: 'seldom', min: 0, max: 1, initial: 0.1 }),
  ...SCHEDULE_FIELDS,
  /** Micro-batches of `batch` rows per update; 1 = no gradient accumulation. */
  accumulate: whole({
    label: 'Micro-batches per update',
    help: 'Micro-batches per update',
    row: 'seldom',
    min: 1,
    max: 1024,
    stored: [1, 65_536],
    initial: 1,
    absent: 1,
  }),
  /** Decay of an exponential moving average of the weights, which then is the model; 0 = no averaging. */
  emaDecay: real({
    label: 'Weight averaging (EMA)',
    name: 'EMA decay',
    hint: '0: off; 0.999 averages about 1,000 steps',
    help: 'Decay of the weight average (EMA), used for evaluation, samples and exports; 0 for none',
    row: 'seldom',
    min: 0,
    max: 0.99999,
    stored: [0, 1],
    step: 0.001,
    initial: 0,
    absent: 0,
  }),
  /** The backward pass runs each block again instead of keeping its activations. */
  recompute: onOff({
    label: 'Activation recomputation',
    initial: false,
    absent: false,
    unseen: { run: 'Same bits: it trades time for memory.', card: NO_WEIGHT },
  }),
  /** Probability of dropping an activation, 0 <= p < 1. */
  dropout: real({
    label: 'Dropout',
    help: 'Share of activations dropped in training',
    min: 0,
    max: 0.9,
    stored: [0, 1 - 2 ** -53],
    initial: 0,
  }),
  /** Probability of dropping an attention weight, 0 <= p < 1. */
  attentionDropout: real({
    label: 'Attention dropout',
    hint: 'share of attention weights',
    help: 'Share of attention weights dropped in training',
    row: 'seldom',
    min: 0,
    max: 0.9,
    stored: [0, 1 - 2 ** -53],
    step: 0.05,
    initial: 0,
    absent: 0,
  }),
} as const;
export type Recipe = ValuesOf<typeof RECIPE>;
export type RecipeField = keyof Recipe;
export const DEFAULT_RECIPE: Recipe = initialValues(RECIPE);

/** Choices that have their own settings. */
type RecipeChoices = Pick<Recipe, 'objective' | 'optimizer' | 'schedule'>;

/** Whether a setting applies: false for settings of objectives, optimizers and schedules that aren't chosen. */
export const isOf = ({ objective, optimizer, schedule }: RecipeChoices, name: RecipeField): boolean =>
  (!Object.hasOwn(OBJECTIVE_FIELDS, name) || Object.hasOwn(objectiveOf(objective).fields, name)) &&
  (!Object.hasOwn(OPTIMIZER_FIELDS, name) || Object.hasOwn(optimizerOf(optimizer).fields, name)) &&
  (!Object.hasOwn(SCHEDULE_FIELDS, name) || Object.hasOwn(scheduleOf(schedule).fields ?? {}, name));

/** The recipe's objective and its settings. */
export const objectiveSettings = (recipe: Recipe): Partial<Recipe> =>
  Object.fromEntries(
    ['objective', ...Object.keys(objectiveOf(recipe.objective).fields)].map((name) => [
      name,
      recipe[name as RecipeField],
    ]),
  );

/** Settings that apply to the recipe. */
export const fieldsOf = (recipe: RecipeChoices): Partial<Record<RecipeField, Field>> =>
  Object.fromEntries(Object.entries(RECIPE).filter(([name]) => isOf(recipe, name as RecipeField)));

/** Settings that may change when a run resumes. */
export const changeable = (recipe: RecipeChoices): Partial<Record<RecipeField, Field>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(recipe)).filter(([name, { row }]) => row !== undefined || name === 'dropout'),
  );

/** Choices for activation recomputation before a start: `auto` compares the memory plan with the device's memory. */
export const RECOMPUTE_CHOICES = ['auto', 'on', 'off'] as const;
export type RecomputeChoice = (typeof RECOMPUTE_CHOICES)[number];

/** Number of training tokens per update. */
export const tokensPerStep = ({ batch, accumulate }: Pick<Recipe, 'batch' | 'accumulate'>, context: number): number =>
  batch * accumulate * context;
