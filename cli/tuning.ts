/** What tune asks of a run besides what grow does, and what it tells of the result. */
import type { Trainable } from '../src/core/adapters/trainable';
import { unwatched } from '../src/core/base/job';
import { formatReading, formatShare } from '../src/core/base/units';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { evaluate } from '../src/core/evaluate/evaluate';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { partToEvaluate } from '../src/core/evaluate/ofPart';
import { type ModelChoice, network, type Rest } from '../src/core/models/network';
import type { BaseConfig, Classes } from '../src/core/models/spec';
import { learntFrom } from '../src/core/objectives';
import { storedBaselines } from '../src/core/runs/storedBaselines';
import type { Recipe } from '../src/core/train/recipe';
import { tuningStart } from '../src/jobs/tuningStart';
import type { Examples } from '../node/texts/examples';
import type { OldText } from '../node/texts/forgetting';
import type { Start } from '../node/folders/from';
import type { OPTIONS } from './growOptions';
import type { Values } from './options';
import type { Prepared } from '../node/texts/prepared';
import { configOf } from './sizeFlags';

export interface Begins {
  /** What learns; absent where all does. */
  trainable?: Trainable;
  /** All weights, and what an adapter begins with that has learnt something. */
  base: NamedTensors;
  /** The model as it is then: with that in its weights. */
  weights: NamedTensors;
  /** The folder that the adapter is from, and what is said of it. */
  from?: string;
  words?: string;
}

export interface Tuning {
  /** With what a run begins on a model. */
  begins(start: Pick<Start, 'model' | 'weights'>): Promise<Begins> | Begins;
  /** How what does not learn rests. */
  rest: Rest;
  /** How a conversation is written, in Jinja; absent: as the tokenizer has it, or else as is usual. Undefined where no chats are learnt. */
  chats?: { template?: string };
  /** Where it is to tell texts apart: texts with labels, and what their labels are. */
  classify?: { examples: Examples; classes(model: Pick<ModelChoice, 'id'>): Classes };
  /** Files of text that it had learnt before; absent: what its run has held out. */
  old: readonly string[] | undefined;
}

/** The base as the run starts from it. @throws HomegrownError as `tuningStart` does */
export const startOf = (start: Start, { classify }: Tuning, seed: number): Start => ({
  ...start,
  ...tuningStart(start, classify?.classes(start.model), seed),
});

/** What a new model is before there is a tokenizer. */
export function begunAs(options: Values<typeof OPTIONS>, tuning?: Tuning): Pick<ModelChoice, 'id' | 'config'> {
  const { model: id } = options;
  const config: BaseConfig = configOf(id, options);
  return { id, config: tuning?.classify ? { ...config, classes: tuning.classify.classes({ id }) } : config };
}

/** What a recipe learns by, where tuning settles it. */
export const objectiveOfTuning = ({ chats, classify }: Partial<Tuning>): Pick<Recipe, 'objective'> | undefined =>
  chats ? { objective: 'chats' } : classify ? { objective: 'labels' } : undefined;

/** Perplexity on old text. */
export interface Forgetting {
  before: number;
  after: number;
}

/** Of a model at rest. */
export async function measuredBy(old: OldText, model: ModelChoice, weights: NamedTensors): Promise<number> {
  const net = await network(model, weights);
  try {
    return (await old(net)).value;
  } finally {
    net.dispose();
  }
}

interface Tuned extends Pick<Prepared, 'tokenizer' | 'train' | 'validation' | 'data' | 'measured' | 'sources'> {
  model: ModelChoice;
  recipe: Recipe;
  /** With what an adapter has learnt in them. */
  weights: NamedTensors;
  old: OldText | undefined;
}

/** What `evaluate` says of the result on its held-out part, and its perplexity on old text. */
export async function judged(
  { model, recipe, weights, tokenizer, train, validation, data, measured, sources, old }: Tuned,
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; after?: number }> {
  const learnt = learntFrom(recipe.objective);
  const sourceOf = (place: number): string => sources[place] ?? '';
  const parts = { heldOut: validation, train };
  const stored = storedBaselines({ model, objective: recipe.objective }, data, data, 'validation') && measured;
  const part = await partToEvaluate(parts, tokenizer, sourceOf, learnt, model.config.context, stored);
  const net = await network(model, weights);
  try {
    const evaluation = await evaluate(
      net,
      tokenizer,
      { ...part, objective: recipe.objective },
      { ...unwatched, signal },
    );
    const after = await old?.(net);
    return { evaluation, ...(after && { after: after.value }) };
  } finally {
    net.dispose();
  }
}

/** `Old text: perplexity 31.8 before, 33.7 after (+5.9 %).` */
export function forgettingWords({ before, after }: Forgetting): string {
  const change = after / before - 1;
  const told = `${change > 0 ? '+' : ''}${formatShare(change)}`;
  return `Old text: perplexity ${formatReading(before)} before, ${formatReading(after)} after (${told}).`;
}
