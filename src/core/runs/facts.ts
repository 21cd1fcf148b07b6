import { baselineFacts, type BaselineFacts } from '../objectives/facts';
import type { ShardManifest } from '../shards/manifest';
import type { DataFacts } from './settings';

/** What a run's record and its card say of the data it learns from. */
export const factsOf = (
  data: BaselineFacts & { manifest: ShardManifest },
  texts: Readonly<DataFacts['texts']>,
): DataFacts => {
  const { textHash, split, parts } = data.manifest;
  return {
    texts: [...texts],
    textHash,
    trainTokens: parts.train.tokens,
    trainBytes: parts.train.bytes,
    validationTokens: parts.validation.tokens,
    validationBytes: parts.validation.bytes,
    validationShare: split.validation,
    ...(texts.length > 1 && split.rule === 'ends' && { eachText: true }),
    ...baselineFacts(data),
  };
};
