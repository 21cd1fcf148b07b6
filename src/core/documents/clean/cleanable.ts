/** Converts a document to the form that rules see. */
import { concatBytes } from '../../base/concat';
import type { Document } from '../../base/document';
import type { Cleanable } from './documentState';
import { passagesOf } from './passages';

/** Splits the text into passages; a pair into input and target. @param maxLength maximum code units of a passage */
export function cleanable(document: Document, maxLength?: number): Cleanable {
  const { title = '', sha256, fields = {}, spans } = document;
  const { language, code } = fields;
  const facts = { title, sha256, ...(language && { language }), ...(code && { code }) };
  if (!spans) return { ...facts, passages: () => passagesOf(document.chunks(), maxLength) };
  return {
    ...facts,
    isPair: true,
    async *passages() {
      const encodedChunks: Uint8Array[] = [];
      for await (const chunk of document.chunks()) encodedChunks.push(encoder.encode(chunk));
      const bytes = concatBytes(encodedChunks);
      for (const name of ['input', 'target'] as const) yield utf8.decode(bytes.subarray(...spans[name]!));
    },
  };
}
const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
