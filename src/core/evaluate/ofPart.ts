/** A held-out part of a run's data to evaluate on, with counts of the training part. */
import { labelsAmong } from '../metrics/labels/labels';
import type { TrainingSource } from '../objectives/objective';
import { countTargets, pairsIn, textOf } from '../objectives/pairRows';
import type { PartSource } from '../shards/manifest';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { countedIn, documentsIn, MAX_COUNTED_TOKENS } from './blocks';
import { heldChatsIn } from './heldChats';
import { heldPairsIn } from './heldPairs';
import { heldTextsIn } from './heldTexts';
import type { ToEvaluate } from './readings/reading';
import type { BaselineFacts } from '../objectives/facts';

/** What a part is measured as. */
export type OfPart =
  | 'documents'
  | 'pairs'
  | 'chats'
  | 'labeled'
  | 'trainingTexts'
  | 'train'
  | 'trainingPairs'
  | 'counts'
  | 'facts';

/** What was measured when the data were built. */
export interface StoredBaselines {
  facts: BaselineFacts;
  /** How often each id occurs in the training part, [vocabulary]. */
  counts: ArrayLike<number>;
}

/**
 * @param sourceOf name of the text that has the document in this place among all of the data
 * @param source what kind of data the model was trained on, and so is measured on
 * @param context in tokens
 * @param stored earlier evaluation on this part: then the training part isn't read
 */
export async function partToEvaluate(
  { heldOut, train }: { heldOut: PartSource; train: PartSource },
  tokenizer: Tokenizer,
  sourceOf: (place: number) => string,
  source: TrainingSource,
  context: number,
  stored?: StoredBaselines,
): Promise<Pick<ToEvaluate, OfPart>> {
  if (source === 'chats') return { chats: await heldChatsIn(heldOut, context, sourceOf) };
  if (source === 'labels') {
    const trainingTexts = train.tokens <= MAX_COUNTED_TOKENS ? await heldTextsIn(train, tokenizer) : undefined;
    return { labeled: await heldTextsIn(heldOut, tokenizer, sourceOf), trainingTexts };
  }
  if (source === 'documents')
    return {
      documents: await documentsIn(heldOut, tokenizer, sourceOf),
      ...(stored ?? { train: await countedIn(train, tokenizer) }),
    };
  const pairs = await heldPairsIn(heldOut, sourceOf);
  const areLabels = labelsAmong(pairs.map(({ target }) => textOf(tokenizer, target))) !== undefined;
  return {
    pairs,
    counts: await countTargets(await pairsIn(train), tokenizer),
    ...(areLabels && train.tokens <= MAX_COUNTED_TOKENS && { trainingPairs: await heldPairsIn(train) }),
  };
}
