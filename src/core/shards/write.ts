import type { Document, Documents } from '../base/document';
import type { Draft } from '../base/draft';
import { sha256Hex } from '../base/hash';
import type { Job } from '../base/job';
import type { Cut } from '../documents/cut';
import { chunksOf, type PartName, type Segment } from '../documents/split';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { packIds } from './ids';
import type { Part } from './manifest';
import { Marks } from './marks';

interface Layout {
  prefix: string;
  width: 2 | 4;
  shardLength: number;
  /** In ascending order. */
  labels: readonly string[];
}

/**
 * Writes a part: its ids, their counts, and the borders of its documents. Its bytes are those of the original text
 * or, with normalizers, of the normalized text.
 */
export async function writePart(
  { documents, cut, name }: { documents: Documents; cut: Cut; name: PartName },
  tokenizer: Tokenizer,
  { prefix, width, shardLength, labels }: Layout,
  draft: Draft,
  read: (bytes: number) => void,
  { signal }: Job,
): Promise<Part> {
  const placesOfLabels = new Map(labels.map((label, place) => [label, place]));
  const isNormalised = tokenizer.model.normalizers !== undefined;
  const writer = new ShardWriter({ prefix, width, shardLength }, tokenizer.size, draft);
  let bytes = 0;
  const count = (length: number): void => {
    if (!isNormalised) bytes += length;
    read(length);
  };

  const borders: number[] = [];
  let marks: Marks | undefined;
  const fields = new Map<string, number[]>();
  for await (const segment of segmentsOf(documents, cut, name)) {
    const { document, place } = segment;
    // A part of a document that is less than a character has no tokens, and needs no end of text.
    let isBetween = writer.tokens > 0;
    let own = 0;
    /** Byte offset of each cut -> number of the document's tokens before it. */
    const at = new Map<number, number>();
    const cuts = cutsOf(segment);
    const whole = await document.encoded?.();
    if (whole) {
      if (isBetween) await writer.append([tokenizer.endOfText]);
      marks ??= new Marks(writer.tokens); // the loss covers all earlier tokens
      for (const [from, to] of whole.lossRanges) marks.add(writer.tokens + from, writer.tokens + to);
      await writer.append(whole.ids);
      own = whole.ids.length;
      count(document.bytes);
    }
    for (const [i, from] of whole ? [] : cuts.entries()) {
      at.set(from, own);
      const to = cuts[i + 1];
      if (to === undefined) break;
      for await (const ids of tokenizer.encodeStream(chunksOf({ document, from, to }, count), signal)) {
        if (isBetween && ids.length > 0) await writer.append([tokenizer.endOfText]);
        if (ids.length > 0) isBetween = false;
        await writer.append(ids);
        own += ids.length;
        if (isNormalised) for (const id of ids) bytes += tokenizer.bytes(id).length;
      }
    }
    for (const field of Object.keys(document.spans ?? {}))
      // Earlier documents don't have this field.
      if (!fields.has(field)) fields.set(field, new Array<number>((borders.length / 3) * 2).fill(0));
    if (own === 0) continue;
    borders.push(own, place, labelOf(document, placesOfLabels));
    for (const [field, rows] of fields) {
      const [from, to] = document.spans?.[field] ?? [segment.from, segment.from];
      rows.push(at.get(within(segment, from))!, at.get(within(segment, to))!);
    }
  }
  await writer.end();
  const written: [string, StoredFile][] = [];
  for (const [field, rows] of [...fields].sort(([a], [b]) => (a < b ? -1 : 1)))
    written.push([field, await writer.put(`field/${field}`, packIds(rows, 4))]);
  return {
    tokens: writer.tokens,
    bytes,
    shards: writer.shards,
    counts: await writer.put('counts', packIds(writer.counts, 4)),
    documents: borders.length / 3,
    borders: await writer.put('borders', packIds(borders, 4)),
    ...(written.length > 0 && { fields: Object.fromEntries(written) }),
    ...(marks && { learnt: await writer.put('learnt', marks.bytes(writer.tokens)) }),
  };
}

interface StoredFile {
  key: string;
  sha256: string;
}

/** Writes ids to shards of equal length, and counts them. */
class ShardWriter {
  readonly shards: StoredFile[] = [];
  /** Number of tokens by id. */
  readonly counts: Uint32Array;
  tokens = 0;
  private readonly buffer: Uint32Array;
  private filled = 0;

  constructor(
    private readonly layout: Omit<Layout, 'labels'>,
    vocabulary: number,
    private readonly draft: Draft,
  ) {
    this.counts = new Uint32Array(vocabulary);
    this.buffer = new Uint32Array(layout.shardLength);
  }

  async append(ids: ArrayLike<number>): Promise<void> {
    for (let i = 0; i < ids.length; i++) {
      this.counts[ids[i]!]! += 1;
      this.buffer[this.filled++] = ids[i]!;
      if (this.filled === this.buffer.length) await this.flush();
    }
    this.tokens += ids.length;
  }

  /** Writes the last shard, if it has ids. */
  async end(): Promise<void> {
    if (this.filled > 0) await this.flush();
  }

  /** Stores a file of the part. */
  async put(name: string | number, content: Uint8Array): Promise<StoredFile> {
    const key = `${this.layout.prefix}${name}`;
    await this.draft.put([[key, content]]);
    return { key, sha256: await sha256Hex(content) };
  }

  private async flush(): Promise<void> {
    const ids = packIds(this.buffer.subarray(0, this.filled), this.layout.width);
    this.shards.push(await this.put(this.shards.length, ids));
    this.filled = 0;
  }
}

async function* segmentsOf(documents: Documents, cut: Cut, name: PartName): AsyncGenerator<Segment> {
  let place = 0;
  for await (const document of documents) {
    const [from, to] = cut.within(name, place);
    if (from < to) yield { document, place, from, to };
    place++;
  }
}

/** Stored in place of a label's index if there is no label. */
export const NONE = 2 ** 32 - 1;
const labelOf = ({ fields }: Document, places: ReadonlyMap<string, number>): number => {
  const label = fields?.['label'];
  return label === undefined ? NONE : places.get(label)!;
};

/** Byte offsets of a segment's ends and field borders, so that each field is a whole number of tokens. */
const cutsOf = (segment: Segment): readonly number[] => {
  const cuts = Object.values(segment.document.spans ?? {}).flatMap(([from, to]) => [from, to]);
  const all = [segment.from, ...cuts.map((at) => within(segment, at)), segment.to];
  return [...new Set(all)].sort((a, b) => a - b);
};
const within = ({ from, to }: Segment, at: number): number => Math.min(Math.max(at, from), to);
