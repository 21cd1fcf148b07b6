/** The stored list of a drop's skipped files: bounded, and read back unchanged. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { propertyRuns } from '../../testing/propertyRuns';
import { awkwardText } from '../../testing/texts';
import type { SkippedFile } from './dropReport';
import { keptDrop, keptDropSchema, MAX_BYTES, MAX_FILES } from './keptDrop';

const file = fc.record({ name: awkwardText, why: awkwardText });
const skipped = file.map((each): SkippedFile => ({ ...each, reason: 'duplicate' }));

test('bounds the list of skipped files, and counts all of them', () => {
  fc.assert(
    fc.property(
      fc.array(skipped, { maxLength: 300, size: 'max' }),
      fc.array(file, { maxLength: 40 }),
      fc.nat({ max: 5 }),
      (left, failed, long) => {
        const longer = left.map((each, i) => (i % 7 < long ? { ...each, name: each.name.repeat(200) } : each));
        const kept = keptDrop(9, longer, failed);
        if (left.length + failed.length === 0) {
          expect(kept).toBeNull();
          return;
        }
        const all = [...kept!.skippedFiles, ...kept!.failedFiles];
        expect(all.length).toBeLessThanOrEqual(MAX_FILES);
        const bytes = all.reduce((sum, { name, why }) => sum + Buffer.byteLength(name) + Buffer.byteLength(why), 0);
        expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
        expect(kept).toMatchObject({ added: 9, skipped: left.length, failed: failed.length });
        expect(keptDropSchema.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
      },
    ),
    { numRuns: propertyRuns(40) },
  );
});

test('maps a reason from a newer version to other', () => {
  const kept = keptDrop(1, [{ name: 'a', why: 'b', reason: 'hidden' }], [])!;
  const newer = { ...kept, skippedFiles: [{ name: 'a', why: 'b', reason: 'too new' }] };
  expect(keptDropSchema.parse(newer).skippedFiles).toEqual([{ name: 'a', why: 'b', reason: 'other' }]);
});
