/** Settings of a project's next tuning: purpose, base, trainable weights and recipe. */
import { type Pooling, POOLINGS, type FrozenDtype, FROZEN_DTYPES } from '../models/spec';
import { type AdapterChoice, type AdapterId, adapterOf, ADAPTERS } from '../adapters';
import type { TargetModules } from '../adapters/targetModules';
import type { TrainableScope } from '../adapters/trainableScope';
import { initialValues } from '../base/field';
import { fieldSchema } from '../base/fieldSchema';
import { z } from '../base/zod';
import { MAX_TEMPLATE_LENGTH } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { recipeSchema, type TokenizerChoice, tokenizerChoiceSchema } from './settings';

/** Purposes of a tuning: adaptation to a kind of text, instruction tuning, or classification. */
export const PURPOSES = ['adapt', 'instruct', 'classify'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface TuningChoice {
  purpose: Purpose;
  /**
   * A saved step of a run; null: the newest step of the project's run. A classifier can start from `nothing`: random
   * weights with the project's model and tokenizer.
   */
  base: { runId: string; step: number } | 'nothing' | null;
  /** Trainable scope: some of the model's own weights, or an adapter. */
  learns: TrainableScope['what'] | 'adapter';
  /** Number of last layers to train, if the scope is layers. */
  layers: number;
  adapter: Omit<AdapterChoice, 'beside'>;
  beside: TargetModules['what'];
  /** Weights to train, if the scope is named weights. */
  targets: readonly string[];
  /** Data type of frozen weights. */
  rest: FrozenDtype;
  /** Chat template, in Jinja; null: the base tokenizer's, or else the default. */
  template: string | null;
  /** Held-out share of the training data. */
  heldOut: number;
  /** Ids of texts that replace the base's training data, if that isn't stored. */
  old: readonly string[];
  /** The purpose and the base determine its objective. */
  recipe: Recipe;
  /** Whether a person changed the default learning rate. */
  rateByHand: boolean;
  /** Settings of a classifier. */
  classify: ClassifierChoice;
}

export interface ClassifierChoice extends Pick<TuningChoice, 'heldOut' | 'recipe' | 'rateByHand'> {
  /** Pooling of a text's hidden states; null: the architecture's usual one. */
  pooling: Pooling | null;
  /** Reads texts longer than the context in windows instead of truncating them. */
  inWindows: boolean;
  /** Minimum number of texts with a label to train it without asking. */
  fewest: 1 | 2;
  /** Epochs, which determine the steps; null: the default for this number of texts. */
  passes: number | null;
  /** Architecture of a new classifier: the default, or that of the Model page. Absent: the default until that page is used. */
  body?: (typeof BODIES)[number];
  /** How to make a new classifier's tokenizer from its texts; null: the project's, or a default one if it has none. */
  tokenizer: TokenizerChoice | null;
  /** Context of a new classifier, in tokens; absent: that of its architecture. */
  context?: number;
}

const BODIES = ['usual', 'project'] as const;

/** Few steps, because small data is quickly overfitted; the rate follows the trainable weights. */
const RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  steps: 200,
  batch: 4,
  warmup: 20,
  weightDecay: 0.01,
  replay: 0.1,
  evalEvery: 20,
  saveEvery: 50,
  samplePrompt: '',
};

/** A row is one text, so batches are larger; the rate decays to 0 by the end of the last epoch. */
const CLASSIFIER_RECIPE: Recipe = {
  ...RECIPE,
  objective: 'labels',
  batch: 16,
  dropout: 0.1,
  replay: 0,
  saveEvery: 100,
};

/** Default settings for a purpose. */
export const ofPurpose = (tuning: TuningChoice, purpose = tuning.purpose): TuningChoice => ({
  ...tuning,
  purpose,
  ...(purpose === 'classify' && {
    heldOut: tuning.classify.heldOut,
    recipe: tuning.classify.recipe,
    rateByHand: tuning.classify.rateByHand,
  }),
});

export const initialTuning = (): TuningChoice => ({
  purpose: 'adapt',
  base: null,
  learns: 'adapter',
  layers: 2,
  adapter: { id: 'lora', settings: initialValues(ADAPTERS.lora.fields) },
  beside: 'all',
  targets: [],
  rest: 'f32',
  template: null,
  heldOut: 0.1,
  old: [],
  recipe: RECIPE,
  rateByHand: false,
  classify: initialClassifier(),
});

const initialClassifier = (): ClassifierChoice => ({
  pooling: null,
  inWindows: false,
  fewest: 2,
  passes: null,
  tokenizer: null,
  heldOut: 0.2,
  recipe: CLASSIFIER_RECIPE,
  rateByHand: false,
});
/** Maximum number of epochs. */
export const MAX_EPOCHS = 1000;

const heldOut = z.number().gt(0).max(0.5);
const names = z.array(z.string().max(1000)).max(1000);
export const tuningSchema: z.ZodType<TuningChoice> = z.looseObject({
  purpose: z.enum(PURPOSES),
  base: z
    .union([z.object({ runId: z.string().regex(/^[\w-]{1,64}$/), step: z.int().nonnegative() }), z.literal('nothing')])
    .nullable(),
  learns: z.enum(['all', 'last', 'norms', 'adapter']),
  layers: z.int().positive().max(10_000),
  adapter: z.object({ id: z.enum(Object.keys(ADAPTERS) as AdapterId[]), settings: z.looseObject({}) }).transform(
    ({ id, settings }) =>
      ({
        id,
        settings: Object.fromEntries(
          Object.entries(adapterOf(id).fields).map(([name, field]) => [
            name,
            fieldSchema(field).catch(field.initial).parse(settings[name]),
          ]),
        ),
      }) as unknown as TuningChoice['adapter'],
  ),
  beside: z.enum(['all', 'attention', 'named']),
  targets: names,
  rest: z.enum(FROZEN_DTYPES),
  template: z.string().max(MAX_TEMPLATE_LENGTH).nullable(),
  heldOut,
  old: names,
  recipe: recipeSchema,
  rateByHand: z.boolean(),
  // Absent in records of older builds.
  classify: z
    .looseObject({
      pooling: z.enum(POOLINGS).nullable(),
      inWindows: z.boolean(),
      fewest: z.union([z.literal(1), z.literal(2)]),
      passes: z.number().gt(0).max(MAX_EPOCHS).nullable(),
      body: z.enum(BODIES).exactOptional(),
      tokenizer: tokenizerChoiceSchema.nullable().default(null), // absent in older builds too
      context: z.int().min(1).max(65_536).exactOptional(),
      heldOut,
      recipe: recipeSchema,
      rateByHand: z.boolean(),
    })
    .default(() => ({ ...initialClassifier() })),
});
