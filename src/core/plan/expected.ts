/** Expected quality in the unit that a kind of run reports: the one answer of plan, doctor and forecast. */
import { formatCount } from '../base/units';
import type { ModelId } from '../models';
import type { ObjectiveId } from '../objectives';
import { type Band, type Circumstances, expectedLoss, MAX_REPEATED, type QualityKind, qualityKindOf } from './quality';
import type { VocabularyProfile } from './profile';

export type QualityUnit = 'bits per byte' | 'perplexity';

export interface Expected extends Band {
  unit: QualityUnit;
}

/** Masked tokens and spans are a part of the text: bits per byte would compare them with what predicts all of it. */
export const QUALITY_UNITS: Readonly<Record<QualityKind, QualityUnit>> = {
  gpt: 'bits per byte',
  llama: 'bits per byte',
  bert: 'perplexity',
  t5: 'perplexity',
};

/**
 * What is known of a run's quality before it starts: the one question that plan and doctor ask.
 * @returns undefined for a run that the quality model doesn't cover
 */
export function coveredQuality(
  model: ModelId,
  objective: ObjectiveId,
  run: Omit<Circumstances, 'kind'>,
  vocabulary: VocabularyProfile,
): Expected | undefined {
  const kind = qualityKindOf(model, objective);
  return kind && run.repeated <= MAX_REPEATED ? expectedQuality({ ...run, kind }, vocabulary) : undefined;
}

/** At the best evaluation of a run, on the validation set. */
export function expectedQuality(run: Circumstances, vocabulary: VocabularyProfile): Expected {
  const unit = QUALITY_UNITS[run.kind];
  if (unit === 'bits per byte') return { ...expectedLoss(run, vocabulary.unigramBits), unit };
  const nats = Math.LN2 * vocabulary.bytesPerToken * vocabulary.unigramBits;
  const { value, low, high } = expectedLoss(run, nats);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), unit };
}

/** Why no quality is expected of a run. @param repeated share of the text that repeats */
export const uncoveredWords = (repeated: number): string =>
  repeated > MAX_REPEATED
    ? `No estimate of the result: ${formatCount(100 * repeated)} % of this text repeats.`
    : 'No estimate of the result: no recorded run has this objective.';
