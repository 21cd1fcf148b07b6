/** Token ids on disk: fixed-size files of little-endian unsigned integers, described by one manifest. */
export interface ShardManifest {
  version: 1;
  /** Hash of the tokenizer and of the text (its files' hashes in order): what the ids were made from. */
  tokenizerHash: string;
  textHash: string;
  vocabulary: number;
  /** Bytes an id: 2 when vocabulary <= 65,536, else 4. */
  width: 2 | 4;
  /** Ids in every shard but the last of its part. */
  shardLength: number;
  train: Part;
  validation: Part;
}
export interface Part {
  /** Ids in this part. */
  tokens: number;
  /** UTF-8 bytes of text that they stand for: the denominator of bits per byte. */
  bytes: number;
  /** BlobStore key and SHA-256 (hex) of each shard, in order. */
  shards: readonly { key: string; sha256: string }[];
  /** How often each id occurs, for the unigram baseline; length = vocabulary. Kept under this key as u32. */
  counts: { key: string; sha256: string };
}

/** One part of the data, readable at any place. */
export interface TokenSource {
  readonly tokens: number;
  readonly bytes: number;
  readonly vocabulary: number;
  /** `length` ids from `start`, 0 <= start, start + length <= tokens. Reads at most a few shards into memory. */
  read(start: number, length: number): Promise<Uint32Array>;
}
