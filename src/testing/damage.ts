/** Truncates files and flips bytes. Any damaged file, in pieces of any size, must give sound text or a typed error. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { isBadFile } from '../core/base/errors';
import type { FoundDocument } from '../core/documents/formats/format';
import { propertyRuns } from './propertyRuns';

/** Returns the result, or the message of a typed error with a remedy. Any other error is a bug. */
export async function outcomeOf<T>(read: () => Promise<T>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (!isBadFile(error) || !error.remedy) throw error;
    return error.message;
  }
}

/** @throws if a document has no text, or half of a character */
export function checkSound(documents: readonly FoundDocument[]): void {
  for (const { text, title = '' } of documents)
    if (!text.isWellFormed() || !title.isWellFormed() || !/\S/.test(text)) throw new Error(JSON.stringify(text));
}

/** Up to three changed bytes: index and new value. */
export const flipsOf = (file: Uint8Array): fc.Arbitrary<[at: number, byte: number][]> =>
  fc.array(fc.tuple(fc.nat({ max: file.length - 1 }), fc.nat({ max: 255 })), { maxLength: 3 });

/** A file up to `end`, with bytes flipped. */
export function damaged(file: Uint8Array, end: number, flips: readonly (readonly [number, number])[]): Uint8Array {
  const bytes = file.slice(0, end);
  for (const [index, byte] of flips) if (index < end) bytes[index] = byte;
  return bytes;
}

/** Requires equal outcomes for all piece sizes. @param outcomeWith outcome for a size in bytes @param runs of the property */
export const expectAlikeInPieces = (
  file: Uint8Array,
  outcomeWith: (bytes: Uint8Array, piece: number) => Promise<unknown>,
  runs: number,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.nat({ max: file.length }),
      flipsOf(file),
      fc.integer({ min: 1, max: 300 }),
      async (end, flips, piece) => {
        const bytes = damaged(file, end, flips);
        expect(await outcomeWith(bytes, piece)).toEqual(await outcomeWith(bytes, 2 ** 20));
      },
    ),
    { numRuns: propertyRuns(runs) },
  );
