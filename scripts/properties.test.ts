import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { propertyTests } from './properties';

const FILES = {
  'texts.ts': `import fc from 'fast-check';
export const anyText = fc.string();
export const expectEqual = () => fc.assert(fc.property(anyText, Boolean));
export const plain = 'fc';`,
  'own.test.ts': `import * as fc from 'fast-check';
const ids = () => fc.nat();
const counts = () => ids();
it('asserts', () => fc.assert(fc.property(fc.nat(), Boolean)));
it('always asserts as often', () => fc.assert(fc.property(counts(), Boolean), { seed: 1, numRuns: 300 }));
it('names a key, a parameter and its own constants', () => {
  const samples = ({ ids: a }, counts) => counts(a, { ids: 1 } as ids);
  for (const ids of samples) { const counts = ids; expect(counts); }
});
it('does not', () => { const counted = a.ids; expect(counted); });
it('asserts by way of two functions', () => { check(counts()); });
describe('of both', () => {
  test.each([
    1,
  ])('each', (n) => { fc.assert(n); });
});`,
  'imported.test.ts': `import { anyText as any, plain } from './testing/../texts';
it('is plain', () => expect(plain));
it('takes one', () => expect(any));`,
  'runs.test.ts': `import { propertyRuns } from '../testing/propertyRuns';
it.skipIf(isSlow)('draws', () => draw(propertyRuns(20)));`,
  'plain.test.ts': `it('says fast-check', () => {});`,
};

test('tests that lead to a generator are found, at the line that vitest reports', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'properties-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  expect(propertyTests(folder, Object.keys(FILES))).toEqual([
    'own.test.ts:4',
    'own.test.ts:11',
    'own.test.ts:15',
    'imported.test.ts:3',
    'runs.test.ts:2',
  ]);
  await rm(folder, { recursive: true });
});
