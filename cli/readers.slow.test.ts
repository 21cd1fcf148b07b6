/** Real reader threads whose files hang, exhaust memory, or end the thread: each loses only its own file. */
import { expect, test } from 'vitest';
import { bundled } from '../scripts/bundle.mjs';
import { guarded } from '../src/core/documents/guard/guarded';
import { dropped, readDropBy } from '../src/testing/drops';
import { readerThread } from '../node/texts/readers';
import { ROOT } from './testing/run';

const HEAP_MIB = 64;
const script = bundled(ROOT, 'cli/testing/hostileReader.ts');
const guard = (stuckMs?: number) => {
  const started: { isTerminated: boolean }[] = [];
  const start = async () => {
    const thread = readerThread(await script, HEAP_MIB);
    const one = { isTerminated: false };
    started.push(one);
    const terminate = () => {
      one.isTerminated = true;
      thread.terminate();
    };
    return { ...thread, terminate };
  };
  return { ...guarded(start, stuckMs), started };
};

test.each([
  ['hang', /its reader made no progress for 3 s/],
  ['explode', /its reader needs more than 67\.1 MB of memory/],
  ['exit', /ended with code 3/],
  ['throw', /thrown out of the blue/],
])('a file that does %s is refused alone', async (said, message) => {
  const { readers, end, started } = guard(3000);
  const others = [
    dropped('a.txt', 'Before it.'),
    dropped('b.html', '<p>Beside it.'),
    dropped('c.eml', 'Subject: After\n\nit'),
  ];
  const { documents, reasons } = await readDropBy(readers, [
    others[0]!,
    others[1]!,
    dropped('x.srt', said),
    others[2]!,
  ]);
  expect(documents.map(({ text }) => text.trim())).toEqual(['Before it.', 'Beside it.', 'it']);
  expect(reasons).toEqual([['x.srt', expect.stringMatching(message)]]);
  expect(started.map(({ isTerminated }) => isTerminated)).toEqual([true, false]);
  end();
  expect(started.every(({ isTerminated }) => isTerminated)).toBe(true);
});

test('an unhandled rejection costs nothing', async () => {
  const { readers, end, started } = guard();
  const { documents, reasons } = await readDropBy(readers, [dropped('x.srt', 'reject'), dropped('y.srt', 'Aye.')]);
  expect([documents.map(({ text }) => text), reasons]).toEqual([['reject', 'Aye.'], []]);
  expect(started).toHaveLength(1);
  end();
});

test('Cancel ends a thread that hangs', async () => {
  const { readers, end, started } = guard();
  const stop = new AbortController();
  const reading = readDropBy(readers, [dropped('b.html', '<p>Aye.'), dropped('x.srt', 'hang')], {
    signal: stop.signal,
    report: ({ done }) => done > 7 && stop.abort(new Error('stopped by a person')),
  });
  await expect(reading).rejects.toThrow('stopped by a person');
  expect(started.map(({ isTerminated }) => isTerminated)).toEqual([true]);
  end();
});
