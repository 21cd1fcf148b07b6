/** How a language model does against models that only count, with a verdict where one of them beats it. For Train and Runs. */
import { lowerFirst } from '../base/firstLetter';
import { formatReading } from '../base/units';
import { baselinesOf, headlineOf } from '../objectives';
import { stillBeats, stillImproving } from '../objectives/baseline';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';
import { countParams } from '../models/spec';
import { unusualRate } from '../train/unusualRate';
import type { Recipe } from '../train/recipe';
import { gapWords, TOO_MUCH_GAP } from '../train/memorizing';
import type { Verdict } from '../train/verdict';
import type { StandingKind } from '../evaluate/labelResult';
import type { Segments } from './segments';

export interface Standing {
  kind: StandingKind;
  /** Verdict with its evidence: of a classifier, and of a language model that counting beats. */
  judgement?: string;
  evidence?: string;
  /** Counting beats it, and more text would help more than more steps. */
  needsText?: boolean;
  /** Usual learning rate, if counting beats the model and its own rate is far from that. */
  needsRate?: number;
}

/** What a baseline counts, for those who have never met it. */
const COUNTS: Readonly<Record<string, string>> = {
  unigram: 'which only counts how common each token is',
  bigram: 'which only counts which token follows which',
  trigram: 'which only counts which token follows which two',
};

/** What a model's standing depends on. */
interface Trained {
  recipe: Pick<Recipe, 'objective' | 'optimizer' | 'learningRate'>;
  model: ModelChoice;
  segments: Segments;
  /** Set for a run that trains some of the weights, or an adapter. */
  trainable?: unknown;
}

/** How training ended. */
export interface Ending {
  /** Of the loss on the validation set. */
  trend?: Verdict['trend'];
  /** Validation loss minus training loss, in nats per token. */
  gap?: number | undefined;
}

/** @param loss best on the validation set, in nats per token */
export function modelStanding(
  loss: number,
  { recipe, model, segments, trainable }: Trained,
  { trend = null, gap = 0 }: Ending = {},
): Standing {
  const [, ...counting] = baselinesOf(recipe.objective, model, segments.at(-1)!.data.facts); // uniform only guesses
  const [strongest, ...others] = counting.toSorted((a, b) => a.loss - b.loss);
  if (!strongest) return { kind: 'unknown' };
  if (loss < strongest.loss) return { kind: 'better' };
  const { label, scale } = headlineOf(recipe.objective);
  const formatted = (nats: number): string => formatReading(scale.of(nats));
  // The simplest that beats it says the most of where the model stands.
  const simplest = others.findLast((other) => other.loss <= loss) ?? strongest;
  const counts = COUNTS[simplest.id];
  const who = `${simplest.words}${counts === undefined ? '' : `, ${counts},`} has ${formatted(simplest.loss)}`;
  const best = simplest === strongest ? '' : `, and ${strongest.words} ${formatted(strongest.loss)}`;
  const passed = others.find((other) => loss < other.loss);
  const past = passed ? ` It passed ${passed.words} (${formatted(passed.loss)}).` : '';
  // Adapters and parts of a model have other usual rates.
  const off = trainable === undefined ? unusualRate(recipe, countParams(paramsOf(model))) : undefined;
  const needsText = !off && gap >= TOO_MUCH_GAP;
  const rest = off
    ? ` The learning rate ${off.words}.`
    : needsText
      ? ` At the last step, ${lowerFirst(gapWords(gap))}: more text helps more than more steps.`
      : stillImproving(trend === 'falling');
  return {
    kind: 'worse',
    ...(needsText && { needsText }),
    ...(off && { needsRate: off.usual }),
    judgement: stillBeats(simplest.id, simplest.words),
    evidence: `${label} ${formatted(loss)} on text it never saw; ${who}${best}.${past}${rest}`,
  };
}
