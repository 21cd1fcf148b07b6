/** What of a text is learnt, changed: which documents are left out, and what a recipe made of it. */
import type { BlobStore } from '../base/blobStore';
import type { Document } from '../base/document';
import { badSettings } from '../base/errors';
import { hashOf } from './hashOf';
import { textOf, updateText } from './library';
import { documentsOf } from './open';
import type { TextRecord } from './record';

type Learnt = Pick<TextRecord, 'leftOut' | 'cleaned'>;

/**
 * Whoever else changes it meanwhile.
 * @param change of which places are left out, and what it was cleaned to; it may be asked again
 * @throws HomegrownError `bad-settings` where nothing would remain; `storage-damaged`
 */
export async function changeLearnt(
  store: BlobStore,
  id: string,
  change: (before: { places: readonly number[]; cleaned: TextRecord['cleaned'] }) => typeof before,
): Promise<TextRecord> {
  for (;;) {
    const { cleaned: cleanedBefore, leftOut: leftOutBefore, ...text } = await textOf(store, id);
    const { places, cleaned } = change({ places: leftOutBefore?.places ?? [], cleaned: cleanedBefore });
    const whole: TextRecord = { ...text, leftOut: null, ...(cleaned && { cleaned }) };
    const leftOut = places.length > 0 ? without(await documentsOf(store, whole), places, whole) : null;
    const after: Learnt = { leftOut: await leftOut, ...(cleaned && { cleaned }) };
    const told = { isDone: false };
    const changed = await updateText(store, id, ({ cleaned, leftOut, ...now }) => {
      told.isDone = JSON.stringify([leftOut, cleaned]) === JSON.stringify([leftOutBefore, cleanedBefore]);
      return told.isDone ? { ...now, ...after } : { ...now, leftOut, ...(cleaned && { cleaned }) };
    });
    if (told.isDone) return changed;
  }
}

/** What remains of all documents without those of these places. */
async function without(
  documents: readonly Document[],
  places: readonly number[],
  { name, cleaned }: TextRecord,
): Promise<TextRecord['leftOut']> {
  const out = new Set(places);
  const kept = documents.filter(({ place = 0 }) => !out.has(place));
  if (kept.length === 0)
    throw badSettings(
      `Nothing of ${name} would remain to learn from.`,
      'Remove the text, or put another document back.',
    );
  return {
    places: [...places],
    // Of a text as it was read the places say it.
    ...(cleaned && { documents: kept.length }),
    characters: kept.reduce((sum, { characters }) => sum + characters, 0),
    bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: await hashOf(kept.map(({ sha256 }) => sha256)),
  };
}
