import type { Document } from '../base/document';
import { z } from '../base/zod';

/** How documents are cut into parts. */
export type Split = z.infer<typeof splitSchema>;
const share = z.number().min(0).max(1);
export const splitSchema = z.strictObject({
  /** Whole documents of each text; the end of each document; or the end of them all, as older builds cut several. */
  rule: z.enum(['documents', 'ends', 'end']),
  /** Shares of the bytes that are held out; a test share of 0 is no test part. */
  validation: share,
  test: share,
  /** By which it is chosen which documents are held out. */
  seed: z.int().nonnegative(),
});

/** Bytes `from` to `to` of a document's UTF-8, moved down to where characters begin. */
export interface Segment<D = Document> {
  document: D;
  from: number;
  to: number;
}

/**
 * Each document's last `share` of bytes is validation and what is before it training, so that neither part has seen the
 * other and both are of the same kinds of text. Fractions of a byte are carried on to the next document: together they
 * hold out the floor of the share of all bytes, and short ones give now and then what they owe. In the documents' order.
 */
export function splitDocuments<D extends Pick<Document, 'bytes'>>(
  documents: readonly D[],
  share: number,
): { train: readonly Segment<D>[]; validation: readonly Segment<D>[] } {
  const [train, validation]: [Segment<D>[], Segment<D>[]] = [[], []];
  let end = 0;
  for (const document of documents) {
    const start = end;
    end += document.bytes;
    const boundary = document.bytes - (Math.floor(end * share) - Math.floor(start * share));
    if (boundary > 0) train.push({ document, from: 0, to: boundary });
    if (boundary < document.bytes) validation.push({ document, from: boundary, to: document.bytes });
  }
  return { train, validation };
}

/** The text of a segment, in chunks. `read` is told the bytes of each. */
export async function* chunksOf(
  { document, from, to }: Segment,
  read: (bytes: number) => void,
): AsyncGenerator<string> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  for await (const chunk of document.chunks()) {
    if (start >= to) return;
    const bytes = encoder.encode(chunk);
    const [first, last] = [characterStart(bytes, from - start), characterStart(bytes, to - start)];
    start += bytes.length;
    if (first >= last) continue;
    read(last - first);
    yield last - first === bytes.length ? chunk : decoder.decode(bytes.subarray(first, last));
  }
}

/** The first byte of the character at `at`, kept within the chunk. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = Math.min(Math.max(at, 0), bytes.length);
  while (start > 0 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start--;
  return start;
}
