import { baselineFacts, type BaselineFacts } from '../objectives/facts';
import type { ShardManifest } from '../shards/manifest';
import type { DataFacts } from './settings';

/** What a run's record and its card say of the data it learns from. */
export const factsOf = (
  data: BaselineFacts & { manifest: ShardManifest; validationShare: number },
  texts: Readonly<DataFacts['texts']>,
): DataFacts => {
  const { manifest, validationShare } = data;
  return {
    texts: [...texts],
    textHash: manifest.textHash,
    trainTokens: manifest.train.tokens,
    trainBytes: manifest.train.bytes,
    validationTokens: manifest.validation.tokens,
    validationBytes: manifest.validation.bytes,
    validationShare,
    ...(manifest.eachText && { eachText: true }),
    ...baselineFacts(data),
  };
};
