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

/** Inputs of an evaluation that a part provides. */
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

/** Baselines measured when the data were built. */
export interface StoredBaselines {
  facts: BaselineFacts;
  /** Occurrences of each id in the training part, [vocabulary]. */
  counts: ArrayLike<number>;
}

/**
 * @param sourceOf name of the text that contains the document at this index in the data
 * @param source kind of data that the model was trained on
 * @param context in tokens
 * @param stored baselines of this part; if given, documents of the training part aren't read
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
