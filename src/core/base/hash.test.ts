import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { nodeSha256 } from '../../../node/sha256';
import { sha256Hex, wasmSha256 } from './hash';

it('returns the published digest of "abc" and of the empty string', async () => {
  // FIPS 180-2, appendix B.1.
  expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

it.each([
  ['WASM', wasmSha256],
  ['Node', nodeSha256],
])('hashes pieces, concurrent streams and restored states correctly, by %s', async (_, begin) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }),
      fc.nat({ max: 10 }),
      async (pieces, kept) => {
        const [one, other] = await Promise.all([begin(), begin()]);
        let saved = one.save();
        for (const [i, piece] of pieces.entries()) {
          if (i === kept) saved = one.save();
          one.update(piece);
          other.update(new Uint8Array([1]));
        }
        const digest = (of: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(of)).digest('hex');
        // A saved state can be loaded more than once.
        for (let time = 0; time < 2; time++) {
          one.load(saved);
          one.update(new Uint8Array([time]));
        }
        one.load(saved);
        const [before, after] = kept < pieces.length ? [pieces.slice(0, kept), pieces.slice(kept)] : [[], pieces];
        for (const piece of after) one.update(piece);
        expect(one.hex()).toBe(digest([...before, ...after]));
        expect(one.hex()).toBe(digest(pieces));
        expect(other.hex()).toBe(digest(pieces.map(() => new Uint8Array([1]))));
      },
    ),
  );
});
