import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64, base64Length } from './base64';

test('equals the base64 of Node', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = base64(bytes);
      expect(Buffer.from(text).toString('latin1')).toBe(Buffer.from(bytes).toString('base64'));
      expect(text.length).toBe(base64Length(bytes.length));
    }),
  );
});
