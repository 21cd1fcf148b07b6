import { formatCount } from '../base/units';
import { baselineFacts, type BaselineFacts } from '../objectives/facts';
import type { ShardManifest } from '../shards/manifest';
import type { DataFacts } from './settings';

/** Facts on a run's training data, for its record and card. */
export const factsOf = (
  data: BaselineFacts & { manifest: ShardManifest },
  texts: Readonly<DataFacts['texts']>,
): DataFacts => {
  const { textHash, split, parts } = data.manifest;
  const sizes = Object.entries(parts).map(([name, { tokens, bytes, documents }]) => {
    return [name, { tokens, bytes, ...(documents !== undefined && { documents }) }];
  });
  return {
    texts: [...texts],
    textHash,
    split,
    parts: Object.fromEntries(sizes) as DataFacts['parts'],
    ...baselineFacts(data),
  };
};

/** `ahab.txt and queequeg.txt`, `ahab.txt and 4 others`. */
export function textNames({ texts }: DataFacts): string {
  const [first, second] = texts;
  if (!first) return 'other text';
  if (!second) return first.name;
  return texts.length === 2
    ? `${first.name} and ${second.name}`
    : `${first.name} and ${formatCount(texts.length - 1)} others`;
}
