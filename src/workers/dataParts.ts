/** What of which text, and of which of its documents, went into which part of data. */
import type { BlobStore } from '../core/base/blobStore';
import { documentsOf, textOf } from '../core/documents';
import { PART_NAMES, type PartName, splitDocuments } from '../core/documents/split';
import { openPart } from '../core/shards/read';
import type { DataRecord, PartRows } from '../protocol/data';

/**
 * @param ids of the data's texts, in order, as they are when the data are of them
 * @param wanted documents of a part: `count` from the `from`th
 */
export async function partRows(
  store: BlobStore,
  { manifest }: DataRecord,
  ids: readonly string[],
  wanted: { part: PartName; from: number; count: number },
): Promise<PartRows> {
  const texts = await Promise.all(ids.map((id) => textOf(store, id)));
  const documents = (await Promise.all(texts.map((text) => documentsOf(store, text)))).flat();
  const { parts } = splitDocuments(documents, manifest.split);
  const held = new Map(ids.map((id) => [id, { train: 0, validation: 0, test: 0 }]));
  for (const name of PART_NAMES)
    for (const { document, from, to } of parts[name]) held.get(document.text!)![name] += to - from;

  const segments = parts[wanted.part];
  const borders = await openPart(store, manifest, wanted.part).documents();
  const tokens = borders && new Map(borders.map((border) => [border.place, border.tokens]));
  const nameOf = new Map(texts.map(({ id, name }) => [id, name]));
  return {
    texts: texts.map(({ id, name }) => ({ id, name, bytes: held.get(id)! })),
    of: segments.length,
    rows: segments.slice(wanted.from, wanted.from + wanted.count).map(({ document, place, from, to }) => ({
      place,
      title: document.title ?? '',
      text: nameOf.get(document.text!)!,
      bytes: to - from,
      isWhole: to - from === document.bytes,
      tokens: tokens && (tokens.get(place) ?? 0),
    })),
  };
}
