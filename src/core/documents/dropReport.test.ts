import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { toFailure } from '../base/errors';
import { unwatched } from '../base/job';
import { pdfOf } from '../../testing/pdf';
import { dropped } from '../../testing/drops';
import { dropSummary, joined, NOTHING, reportOf, skippedGroups, skippedLines } from './dropReport';
import { importDrop } from './import';

const SEA = 'The sea is wide.';
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4);

async function reported(store = memoryStore(), ...files: readonly (readonly [string, string | Uint8Array])[]) {
  const sources = files.map(([name, content]) => dropped(name, content));
  const { refused, ...outcome } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  return reportOf({ ...outcome, refused: refused.map(({ name, error }) => ({ name, failure: toFailure(error) })) });
}

test('summarizes a drop in one line, with the reason for each skipped file and the file it equals', async () => {
  const store = memoryStore();
  const report = await reported(
    store,
    ['a.txt', SEA],
    ['b.txt', SEA],
    ['notes.txt', ''],
    ['leek.jpg', JPEG],
    ['scan.pdf', pdfOf([[], []])],
    ['old.rtf', '{\\rtf1 The sea}'],
  );
  expect(dropSummary(report, 2)).toBe('1 added, 2 need you, 4 skipped, 1 not added');
  expect(skippedGroups(report, 2)).toEqual([
    { title: 'Duplicates', files: [{ name: 'b.txt', reason: 'duplicate', why: 'identical to a.txt' }], more: 0 },
    {
      title: 'No text',
      files: [
        { name: 'notes.txt', reason: 'no text', why: 'empty' },
        { name: 'leek.jpg', reason: 'no text', why: 'JPEG picture' },
      ],
      more: 1,
    },
  ]);
  expect(report.failed.map(({ name }) => name)).toEqual(['old.rtf']);

  // A file that was added earlier is named too.
  const next = await reported(store, ['c.txt', SEA], ['a.txt', SEA]);
  expect(dropSummary(next)).toBe('2 skipped');
  expect(skippedLines(joined(report, next))).toEqual([
    'Skipped: b.txt: identical to a.txt',
    'Skipped: c.txt: identical to a.txt',
    'Skipped: a.txt: already added',
    'Skipped: notes.txt: empty',
    'Skipped: leek.jpg: JPEG picture',
    'Skipped: scan.pdf: 2 pages without text',
  ]);
});

test('uses the singular for one waiting file, and truncates a long group', () => {
  expect(dropSummary(NOTHING, 1)).toBe('1 needs you');
  expect(dropSummary(NOTHING)).toBe('Nothing to add');
  const skipped = Array.from({ length: 1020 }, (_, i) => ({ name: `.${i}`, reason: 'hidden' as const, why: 'hidden' }));
  const lines = skippedLines({ ...NOTHING, skipped });
  expect([lines.length, lines.at(-1)]).toEqual([21, 'Skipped: 1,000 more files (hidden files)']);
});
