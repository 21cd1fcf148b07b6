/** Measures data when they are built: token counts, and the losses and scores of models without training. */
import type { BlobStore } from '../../base/blobStore';
import type { Pause } from '../../base/job';
import type { ShardManifest } from '../../shards/manifest';
import { openPart, readCounts } from '../../shards/read';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import { type BaselineFacts, measureFacts } from '../facts';
import { measureLabels } from '../labelFacts';
import { measureNGrams } from './nGramFacts';
import { measurePairs } from '../pairFacts';

/**
 * @param labels whether each document has one label or several; undefined: ignores labels
 * @returns the facts, and the counts of the tokens of both parts, [vocabulary]
 */
export async function measureData(
  store: BlobStore,
  manifest: ShardManifest,
  tokenizer: Tokenizer,
  labels: 'one' | 'several' | undefined,
  pause: Pause,
) {
  const counts = {
    train: await readCounts(store, manifest, 'train'),
    validation: await readCounts(store, manifest, 'validation'),
  };
  const [train, validation] = [openPart(store, manifest, 'train'), openPart(store, manifest, 'validation')];
  // Classifiers and chats aren't trained to predict all tokens.
  const isNextToken = !labels && manifest.parts.train.learnt === undefined;
  const facts: BaselineFacts = {
    ...measureFacts(counts.train, counts.validation, tokenizer),
    ...(isNextToken && (await measureNGrams(train, validation, tokenizer, pause))),
    ...(await measurePairs(train, validation, tokenizer)),
    ...(labels && (await measureLabels(train, validation, tokenizer, labels === 'several', pause))),
  };
  return { facts, counts };
}
