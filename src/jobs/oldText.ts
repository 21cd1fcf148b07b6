/** Old text of a tuned run, which was its base's training text: rules for replaying it and for measuring forgetting. */
import type { BlobStore } from '../core/base/blobStore';
import { badSettings } from '../core/base/errors';
import { unlessUnreadable } from '../core/base/record';
import { formatCount } from '../core/base/units';
import { documentsIn } from '../core/evaluate/blocks';
import { hasPerplexity, perplexityOn } from '../core/evaluate/forgotten';
import type { ModelChoice } from '../core/models/network';
import { type ObjectiveId, trainingSource } from '../core/objectives';
import { readRun, type RunRecord } from '../core/runs/record';
import { dataOf, type SegmentData } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { readShards } from '../core/shards/build';
import type { TokenSource } from '../core/shards/manifest';
import { openPart } from '../core/shards/read';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import type { Recipe } from '../core/train/recipe';
import type { Tuned } from './train';

/** @throws HomegrownError `bad-settings` if replayed ids are of another vocabulary than the model's */
export function checkVocabulary(
  { vocabulary }: Pick<TokenSource, 'vocabulary'>,
  { size }: Pick<Tokenizer, 'size'>,
): void {
  if (vocabulary === size) return;
  throw badSettings(
    `The replayed text has a vocabulary of ${formatCount(vocabulary)} tokens; the model has ${formatCount(size)}.`,
    'Tokenize it with the base model’s tokenizer.',
  );
}

/** Whether forgetting is perplexity on old text, which needs every objective of the run and its base to have one. */
export const isForgettingMeasured = (
  model: Pick<ModelChoice, 'id' | 'config'>,
  objectives: readonly ObjectiveId[],
): boolean => objectives.every((objective) => hasPerplexity(objective, model));

/** Text that the base was trained on last: its own, or if it was tuned on chats, the text before that. */
export const earlierData = (run: RunRecord): SegmentData | undefined => {
  const data = dataOf(run);
  if (data.id !== null && trainingSource(run.objective) === 'documents') return data;
  return run.old && run.old.id !== null ? run.old : undefined; // An imported run has only its description.
};

/** Returns the recipe to resume with: without replay if the old text is gone, which starts a segment. */
export async function withOldText(store: BlobStore, { old }: RunRecord, recipe: Recipe): Promise<Recipe> {
  return old && !(await oldData(store, old)) ? { ...recipe, replay: 0 } : recipe;
}

const oldData = async (store: BlobStore, { id }: SegmentData) =>
  id === null ? undefined : unlessUnreadable(readShards(store, id));

/**
 * Opens the old text of a run: its training set to replay, and a measure of perplexity on its validation set.
 * @returns nothing if it is gone or unreadable
 * @throws HomegrownError `bad-settings` if its vocabulary differs from the model's
 */
export async function openOldText(
  store: BlobStore,
  run: RunRecord,
  old: SegmentData,
): Promise<Pick<Tuned, 'old' | 'replayed'>> {
  const manifest = await oldData(store, old);
  if (!manifest) return {};
  const tokenizer = await createTokenizer(await readTokenizer(store, run));
  checkVocabulary(manifest, tokenizer);
  const parent = run.parent && (await readRun(store, run.parent.runId));
  const isMeasured = isForgettingMeasured(
    run.model,
    [run, parent ?? run].map(({ objective }) => objective),
  );
  const documents = isMeasured ? await documentsIn(openPart(store, manifest, 'validation'), tokenizer) : [];
  return {
    replayed: openPart(store, manifest, 'train'),
    ...(documents.length > 0 && { old: perplexityOn(documents, tokenizer, run.objective) }),
  };
}
