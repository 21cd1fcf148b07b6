import { type Kind } from '../base/record';
import { z } from '../base/zod';

const stored = z.object({ key: z.string(), sha256: z.string() });
const split = z.object({
  /** Ids in this part. */
  tokens: z.int().nonnegative(),
  /** UTF-8 bytes of text that they stand for: the denominator of bits per byte. */
  bytes: z.int().nonnegative(),
  /** BlobStore key and SHA-256 (hex) of each shard, in order. */
  shards: z.array(stored),
  /** How often each id occurs, for the unigram baseline; length = vocabulary. Kept under this key as u32. */
  counts: stored,
});
/**
 * Token ids on disk: fixed-size files of little-endian unsigned integers, described by one manifest. It is kept under
 * `data/<id>` and the shards under `shards/<id>/`, where id follows from the texts, the tokenizer and the settings.
 */
export const shardManifest = z.object({
  version: z.literal(1),
  /** Hash of the tokenizer and of the text (its files' hashes in order): what the ids were made from. */
  tokenizerHash: z.string(),
  textHash: z.string(),
  vocabulary: z.int().positive(),
  /** Bytes per id: 2 when vocabulary <= 65,536, else 4. */
  width: z.union([z.literal(2), z.literal(4)]),
  /** Ids in every shard but the last of its part. */
  shardLength: z.int().positive(),
  /** Each text's own end is held out; absent = the end of them all, as of a single one, and as older builds cut several. */
  eachText: z.literal(true).exactOptional(),
  train: split,
  validation: split,
});
export type ShardManifest = z.infer<typeof shardManifest>;
export type Split = z.infer<typeof split>;
export type SplitName = 'train' | 'validation';

const MANIFESTS = 'data/';
export const manifestKey = (id: string): string => `${MANIFESTS}${id}`;
export const DATA: Kind<ShardManifest> = {
  what: (key) => `The list of the data ${key.slice(MANIFESTS.length)}`,
  version: 1,
  schema: shardManifest,
  upgrades: [],
};
/** The id, from where the manifest says its values are. */
export const dataId = ({ train }: ShardManifest): string => train.counts.key.split('/')[1] ?? '';
export const shardsPrefix = (id: string): string => `shards/${id}/`;

/** One part of the data, readable at any place. */
export interface TokenSource {
  readonly tokens: number;
  readonly bytes: number;
  readonly vocabulary: number;
  /** `length` ids from `start`, 0 <= start, start + length <= tokens. Keeps a bounded number of shards in memory. */
  read(start: number, length: number): Promise<Uint32Array>;
}
