/** A held-out part of a run's data as an evaluation reads it, in the app and the terminal. */
import { type OfPart, partToEvaluate } from '../core/evaluate/ofPart';
import type { ToEvaluate } from '../core/evaluate/readings/reading';
import type { ModelChoice } from '../core/models/network';
import { trainingSource, type ObjectiveId } from '../core/objectives';
import type { partHash } from '../core/runs/partHash';
import type { DataFacts } from '../core/runs/settings';
import { storedBaselines } from '../core/runs/storedBaselines';
import type { PartSource } from '../core/shards/manifest';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

export interface HeldOutPart {
  run: { model: ModelChoice; objective: ObjectiveId };
  part: 'validation' | 'test';
  heldOut: PartSource;
  train: PartSource;
  /** Measurements taken when the data was built. */
  facts: DataFacts | null;
  /** Parts of the current data. */
  parts: Parameters<typeof partHash>[0];
  /** Name of the text with the document at this place of the data. */
  sourceOf(place: number): string;
  /** Count of each id in the training set, [vocabulary]. */
  counts(): Promise<ArrayLike<number>> | ArrayLike<number>;
}

/** Baselines that were measured when the data were built aren't measured again. */
export async function readHeldOut(
  { run, part, heldOut, train, facts, parts, sourceOf, counts }: HeldOutPart,
  tokenizer: Tokenizer,
): Promise<Pick<ToEvaluate, OfPart | 'objective'>> {
  const { objective, model } = run;
  const baselines = storedBaselines(run, facts, parts, part);
  const stored = baselines && { facts: baselines, counts: await counts() };
  const source = trainingSource(objective);
  const toEvaluate = await partToEvaluate(
    { heldOut, train },
    tokenizer,
    sourceOf,
    source,
    model.config.context,
    stored,
  );
  return { ...toEvaluate, objective };
}
