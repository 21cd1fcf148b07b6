/** What tune asks of a run besides what grow does, and what it tells of the result. */
import type { Trainable } from '../src/core/adapters/trainable';
import { unwatched } from '../src/core/base/job';
import { formatReading, formatShare } from '../src/core/base/units';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { evaluate } from '../src/core/evaluate/evaluate';
import type { Evaluation } from '../src/core/evaluate/evaluation';
import { partToEvaluate } from '../src/core/evaluate/ofPart';
import { type ModelChoice, network, type Rest } from '../src/core/models/network';
import { learntFrom } from '../src/core/objectives';
import type { Recipe } from '../src/core/train/recipe';
import type { OldText } from './forgetting';
import type { Start } from './from';
import type { Prepared } from './prepared';

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
  /** Share of the text that is held out. */
  heldOut: number;
  /** How a conversation is written, in Jinja; absent: as the tokenizer has it, or else as is usual. Undefined where no chats are learnt. */
  chats?: { template?: string };
  /** Files of text that it had learnt before; absent: what its run has held out. */
  old: readonly string[] | undefined;
}

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

interface Tuned extends Pick<Prepared, 'tokenizer' | 'train' | 'validation' | 'sources'> {
  model: ModelChoice;
  recipe: Recipe;
  /** With what an adapter has learnt in them. */
  weights: NamedTensors;
  old: OldText | undefined;
}

/** What `evaluate` says of the result on its held-out part, and its perplexity on old text. */
export async function judged(
  { model, recipe, weights, tokenizer, train, validation, sources, old }: Tuned,
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; after?: number }> {
  const learnt = learntFrom(recipe.objective);
  const sourceOf = (place: number): string => sources[place] ?? '';
  const parts = { heldOut: validation, train };
  const part = await partToEvaluate(parts, tokenizer, sourceOf, learnt, model.config.context);
  const net = await network(model, weights);
  try {
    const evaluation = await evaluate(
      net,
      tokenizer,
      { ...part, ofPairs: learnt === 'pairs' },
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
