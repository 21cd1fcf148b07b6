/** Encodes text in encodings from before UTF-8, which platforms only decode. */
import type { EncodingId } from '../core/documents/encodings';

/** @throws if the encoding lacks a character */
export function encoded(text: string, encoding: EncodingId): Uint8Array<ArrayBuffer> {
  const table = (tables[encoding] ??= tableOf(encoding));
  return Uint8Array.from(
    Array.from(text).flatMap((character) => {
      const bytes = table.get(character);
      if (!bytes) throw new Error(`${encoding} has no ${character}`);
      return bytes;
    }),
  );
}
/** All characters of one or two bytes in an encoding. */
export const charactersOf = (encoding: EncodingId): readonly string[] =>
  [...(tables[encoding] ??= tableOf(encoding)).keys()].filter((character) => character !== '\0');

const tables: Partial<Record<EncodingId, Map<string, readonly number[]>>> = {};
function tableOf(encoding: EncodingId): Map<string, readonly number[]> {
  let decoder = new TextDecoder(encoding, { fatal: true });
  const table = new Map<string, readonly number[]>();
  const addCharacter = (...bytes: number[]): boolean => {
    try {
      // Decodes in pieces: in one call, Node reads Windows-1252 as Latin 1.
      const text = decoder.decode(Uint8Array.from(bytes), { stream: true }) + decoder.decode();
      if (Array.from(text).length !== 1) return false;
      if (!table.has(text)) table.set(text, bytes);
      return true;
    } catch {
      decoder = new TextDecoder(encoding, { fatal: true });
      return false;
    }
  };
  for (let a = 0; a < 256; a++) if (!addCharacter(a)) for (let b = 0x30; b < 256; b++) addCharacter(a, b);
  return table;
}
