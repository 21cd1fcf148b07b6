/** Dropped files in memory, and their contents. */
import { memoryStore } from '../core/base/blobStore';
import { type Job, unwatched } from '../core/base/job';
import { importDrop, openText, type TextSource } from '../core/documents';
import { blocksOf } from '../core/documents/blocks';
import { inProcess, type Readers } from '../core/documents/guard/readers';
import { bytesSource } from '../core/files/byteSource';
import { collect, stream } from './texts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? utf8(content) : content;
export const piecesOf = (bytes: Uint8Array, pieceSize: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / pieceSize) }, (_, i) =>
    bytes.subarray(i * pieceSize, (i + 1) * pieceSize),
  );

export function dropped(name: string, content: string | Uint8Array, pieceSize = 1000): TextSource {
  const bytes = bytesOf(content);
  return { name, size: bytes.length, stream: () => stream(piecesOf(bytes, pieceSize)), places: bytesSource(bytes) };
}

interface ReadDrop {
  documents: readonly { title: string; text: string; fields: Record<string, string> }[];
  name: string | undefined;
  formats: readonly string[];
  notes: readonly string[];
  reasons: readonly (readonly [name: string, message: string])[];
}

/** Reads dropped files; each refusal has a remedy. */
export const readDrop = (...sources: readonly TextSource[]): Promise<ReadDrop> => readDropBy(inProcess, sources);

export async function readDropBy(
  readers: Readers,
  sources: readonly TextSource[],
  job: Job = unwatched,
): Promise<ReadDrop> {
  const store = memoryStore();
  const { text, refused } = await importDrop(sources, store, { addedAt: 1, readers }, job);
  const reasons = refused.map(({ name, error }) => {
    if (!error.remedy) throw new Error(`no way out of: ${error.message}`);
    return [name, error.message] as const;
  });
  if (!text) return { documents: [], name: undefined, formats: [], notes: [], reasons };
  const fields: Record<string, string>[] = [];
  for await (const block of blocksOf(store, text))
    for (let i = 0; i < block.title.length; i++) {
      const entries = Object.entries(block.fields ?? {}).flatMap(([name, values]) => {
        const value = values[i];
        return value == null ? [] : [[name, value] as const];
      });
      fields.push(Object.fromEntries(entries));
    }
  const documents = [];
  for (const [i, { title, chunks }] of (await openText(store, text.id)).entries())
    documents.push({ title: title!, text: (await collect(chunks())).join(''), fields: fields[i]! });
  return { documents, name: text.name, formats: text.formats, notes: text.notes, reasons };
}
