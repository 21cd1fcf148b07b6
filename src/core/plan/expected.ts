/** Expected quality of a run in the unit of its kind, for plan, doctor and forecast. */
import { formatCount } from '../base/units';
import type { ModelId } from '../models';
import type { Recipe } from '../train/recipe';
import {
  type Band,
  type Circumstances,
  expectedLoss,
  isCovered,
  MAX_REPEATED,
  MIN_TOKENS,
  type QualityKind,
  qualityKindOf,
} from './quality';
import type { VocabularyProfile } from './profile';

export type QualityUnit = 'bits per byte' | 'perplexity';

export interface Expected extends Band {
  unit: QualityUnit;
}

/** Units by kind. Bits per byte need predictions of the whole text, which masked tokens and spans aren't. */
const QUALITY_UNITS: Readonly<Record<QualityKind, QualityUnit>> = {
  gpt: 'bits per byte',
  llama: 'bits per byte',
  bert: 'perplexity',
  t5: 'perplexity',
};

/**
 * Expected quality of a run before it starts.
 * @returns undefined for a run that the quality model doesn't cover
 */
export function coveredQuality(
  model: ModelId,
  { objective, optimizer }: Pick<Recipe, 'objective' | 'optimizer'>,
  run: Omit<Circumstances, 'kind'>,
  vocabulary: VocabularyProfile,
): Expected | undefined {
  const kind = qualityKindOf(model, objective);
  return kind && isCovered({ ...run, kind }, optimizer) ? expectedQuality({ ...run, kind }, vocabulary) : undefined;
}

/** Expected quality at the best evaluation of a run, on the validation set. */
function expectedQuality(run: Circumstances, vocabulary: VocabularyProfile): Expected {
  const unit = QUALITY_UNITS[run.kind];
  if (unit === 'bits per byte') return { ...expectedLoss(run, vocabulary.unigramBits), unit };
  const nats = Math.LN2 * vocabulary.bytesPerToken * vocabulary.unigramBits;
  const { value, low, high } = expectedLoss(run, nats);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), unit };
}

/**
 * Explains why a planned run has no estimate of its quality.
 * @param repeated share of the text that repeats
 * @param tokens read in training
 */
export function uncoveredWords(repeated: number, tokens: number): string {
  const why =
    repeated > MAX_REPEATED
      ? `${formatCount(100 * repeated)} % of this text repeats`
      : tokens < MIN_TOKENS
        ? `${formatCount(tokens)} training tokens are too few`
        : 'no recorded run has this objective';
  return `No estimate of the result: ${why}.`;
}
