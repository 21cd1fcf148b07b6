import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { openDraft } from '../base/draft';
import { ChunkWriter, MAX_CHUNK_BYTES } from './chunks';
import { textChunkKey, textChunksPrefix } from './record';
import { propertyRuns } from '../../testing/propertyRuns';

const ID = 'a-text';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Runs of characters of each UTF-8 length that end inside chunks or fill several, with short, long and no lines. */
const runs = fc.array(
  fc.tuple(fc.constantFrom('a', 'é', '—', '\u{1f600}', 'word\n', '\ud800', '\n'), fc.nat({ max: 200_000 })),
  { maxLength: 4 },
);

it('cuts a text into the same chunks however it is split, and rolls back on request', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(runs, fc.boolean()), { maxLength: 6 }), async (pieces) => {
      const store = memoryStore();
      const draft = await openDraft(store, textChunksPrefix(ID));
      const writer = new ChunkWriter(ID, draft!);
      const kept: string[] = [];
      for (const [letters, isTakenBack] of pieces) {
        const text = letters.map(([each, times]) => each.repeat(times)).join('');
        const mark = writer.mark();
        // UTF-8 bytes may be passed instead of a string.
        const written = await writer.write(isTakenBack ? text : utf8(text));
        expect(same(written, utf8(text))).toBe(true);
        if (isTakenBack) writer.rollBack(mark);
        else kept.push(text);
      }
      const beyond = await writer.end();
      const wanted = chunksOf(utf8(kept.join('')));
      expect(writer.lengths).toEqual(wanted.map(({ length }) => length));
      for (const [n, bytes] of wanted.entries())
        expect(same((await store.get(textChunkKey(ID, n))) as Uint8Array, bytes)).toBe(true);
      const keys = await store.keys(textChunksPrefix(ID));
      expect(new Set(keys)).toEqual(new Set([...wanted.map((_, n) => textChunkKey(ID, n)), ...beyond]));
    }),
    { numRuns: propertyRuns(60) },
  );
});

/** Reference implementation: the longest chunks that end after a line end, else between two characters. */
function chunksOf(text: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let from = 0;
  while (text.length - from > MAX_CHUNK_BYTES) {
    let end = text.lastIndexOf(0x0a, from + MAX_CHUNK_BYTES - 1) + 1;
    if (end <= from) for (end = from + MAX_CHUNK_BYTES; (text[end]! & 0xc0) === 0x80;) end--;
    chunks.push(text.subarray(from, end));
    from = end;
  }
  return from < text.length ? [...chunks, text.subarray(from)] : chunks;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
