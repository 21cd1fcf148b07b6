/** Identifies a part's text, to tell whether an evaluation is still valid and how often the part was accessed. */
import type { PartName, ShardManifest } from '../shards/manifest';

interface SplitText extends Pick<ShardManifest, 'textHash' | 'split'> {
  parts: { readonly [part in PartName]?: { tokens: number; bytes: number } };
}

/** Identifies a part by its texts, their split, and its size. */
export const partHash = ({ textHash, split, parts }: SplitText, part: PartName): string =>
  [textHash, JSON.stringify(split), part, parts[part]?.tokens, parts[part]?.bytes].join(' ');
