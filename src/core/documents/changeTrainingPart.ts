/** Changes the training part of a text: which documents are left out, and its cleaned version. */
import type { BlobStore, Expected, Json } from '../base/blobStore';
import type { Document } from '../base/document';
import { badSettings, HomegrownError } from '../base/errors';
import { changeRecord } from '../base/record';
import { cleanedKey } from './clean/record';
import { HashOfMany } from './hashOf';
import { textOf } from './library';
import { documentsIn } from './open';
import { TEXT, textKey, type TextRecord } from './record';

/**
 * Applies a change, even if other tabs change the text concurrently.
 * @param change to the left-out places and the cleaned version; may run again
 * @throws HomegrownError `bad-settings` if nothing would remain; `storage-damaged`
 */
export async function changeTrainingPart(
  store: BlobStore,
  id: string,
  change: (before: { places: readonly number[]; cleaned: TextRecord['cleaned'] }) => typeof before,
): Promise<TextRecord> {
  for (;;) {
    const { cleaned: cleanedBefore, leftOut: leftOutBefore, ...text } = await textOf(store, id);
    const { places, cleaned } = change({ places: leftOutBefore?.places ?? [], cleaned: cleanedBefore });
    const complete: TextRecord = { ...text, leftOut: null, ...(cleaned && { cleaned }) };
    const leftOut = places.length > 0 ? await totalsWithout(documentsIn(store, complete), places, complete) : null;
    const updated = await changeRecord(store, textKey(id), TEXT, async (current) => {
      const isUnchanged =
        current &&
        JSON.stringify([current.leftOut, current.cleaned]) === JSON.stringify([leftOutBefore, cleanedBefore]);
      if (!isUnchanged) return undefined;
      const { leftOut: _, cleaned: __, ...otherFields } = current;
      const record: TextRecord = { ...otherFields, leftOut, ...(cleaned && { cleaned }) };
      return { record, expect: cleaned ? await expectCleanedText(store, cleaned.id) : [] };
    });
    if (updated) return updated;
  }
}

/** Expects the cleaned text to exist: another tab that starts may remove it until a record refers to it. */
async function expectCleanedText(store: BlobStore, id: string): Promise<readonly Expected[]> {
  const key = cleanedKey(id);
  const stored = await store.get(key);
  if (stored === undefined)
    throw new HomegrownError(
      'in-use',
      'Another tab removed the cleaned text.',
      'The original text is safe. Clean it again.',
    );
  return [[key, stored as Json]];
}

/** Summarizes the documents that remain without these places. */
async function totalsWithout(
  documents: AsyncIterable<Document>,
  places: readonly number[],
  { name, cleaned }: TextRecord,
): Promise<TextRecord['leftOut']> {
  const excluded = new Set(places);
  const hash = new HashOfMany();
  const totals = { documents: 0, characters: 0, bytes: 0 };
  let documentCount = 0;
  for await (const { place = 0, sha256, characters, bytes } of documents) {
    documentCount++;
    if (excluded.has(place)) continue;
    totals.documents++;
    totals.characters += characters;
    totals.bytes += bytes;
    await hash.add(sha256);
  }
  if (totals.documents === 0 && documentCount > 0)
    throw badSettings(
      `This would exclude every document of ${name}.`,
      'Nothing changed. Remove the text, or include another document first.',
    );
  return {
    places: [...places],
    // For an original text, the number of documents follows from the places.
    ...(cleaned && { documents: totals.documents }),
    characters: totals.characters,
    bytes: totals.bytes,
    sha256: await hash.hex(),
  };
}
