import type { BlobStore, Json } from '../base/blobStore';
import { changeRecord, storedRecord } from '../base/record';
import { countCharacters } from '../base/utf8';
import { damaged } from './library';
import { DOCUMENTS, documentsKey, TEXT, textChunkKey, textKey, type DocumentBlock } from './record';

/**
 * Writes the document list, of one document, for a text from before lists existed. Checks the chunks against the
 * record, and writes both in one commit. A stop before that changes nothing.
 * @param read called with the bytes of each chunk
 * @throws HomegrownError `storage-damaged` if the chunks don't match the record; changes nothing then
 */
export async function indexText(store: BlobStore, id: string, read: (bytes: number) => void): Promise<void> {
  // The text may have been removed meanwhile, or added to another project.
  await changeRecord(store, textKey(id), TEXT, async (text) => {
    if (!text || text.indexed) return undefined;
    const chunkBytes = await checkedChunkLengths(store, text, read);
    const { name, sha256, size, bytes, characters, notes } = text;
    const block: DocumentBlock = {
      version: 1,
      from: 0,
      bytes: [bytes],
      characters: [characters],
      sha256: [sha256],
      title: [name],
      files: [{ at: 0, name, size, format: text.formats[0]!, notes }],
    };
    const put: [string, Json][] = [[documentsKey(id, 0), storedRecord(DOCUMENTS, block)]];
    return { record: { ...text, indexed: true, chunkBytes }, put };
  });
}

async function checkedChunkLengths(
  store: BlobStore,
  { id, name, records, ...expected }: { id: string; name: string; records: number; bytes: number; characters: number },
  read: (bytes: number) => void,
): Promise<number[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lengths: number[] = [];
  let characters = 0;
  for (let index = 0; index < records; index++) {
    const chunk = await store.get(textChunkKey(id, index));
    if (!(chunk instanceof Uint8Array)) throw damaged(`Part ${index + 1} of ${records} of ${name} is missing`);
    try {
      characters += countCharacters(decoder.decode(chunk));
    } catch {
      throw damaged(`Part ${index + 1} of ${records} of ${name} is not UTF-8`);
    }
    lengths.push(chunk.length);
    read(chunk.length);
  }
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  if (bytes !== expected.bytes || characters !== expected.characters)
    throw damaged(
      `${name} has ${characters} characters in ${bytes} bytes instead of ${expected.characters} in ${expected.bytes}`,
    );
  return lengths;
}
