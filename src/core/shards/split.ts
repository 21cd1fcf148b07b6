import type { Document } from '../base/document';

/** Bytes `from` to `to` of a document's UTF-8, moved down to where characters begin. */
export interface Segment {
  document: Document;
  from: number;
  to: number;
}

/**
 * The last `share` of all the text's bytes is validation, the rest training: the end of the last document, as a rule,
 * so that neither part has seen the other. A document on the border has a segment in both.
 */
export function splitDocuments(
  documents: readonly Document[],
  share: number,
): { train: readonly Segment[]; validation: readonly Segment[] } {
  const total = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  const border = total - Math.floor(total * share);
  const [train, validation]: [Segment[], Segment[]] = [[], []];
  let start = 0;
  for (const document of documents) {
    const cut = Math.min(Math.max(border - start, 0), document.bytes);
    if (cut > 0) train.push({ document, from: 0, to: cut });
    if (cut < document.bytes) validation.push({ document, from: cut, to: document.bytes });
    start += document.bytes;
  }
  return { train, validation };
}

/** The text of a segment, in records. `read` is told the bytes of each. */
export async function* recordsOf(
  { document, from, to }: Segment,
  read: (bytes: number) => void,
): AsyncGenerator<string> {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let start = 0;
  for await (const record of document.records()) {
    if (start >= to) return;
    const bytes = encoder.encode(record);
    const [first, last] = [characterStart(bytes, from - start), characterStart(bytes, to - start)];
    start += bytes.length;
    if (first >= last) continue;
    read(last - first);
    yield last - first === bytes.length ? record : decoder.decode(bytes.subarray(first, last));
  }
}

/** The first byte of the character at `at`, kept within the record. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = Math.min(Math.max(at, 0), bytes.length);
  while (start > 0 && start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start--;
  return start;
}
