/** Compares a language model with counting baselines; returns a verdict if one of them beats it. For Train and Runs. */
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
  /** Verdict with its evidence: for a classifier, or for a language model that a counting baseline beats. */
  judgement?: string;
  evidence?: string;
  /** Set if a counting baseline beats the model, and more text would help more than more steps. */
  needsText?: boolean;
  /** Usual learning rate, if a counting baseline beats the model and its own rate is far from that. */
  needsRate?: number;
}

/** Explanations of the baselines for beginners. */
const BASELINE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  unigram: 'which only counts how common each token is',
  bigram: 'which only counts which token follows which',
  trigram: 'which only counts which token follows which two',
};

/** Facts that a model's standing depends on. */
interface TrainedModel {
  recipe: Pick<Recipe, 'objective' | 'optimizer' | 'learningRate'>;
  model: ModelChoice;
  segments: Segments;
  /** Set if the run trains some of the weights, or an adapter. */
  trainable?: unknown;
}

/** How training ended. */
export interface Ending {
  /** Trend of the validation loss. */
  trend?: Verdict['trend'];
  /** Validation loss minus training loss, in nats per token. */
  gap?: number | undefined;
}

/** @param loss best validation loss, in nats per token */
export function modelStanding(
  loss: number,
  { recipe, model, segments, trainable }: TrainedModel,
  { trend = null, gap = 0 }: Ending = {},
): Standing {
  const [, ...baselines] = baselinesOf(recipe.objective, model, segments.at(-1)!.data.facts); // uniform doesn't count
  const [strongest, ...others] = baselines.toSorted((a, b) => a.loss - b.loss);
  if (!strongest) return { kind: 'unknown' };
  if (loss < strongest.loss) return { kind: 'better' };
  const { label, scale } = headlineOf(recipe.objective);
  const formatted = (nats: number): string => formatReading(scale.of(nats));
  // The simplest baseline that beats the model says most about it.
  const simplest = others.findLast((other) => other.loss <= loss) ?? strongest;
  const description = BASELINE_DESCRIPTIONS[simplest.id];
  const simplestWords = `${simplest.words}${description === undefined ? '' : `, ${description},`} has ${formatted(simplest.loss)}`;
  const strongestWords = simplest === strongest ? '' : `, and ${strongest.words} ${formatted(strongest.loss)}`;
  const beatenBaseline = others.find((other) => loss < other.loss);
  const beatenWords = beatenBaseline ? ` It passed ${beatenBaseline.words} (${formatted(beatenBaseline.loss)}).` : '';
  // Adapters and partly trained models have other usual rates.
  const rateProblem = trainable === undefined ? unusualRate(recipe, countParams(paramsOf(model))) : undefined;
  const needsText = !rateProblem && gap >= TOO_MUCH_GAP;
  const advice = rateProblem
    ? ` The learning rate ${rateProblem.words}.`
    : needsText
      ? ` At the last step, ${lowerFirst(gapWords(gap))}: more text helps more than more steps.`
      : stillImproving(trend === 'falling');
  return {
    kind: 'worse',
    ...(needsText && { needsText }),
    ...(rateProblem && { needsRate: rateProblem.usual }),
    judgement: stillBeats(simplest.id, simplest.words),
    evidence: `${label} ${formatted(loss)} on text it never saw; ${simplestWords}${strongestWords}.${beatenWords}${advice}`,
  };
}
