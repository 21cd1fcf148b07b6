/** Which text a part is: by this it is known whether what was measured is still of it, and how often it was looked at. */
import type { PartName, ShardManifest } from '../shards/manifest';

interface SplitText extends Pick<ShardManifest, 'textHash' | 'split'> {
  parts: { readonly [part in PartName]?: { tokens: number; bytes: number } };
}

/** By the texts that it is of, how they are split, and how much of them it is. */
export const partHash = ({ textHash, split, parts }: SplitText, part: PartName): string =>
  [textHash, JSON.stringify(split), part, parts[part]?.tokens, parts[part]?.bytes].join(' ');
