/** Settings of tune besides those of grow, and the evaluation of its result. */
import type { Trainable } from '../src/core/adapters/trainable';
import { unwatched } from '../src/core/base/job';
import { formatReading, formatShare } from '../src/core/base/units';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { evaluate } from '../src/core/evaluate/evaluate';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { type ModelChoice, network, type Rest } from '../src/core/models/network';
import type { BaseConfig, Classes } from '../src/core/models/spec';
import type { Decision } from '../src/core/runs/settings';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import type { Recipe } from '../src/core/train/recipe';
import { evaluationDecision } from '../src/jobs/evaluationDecision';
import { readHeldOut } from '../src/jobs/heldOutPart';
import { tuningStart } from '../src/jobs/tuningStart';
import type { Examples } from '../node/texts/examples';
import type { OldText } from '../node/texts/forgetting';
import type { StartingModel } from '../node/folders/startingModel';
import type { OPTIONS } from './growOptions';
import type { Values } from './options';
import { heldOutIn, type RunParts } from '../node/texts/runData';
import { configOf } from './sizeFlags';

export interface Begins {
  /** Trained part; absent: all. */
  trainable?: Trainable;
  /** All weights, with those of a trained adapter. */
  base: NamedTensors;
  /** Weights of the model, with the adapter merged. */
  weights: NamedTensors;
  /** Folder of the adapter, and a sentence about it. */
  from?: string;
  words?: string;
}

export interface Tuning {
  /** Returns the start of a run on a model. */
  begins(start: Pick<StartingModel, 'model' | 'weights'>): Promise<Begins> | Begins;
  /** Precision of frozen weights. */
  rest: Rest;
  /** Chat template in Jinja; absent: the tokenizer's own, or a default. Undefined without chats. */
  chats?: { template?: string };
  /** Labeled texts of a classifier, and its labels. */
  classify?: { examples: Examples; classes(model: Pick<ModelChoice, 'id'>): Classes };
  /** Files of old text; absent: the validation set of the base's run. */
  old: readonly string[] | undefined;
}

/** The base as the run starts from it. @throws HomegrownError as `tuningStart` does */
export const startOf = (start: StartingModel, { classify }: Tuning, seed: number): StartingModel => ({
  ...start,
  ...tuningStart(start, classify?.classes(start.model), seed),
});

/** Returns architecture and sizes of a new model, before its tokenizer exists. */
export function begunAs(options: Values<typeof OPTIONS>, tuning?: Tuning): Pick<ModelChoice, 'id' | 'config'> {
  const { model: id } = options;
  const config: BaseConfig = configOf(id, options);
  return { id, config: tuning?.classify ? { ...config, classes: tuning.classify.classes({ id }) } : config };
}

/** Returns the objective that tuning sets. */
export const objectiveOfTuning = ({ chats, classify }: Partial<Tuning>): Pick<Recipe, 'objective'> | undefined =>
  chats ? { objective: 'chats' } : classify ? { objective: 'labels' } : undefined;

/** Perplexity on old text. */
interface Forgetting {
  before: number;
  after: number;
}

/** Measures perplexity on old text of a model that isn't training. */
export async function measuredBy(old: OldText, model: ModelChoice, weights: NamedTensors): Promise<number> {
  const net = await network(model, weights);
  try {
    return (await old(net)).value;
  } finally {
    net.dispose();
  }
}

interface Tuned {
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: Tokenizer;
  parts: RunParts;
  /** With what an adapter learned. */
  weights: NamedTensors;
  decision: Decision | undefined;
  step: number;
  old: OldText | undefined;
}

/** Evaluates a tuned model on its validation set, as `evaluate` does, and measures its perplexity on old text. */
export async function judged(
  { model, recipe, tokenizer, parts, weights, decision, step, old }: Tuned,
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; after?: number }> {
  const heldOut = heldOutIn(parts, { model, objective: recipe.objective }, 'validation')!;
  const read = await readHeldOut(heldOut, tokenizer);
  const asked = {
    ...read,
    ...(model.config.classes && { decision: evaluationDecision(decision, 'validation', step) }),
  };
  const net = await network(model, weights);
  try {
    const evaluation = await evaluate(net, tokenizer, asked, { ...unwatched, signal });
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
