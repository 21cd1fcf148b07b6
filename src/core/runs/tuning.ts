/** Settings of a project's next tuning: purpose, base, trainable weights and recipe. */
import { type Pooling, POOLINGS, type Rest, RESTS } from '../models/spec';
import { type AdapterChoice, type AdapterId, adapterOf, ADAPTERS } from '../adapters';
import type { Beside } from '../adapters/beside';
import type { Learns } from '../adapters/learns';
import { initialValues } from '../base/field';
import { fieldSchema } from '../base/fieldSchema';
import { z } from '../base/zod';
import { MAX_TEMPLATE_LENGTH } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { recipeSchema, type TokenizerChoice, tokenizerChoiceSchema } from './settings';

/** To what end a model is tuned: to text of a kind that it has seen little of, to answer as chats do, or to tell texts apart. */
export const PURPOSES = ['adapt', 'instruct', 'classify'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface TuningChoice {
  purpose: Purpose;
  /**
   * A saved step of a run; null: the project's run, at its newest. A classifier can start from `nothing`: random weights with
   * the project's model and tokenizer.
   */
  base: { runId: string; step: number } | 'nothing' | null;
  /** Some of the model's own weights, or an adapter. */
  learns: Learns['what'] | 'adapter';
  /** How many, where the last layers learn. */
  layers: number;
  adapter: Omit<AdapterChoice, 'beside'>;
  beside: Beside['what'];
  /** Where that is by name. */
  targets: readonly string[];
  /** How what does not learn rests. */
  rest: Rest;
  /** How a conversation is written, in Jinja; null: as the base's tokenizer has it, or else as is usual. */
  template: string | null;
  /** Held-out share of the training data. */
  heldOut: number;
  /** Ids of texts that stand for the base's training data, if those aren't stored. */
  old: readonly string[];
  /** Its objective is settled by the purpose and the base. */
  recipe: Recipe;
  /** The learning rate is not what is usual. */
  rateByHand: boolean;
  /** How a classifier is made, where that is otherwise. */
  classify: ClassifierChoice;
}

export interface ClassifierChoice extends Pick<TuningChoice, 'heldOut' | 'recipe' | 'rateByHand'> {
  /** What of a text is scored; null: what is usual for the architecture. */
  pooling: Pooling | null;
  /** A text that is longer than the context is read in windows, and not cut. */
  inWindows: boolean;
  /** Minimum number of texts with a label to train it without asking. */
  fewest: 1 | 2;
  /** Times that each text is read, from which the steps follow; null: as is usual for so many texts. */
  passes: number | null;
  /** What one from nothing is: of the usual shape, or as the Model page has it. Absent: the former until that page was used. */
  body?: (typeof BODIES)[number];
  /** How the tokenizer of one from nothing is made of its texts; null: it has the project's, or one as is usual where that has none. */
  tokenizer: TokenizerChoice | null;
  /** Tokens that a new body reads of a text, where that was set; absent: as its shape has it. */
  context?: number;
}

const BODIES = ['usual', 'project'] as const;

/** Short, because small data are quickly overfitted; the rate follows the trainable weights. */
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

/** A row is a text, so that more of them make a batch; the rate falls to nothing at the last pass. */
const CLASSIFIER_RECIPE: Recipe = {
  ...RECIPE,
  objective: 'labels',
  batch: 16,
  dropout: 0.1,
  replay: 0,
  saveEvery: 100,
};

/** Settings as they are for a purpose. */
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
/** Passes that can be asked for. */
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
  rest: z.enum(RESTS),
  template: z.string().max(MAX_TEMPLATE_LENGTH).nullable(),
  heldOut,
  old: names,
  recipe: recipeSchema,
  rateByHand: z.boolean(),
  // Absent where an older build kept it.
  classify: z
    .looseObject({
      pooling: z.enum(POOLINGS).nullable(),
      inWindows: z.boolean(),
      fewest: z.union([z.literal(1), z.literal(2)]),
      passes: z.number().gt(0).max(MAX_EPOCHS).nullable(),
      body: z.enum(BODIES).exactOptional(),
      tokenizer: tokenizerChoiceSchema.nullable().default(null), // absent likewise
      context: z.int().min(1).max(65_536).exactOptional(),
      heldOut,
      recipe: recipeSchema,
      rateByHand: z.boolean(),
    })
    .default(() => ({ ...initialClassifier() })),
});
