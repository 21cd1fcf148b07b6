import type { BlobStore } from '../base/blobStore';
import { badSettings } from '../base/errors';
import { blocksOf } from './blocks';
import { hashOf } from './hashOf';
import { textOf, updateText } from './library';
import type { TextRecord } from './record';

/**
 * Leaves documents of a text out of what is learnt, or puts them back: their content stays. Of every project that has it.
 * @throws HomegrownError `bad-settings` where nothing would remain; `storage-damaged`
 */
export async function leaveOut(
  store: BlobStore,
  id: string,
  places: readonly number[],
  isOut: boolean,
): Promise<TextRecord> {
  const text = await textOf(store, id);
  const documents: { bytes: number; characters: number; sha256: string }[] = [];
  if (text.indexed) {
    for await (const { bytes, characters, sha256 } of blocksOf(store, text))
      for (const i of bytes.keys())
        documents.push({ bytes: bytes[i]!, characters: characters[i]!, sha256: sha256[i]! });
  } else documents.push(text);
  for (;;) {
    const { leftOut: before } = await textOf(store, id);
    const leftOut = await without(documents, changed(before?.places ?? [], places, isOut), text.name);
    // Another tab may have left out others meanwhile.
    const after = await updateText(store, id, (now) =>
      JSON.stringify(now.leftOut) === JSON.stringify(before) ? { ...now, leftOut } : now,
    );
    if (after.leftOut === leftOut) return after;
  }
}

const changed = (before: readonly number[], places: readonly number[], isOut: boolean): readonly number[] =>
  isOut ? [...new Set([...before, ...places])].sort((a, b) => a - b) : before.filter((at) => !places.includes(at));

async function without(
  documents: readonly { bytes: number; characters: number; sha256: string }[],
  places: readonly number[],
  name: string,
): Promise<TextRecord['leftOut']> {
  if (places.length === 0) return null;
  const out = new Set(places);
  const kept = documents.filter((_, place) => !out.has(place));
  if (kept.length === 0)
    throw badSettings(
      `Nothing of ${name} would remain to learn from.`,
      'Remove the text, or put another document back.',
    );
  return {
    places: [...places],
    characters: kept.reduce((sum, { characters }) => sum + characters, 0),
    bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: await hashOf(kept.map(({ sha256 }) => sha256)),
  };
}
