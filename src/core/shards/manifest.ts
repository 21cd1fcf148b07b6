import type { JsonObject, Kind } from '../base/record';
import { z } from '../base/zod';
import { type PartName, splitSchema } from '../documents/split';

const stored = z.object({ key: z.string(), sha256: z.string() });
const part = z.object({
  /** Ids in this part. */
  tokens: z.int().nonnegative(),
  /** UTF-8 bytes of the part's text: the denominator of bits per byte. */
  bytes: z.int().nonnegative(),
  /** BlobStore key and SHA-256 (hex) of each shard, in order. */
  shards: z.array(stored),
  /** Count of each id, for the unigram baseline, as u32; length = vocabulary. */
  counts: stored,
  /** Number of documents with a token in this part; absent if an older build stored no borders. */
  documents: z.int().nonnegative().exactOptional(),
  /**
   * Three u32 per document. First, its number of tokens without the end-of-text token that follows. Then its index in
   * the data, and that of its label in `labels`, or 2^32 - 1 without one. Null if an older build stored none.
   */
  borders: stored.nullable(),
  /** Two u32 per document: token range of the field with this name within the document; 0 and 0 without one. */
  fields: z.record(z.string(), stored).exactOptional(),
  /** Loss mask, one bit per token, lowest bit first; absent: all tokens count. */
  learnt: stored.exactOptional(),
});
/**
 * Token ids on disk: fixed-size files of little-endian unsigned integers, described by one manifest. The manifest is
 * stored under `data/<id>` and the shards under `shards/<id>/`. The id follows from the texts, the tokenizer and the
 * settings.
 */
export const shardManifest = z.object({
  version: z.literal(2),
  /** Hashes of the sources of the ids: the tokenizer, and the documents (their hashes in order). */
  tokenizerHash: z.string(),
  textHash: z.string(),
  vocabulary: z.int().positive(),
  /** Bytes per id: 2 when vocabulary <= 65,536, else 4. */
  width: z.union([z.literal(2), z.literal(4)]),
  /** Ids in each shard, except the last of its part. */
  shardLength: z.int().positive(),
  split: splitSchema,
  /** Labels of the documents, in ascending order; absent if none has a label. */
  labels: z.array(z.string()).exactOptional(),
  /** `test`: present if requested. */
  parts: z.object({ train: part, validation: part, test: part.exactOptional() }),
});
export type ShardManifest = z.infer<typeof shardManifest>;
export type Part = z.infer<typeof part>;
export type { PartName };

const MANIFESTS = 'data/';
export const manifestKey = (id: string): string => `${MANIFESTS}${id}`;
export const DATA: Kind<ShardManifest> = {
  what: (key) => `The manifest of the data ${key.slice(MANIFESTS.length)}`,
  version: 2,
  schema: shardManifest,
  upgrades: [upgradeManifest],
};

/**
 * Upgrades version 1, which had two parts without borders. The requested share was stored elsewhere, usually in whole
 * percents, so rounds the actual one. For a single text, its end is the end of all.
 */
function upgradeManifest({ train, validation, eachText, ...rest }: JsonObject): object {
  const [trainPart, held] = [train, validation] as unknown as [JsonObject, JsonObject];
  const bytes = (part: JsonObject): number => Number(part['bytes']);
  return {
    ...rest,
    split: {
      rule: eachText === true ? 'ends' : 'end',
      validation: Math.round((100 * bytes(held)) / (bytes(trainPart) + bytes(held))) / 100,
      test: 0,
      seed: 0,
    },
    parts: { train: { ...trainPart, borders: null }, validation: { ...held, borders: null } },
  };
}

/** A manifest within another record, of any version. */
export const inlineManifest = z.preprocess((value) => {
  const isOld = typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
  if (!isOld) return value;
  try {
    return { ...upgradeManifest(value as unknown as JsonObject), version: DATA.version };
  } catch {
    return value; // rejected by the schema
  }
}, shardManifest);

/** Id of the data, from the keys in the manifest. */
export const dataId = ({ parts }: ShardManifest): string => parts.train.counts.key.split('/')[1] ?? '';
export const shardsPrefix = (id: string): string => `shards/${id}/`;

/** One part of the data, with random access. */
export interface TokenSource {
  readonly tokens: number;
  readonly bytes: number;
  readonly vocabulary: number;
  /** `length` ids from `start`, 0 <= start, start + length <= tokens. Keeps a bounded number of shards in memory. */
  read(start: number, length: number): Promise<Uint32Array>;
}
/** Position of a document in a part. */
export interface Border {
  /** First token, and number of tokens without the end-of-text token that follows. */
  start: number;
  tokens: number;
  /** Index among all documents of the data. */
  place: number;
  label: string | null;
  /** Token range of each field within the document. */
  fields: Readonly<Record<string, readonly [from: number, to: number]>>;
}
export interface PartSource extends TokenSource {
  /** Documents in order; null if an older build stored no borders. */
  documents(): Promise<readonly Border[] | null>;
  /** [length] 1 for tokens that the loss covers, else 0; absent: the loss covers all. */
  lossMask?(start: number, length: number): Promise<Uint8Array>;
}
