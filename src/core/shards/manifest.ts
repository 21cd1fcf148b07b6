import type { JsonObject, Kind } from '../base/record';
import { z } from '../base/zod';
import { type PartName, splitSchema } from '../documents/split';

const stored = z.object({ key: z.string(), sha256: z.string() });
const part = z.object({
  /** Ids in this part. */
  tokens: z.int().nonnegative(),
  /** UTF-8 bytes of their text: the denominator of bits per byte. */
  bytes: z.int().nonnegative(),
  /** BlobStore key and SHA-256 (hex) of each shard, in order. */
  shards: z.array(stored),
  /** Count of each id, for the unigram baseline; length = vocabulary. Stored under this key as u32. */
  counts: stored,
  /** Number of documents with a token here; absent if an older build kept no borders. */
  documents: z.int().nonnegative().exactOptional(),
  /**
   * Three u32 a document: its tokens without the mark that follows, its place among the documents of the data, and the
   * place of its label among `labels`, or 2^32 - 1 without one. Null where an older build kept none.
   */
  borders: stored.nullable(),
  /** Two u32 a document: tokens of the field by this name, from and to, within the document; 0 and 0 without one. */
  fields: z.record(z.string(), stored).exactOptional(),
  /** Loss mask, one bit per token, lowest bit first; absent: all tokens count. */
  learnt: stored.exactOptional(),
});
/**
 * Token ids on disk: fixed-size files of little-endian unsigned integers, described by one manifest. The manifest is
 * stored under `data/<id>` and the shards under `shards/<id>/`; id follows from the texts, the tokenizer and the
 * settings.
 */
export const shardManifest = z.object({
  version: z.literal(2),
  /** Hash of the tokenizer and of the documents (their hashes in order): what the ids were made from. */
  tokenizerHash: z.string(),
  textHash: z.string(),
  vocabulary: z.int().positive(),
  /** Bytes per id: 2 when vocabulary <= 65,536, else 4. */
  width: z.union([z.literal(2), z.literal(4)]),
  /** Ids in every shard but the last of its part. */
  shardLength: z.int().positive(),
  split: splitSchema,
  /** Labels of the documents, in ascending order; absent if none has a label. */
  labels: z.array(z.string()).exactOptional(),
  /** A test part is there where it was asked for. */
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
 * Upgrades from two parts without borders. The requested share was stored elsewhere, usually in whole percents. A
 * single text's end is the end of all.
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
    return value; // which the schema then refuses
  }
}, shardManifest);

/** The id, from where the manifest says its values are. */
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
  /** Its first token, and its number of tokens, without the mark that follows. */
  start: number;
  tokens: number;
  /** Its place among all documents of the data. */
  place: number;
  label: string | null;
  /** Tokens of each field within the document: from and to. */
  fields: Readonly<Record<string, readonly [from: number, to: number]>>;
}
export interface PartSource extends TokenSource {
  /** In order; null if an older build kept no borders. */
  documents(): Promise<readonly Border[] | null>;
  /** [length] 1 for each of these tokens that the loss covers, else 0; absent: all are covered. */
  lossMask?(start: number, length: number): Promise<Uint8Array>;
}
