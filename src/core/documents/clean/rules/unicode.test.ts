import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unicode } from './unicode';
import { propertyRuns } from '../../../../testing/propertyRuns';

const apart = ['\u0301', '\u0323', '\u20d0', '\u20d2', '\u093c', '\u1161', '\u11a8', '\u{1d165}', '\u3099'];
const alike = [
  'e',
  'q',
  'é',
  '\u212b',
  '\u1100',
  '\u0958',
  '\uf900',
  '\u2000',
  '\u2126',
  '\u2215',
  '\u2460',
  '\ufb01',
  '“',
  '—',
  '\u00b2',
];

test.each(['NFC', 'NFKC'] as const)(
  "%s equals the engine's, though only possible changes are passed to it",
  async (form) => {
    const change = (await unicode.start({ form })).document({ title: '' }).changes!()!;
    const piece = fc.oneof(fc.constantFrom(...apart, ...alike), fc.string({ unit: 'binary', maxLength: 2 }));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const changed = change(text);
        expect(changed.text).toBe(text.normalize(form));
        expect(changed.places > 0).toBe(changed.text !== text);
      }),
      { numRuns: propertyRuns(2000) },
    );
    // Each character alone, and between characters that it may combine or swap with.
    for (let code = 0; code < 0x30000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      for (const text of [character, `e${character}\u0323${character}e`])
        if (change(text).text !== text.normalize(form))
          expect(change(text).text, code.toString(16)).toBe(text.normalize(form));
    }
  },
);

test('splits a run of 400,000 marks in linear time', async () => {
  const change = (await unicode.start({ form: 'NFC' })).document({ title: '' }).changes!()!;
  const text = `e${'\u0323\u0301'.repeat(200_000)} and so on`;
  const changed = change(text);
  expect(changed.text).toMatch(/^ẹ\u0323*\u0301/);
  expect(changed.text).toMatch(/ and so on$/);
  expect(changed.text.match(/\u034f/g)).toHaveLength(13_333);
  expect(changed.places).toBe(1);
  expect(changed.characters).toBe(changed.text.length - text.length);
}, 20_000);
