/** How a project's next tuning is set: to what end, of which model, what of it learns, and by which recipe. */
import { type Rest, RESTS } from '../models/spec';
import { type AdapterChoice, type AdapterId, adapterOf, ADAPTERS } from '../adapters';
import type { Beside } from '../adapters/beside';
import type { Learns } from '../adapters/learns';
import { initialValues } from '../base/field';
import { fieldSchema } from '../base/fieldSchema';
import { z } from '../base/zod';
import { LONGEST_TEMPLATE } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { recipeSchema } from './settings';

/** To what end a model is tuned: to text of a kind that it has seen little of, or to answer as chats do. */
export const PURPOSES = ['adapt', 'instruct'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface TuningChoice {
  purpose: Purpose;
  /** A saved step of a run; null: the project's run, at its newest. */
  base: { runId: string; step: number } | null;
  /** Some of the model's own weights, or an adapter beside them. */
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
  /** Share of what is learnt that is held out. */
  heldOut: number;
  /** Texts that stand for what the base had learnt, where that is not kept, by id. */
  old: readonly string[];
  /** Its objective is settled by the purpose and the base. */
  recipe: Recipe;
  /** The learning rate is not what is usual. */
  rateByHand: boolean;
}

/** Short, as there is little to learn from and much to forget; the rate follows what learns. */
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
});

const names = z.array(z.string().max(1000)).max(1000);
export const tuningSchema: z.ZodType<TuningChoice> = z.looseObject({
  purpose: z.enum(PURPOSES),
  base: z.object({ runId: z.string().regex(/^[\w-]{1,64}$/), step: z.int().nonnegative() }).nullable(),
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
  template: z.string().max(LONGEST_TEMPLATE).nullable(),
  heldOut: z.number().gt(0).max(0.5),
  old: names,
  recipe: recipeSchema,
  rateByHand: z.boolean(),
});
