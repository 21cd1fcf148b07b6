/** Tokenizes documents into a training, validation and test set, and measures baselines on them. */
import type { BlobStore } from '../core/base/blobStore';
import type { Documents } from '../core/base/document';
import { badSettings } from '../core/base/errors';
import { type Job, yieldUntil } from '../core/base/job';
import { loaded } from '../core/base/load';
import { formatShare } from '../core/base/units';
import { measureData } from '../core/objectives/baselines/measureData';
import { type BaselineFacts, baselineFacts } from '../core/objectives/facts';
import { buildShards, type ShardSettings } from '../core/shards/build';
import type { ShardManifest } from '../core/shards/manifest';
import { readCounts } from '../core/shards/read';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

interface DataToTokenize {
  documents: Documents;
  tokenizer: Tokenizer;
  split: Omit<ShardSettings, 'shardLength'>;
  /** The documents are chats: only the assistant's tokens are learned. */
  isOfChats: boolean;
  /** For a run that resumes: baselines measured earlier on the same data. */
  knownBaselines?: (manifest: ShardManifest) => BaselineFacts | undefined;
}

/** Token counts of a set, [vocabulary]. */
type Counts = Awaited<ReturnType<typeof readCounts>>;

interface TokenizedData {
  manifest: ShardManifest;
  baselines: BaselineFacts;
  counts: { train: Counts; validation: Counts };
}

/** @throws HomegrownError `bad-settings` if a set would have fewer than two tokens, or no chat would be held out */
export async function tokenizeData(store: BlobStore, data: DataToTokenize, job: Job): Promise<TokenizedData> {
  const { documents, tokenizer, split, isOfChats, knownBaselines } = data;
  const manifest = await buildShards(documents, tokenizer, split, store, job);
  if (isOfChats && manifest.parts.validation.tokens === 0) throw (await loadChatReader()).tooFewChats();
  const knownFacts = knownBaselines?.(manifest);
  if (knownFacts) {
    const counts = {
      train: await readCounts(store, manifest, 'train'),
      validation: await readCounts(store, manifest, 'validation'),
    };
    return { manifest, baselines: baselineFacts(knownFacts), counts };
  }
  checkTokens(manifest);
  const { facts, counts } = await measureData(store, manifest, tokenizer, split.labelKind, yieldUntil(job.signal));
  return { manifest, baselines: facts, counts };
}

/** Next-token prediction needs a token and the one after it. */
function checkTokens({ parts, split }: ShardManifest): void {
  for (const [name, part, share] of [
    ['validation', parts.train, split.validation],
    ['validation', parts.validation, split.validation],
    ['test', parts.test, split.test],
  ] as const) {
    if (!part || part.tokens > 1) continue;
    throw badSettings(`The text is too short for a ${name} set of ${formatShare(share)}`, 'Add text.');
  }
}

const loadChatReader = () => loaded('The chat reader', import('../core/chat/documents'));
