/** Reads documents from files. */
import { type DocumentFormatId, FORMATS, formatOf } from '../core/documents/formats';
import type { FoundDocument, Reading } from '../core/documents/formats/format';
import { collect, stream } from './texts';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** @param piece bytes per read @returns also the notes */
export async function readDocuments(name: string, bytes: Uint8Array | string, reading: Reading = {}, piece = 1000) {
  const content = typeof bytes === 'string' ? utf8(bytes) : bytes;
  const pieces = Array.from({ length: Math.ceil(content.length / piece) }, (_, i) =>
    content.subarray(i * piece, (i + 1) * piece),
  );
  const notes: string[] = [];
  const format = formatOf(name) as DocumentFormatId;
  const { documents } = await FORMATS[format].open();
  const file = { name, bytes: stream(pieces), note: (words: string) => void notes.push(words), reading };
  return { documents: await collect<FoundDocument>(documents(file)), notes };
}

/** Text of the first document. */
export const readText = async (...of: Parameters<typeof readDocuments>): Promise<string> =>
  (await readDocuments(...of)).documents[0]!.text;
