/** Texts and documents of each part of the data. */
import type { BlobStore } from '../core/base/blobStore';
import { documentsOf, textOf } from '../core/documents';
import { type TextRecord, textRef } from '../core/documents/record';
import { splitDocuments } from '../core/documents/cut';
import { PART_NAMES, type PartName } from '../core/documents/split';
import { openPart } from '../core/shards/read';
import type { DataRecord } from '../core/runs/project';

export interface PartRows {
  /** Bytes of each text in each part. */
  texts: readonly { id: string; name: string; bytes: Readonly<Record<PartName, number>> }[];
  /** Some documents of the requested part; `of` counts all. */
  rows: readonly {
    /** Among all documents of the data. */
    place: number;
    title: string;
    /** Name of its text. */
    text: string;
    bytes: number;
    /** False if the part has only its start or its end. */
    isWhole: boolean;
    /** Null if an older build didn't store it. */
    tokens: number | null;
  }[];
  of: number;
}

/**
 * @param ids of the data's texts, in order
 * @param wanted `count` documents of a part, from the `from`th
 */
type Reader = (
  store: BlobStore,
  data: DataRecord,
  ids: readonly string[],
  page: { part: PartName; from: number; count: number },
) => Promise<PartRows>;

/** Documents whose splits are kept, besides those of the newest data. */
const MAX_DOCUMENTS = 200_000;

/** Keeps its last splits, so turning pages doesn't read all documents again. */
export function partReader(): Reader {
  /** Splits by data, from least to most recently used. */
  const cache = new Map<string, { documents: number; split: Promise<Split> }>();
  function splitFor(store: BlobStore, texts: readonly TextRecord[], data: DataRecord): Promise<Split> {
    const cacheKey = JSON.stringify([texts.map(textRef), data.manifest.split]);
    const entry = cache.get(cacheKey) ?? {
      documents: texts.reduce((sum, text) => sum + text.documents, 0),
      split: splitOf(store, texts, data),
    };
    cache.delete(cacheKey);
    cache.set(cacheKey, entry);
    entry.split.catch(() => cache.get(cacheKey) === entry && cache.delete(cacheKey));
    let documents = 0;
    for (const [key, cached] of [...cache].reverse()) {
      documents += cached.documents;
      if (cached !== entry && documents > MAX_DOCUMENTS) cache.delete(key);
    }
    return entry.split;
  }
  return async (store, data, ids, page) => {
    const borders = openPart(store, data.manifest, page.part).documents();
    borders.catch(() => undefined); // Awaited below, if all else can be read.
    const texts = await Promise.all(ids.map((id) => textOf(store, id)));
    return rowsOf(texts, await splitFor(store, texts, data), await borders, page);
  };
}

type Split = Awaited<ReturnType<typeof splitOf>>;
async function splitOf(store: BlobStore, texts: readonly TextRecord[], { manifest }: DataRecord) {
  const documents = await Promise.all(texts.map((text) => documentsOf(store, text)));
  return splitDocuments(documents.flat(), manifest.split);
}

function rowsOf(
  texts: readonly TextRecord[],
  { parts }: Split,
  borders: Awaited<ReturnType<ReturnType<typeof openPart>['documents']>>,
  page: Parameters<Reader>[3],
): PartRows {
  const bytesByText = new Map(texts.map(({ id }) => [id, { train: 0, validation: 0, test: 0 }]));
  for (const name of PART_NAMES)
    for (const { document, from, to } of parts[name]) bytesByText.get(document.text!)![name] += to - from;

  const segments = parts[page.part];
  const tokens = borders && new Map(borders.map((border) => [border.place, border.tokens]));
  const nameOf = new Map(texts.map(({ id, name }) => [id, name]));
  return {
    texts: texts.map(({ id, name }) => ({ id, name, bytes: bytesByText.get(id)! })),
    of: segments.length,
    rows: segments.slice(page.from, page.from + page.count).map(({ document, place, from, to }) => ({
      place,
      title: document.title ?? '',
      text: nameOf.get(document.text!)!,
      bytes: to - from,
      isWhole: to - from === document.bytes,
      tokens: tokens && (tokens.get(place) ?? 0),
    })),
  };
}
