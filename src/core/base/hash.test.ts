import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256, sha256Hex } from './hash';

it('gives the published digest of "abc" and of nothing', async () => {
  // FIPS 180-2, appendix B.1.
  expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

it('is the same in pieces, and when several run at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 10 }), async (pieces) => {
      const [one, other] = await Promise.all([sha256(), sha256()]);
      for (const piece of pieces) {
        one.update(piece);
        other.update(new Uint8Array([1]));
      }
      const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
      expect(one.hex()).toBe(createHash('sha256').update(whole).digest('hex'));
    }),
  );
});
