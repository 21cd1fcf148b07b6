import { BYTE_OF_ID } from './alphabet';
import type { TokenizerModel } from './tokenizer';

/** Bytes of an entry, expanded from its merges; none for the end of text. */
export function entryBytes({ merges }: TokenizerModel, id: number): number[] {
  const bytes: number[] = [];
  // Left before right: the right half waits on the stack.
  for (const waiting = [id]; waiting.length > 0;) {
    const next = waiting.pop()!;
    if (next < 256) bytes.push(BYTE_OF_ID[next]!);
    else {
      const pair = merges[next - 256];
      if (pair) waiting.push(pair[1], pair[0]);
    }
  }
  return bytes;
}

/** Bytes in hex: `C3 A9`. */
export const hex = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

/** Text that each of consecutive tokens completes; empty if its bytes end inside a character. */
export function completedTexts(model: TokenizerModel, ids: readonly number[]): string[] {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  return ids.map((id) => utf8.decode(Uint8Array.from(entryBytes(model, id)), { stream: true }));
}

/** Whether the ids spell the passage, byte for byte. */
export function decodesTo(model: TokenizerModel, ids: readonly number[], passage: string): boolean {
  const bytes = Uint8Array.from(ids.flatMap((id) => entryBytes(model, id)));
  const wanted = new TextEncoder().encode(passage);
  return bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i]);
}
