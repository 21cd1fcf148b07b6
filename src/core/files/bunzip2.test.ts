import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '../base/concat';
import { outcomeOf } from '../../testing/damage';
import { BZIP2, runs, squares } from '../../testing/bzip2';
import { collect, stream } from '../../testing/texts';
import { bunzipped } from './bunzip2';
import { propertyRuns } from '../../testing/propertyRuns';

const unpacked = async (bytes: Uint8Array, piece = 1000): Promise<string> => {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) =>
    bytes.subarray(i * piece, (i + 1) * piece),
  );
  return new TextDecoder().decode(concatBytes(await collect(bunzipped(stream(pieces), 'a.bz2'))));
};

test('unpacks several blocks, long runs and several streams', async () => {
  for (const piece of [1, 7, 100_000]) {
    expect((await unpacked(BZIP2.squares, piece)) === squares).toBe(true);
    expect(await unpacked(BZIP2.runs, piece)).toBe(runs);
    expect(await unpacked(BZIP2.several, piece)).toBe('Call me Ishmael, né.Aye.');
  }
});

test('yields a block in small pieces before it reads the next', async () => {
  let read = 0;
  const pieces = function* () {
    for (let i = 0; i < 200; i++) {
      read++;
      yield concatBytes(Array.from({ length: 100 }, () => BZIP2.squares)); // 82 kB
    }
  };
  for await (const piece of bunzipped(stream(pieces()), 'a.bz2')) {
    expect(piece.length).toBeLessThanOrEqual(2 ** 16);
    break;
  }
  expect(read).toBeLessThan(100);
});

test('refuses damaged, cut-off and exploding files, with the position', async () => {
  for (const [bytes, reason] of [
    [BZIP2.runs.with(2, 0), /the bzip2 header is missing, before byte 3$/],
    [BZIP2.runs.with(3, 0x41), /its block size is invalid/],
    [BZIP2.runs.with(5, 0), /a block header is missing/],
    [BZIP2.runs.with(12, BZIP2.runs[12]! ^ 1), /the checksum of a block doesn't match its bytes/],
    [BZIP2.runs.with(BZIP2.runs.length - 2, 0), /its checksum doesn't match its blocks/],
    [BZIP2.runs.subarray(0, 40), /it ends too early, before byte 40$/],
    [concatBytes([BZIP2.runs, Uint8Array.of(1, 2, 3, 4)]), /the bzip2 header is missing/],
    [BZIP2.zeros, /^a\.bz2: it expands from \d+ bytes to 1\d{6}$/],
    [new Uint8Array(), /it is empty/],
  ] as const)
    await expect(unpacked(bytes)).rejects.toThrow(reason);
});

test('flipped bytes give a typed error, however the stream is cut', async () => {
  const tried = (bytes: Uint8Array, piece: number) => outcomeOf(() => unpacked(bytes, piece));
  for (const whole of [BZIP2.squares, BZIP2.runs, BZIP2.several]) {
    const text = await unpacked(whole);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 300 }),
        async (at, change, piece) => {
          const bytes = whole.with(at, whole[at]! ^ change);
          const found = await tried(bytes, piece);
          // Some bits are unused, and a block may declare too large a size; the unpacked text is the same.
          expect(found === text || /^a\.bz2: it /.test(found)).toBe(true);
          expect(found === (await tried(bytes, 2 ** 20))).toBe(true);
        },
      ),
      { numRuns: propertyRuns(60) },
    );
  }
});
