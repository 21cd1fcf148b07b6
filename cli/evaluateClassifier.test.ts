/** Output of `evaluate` for a classifier: result, comparison, and the warning about a word that reveals a label. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { ROWS } from './testing/mails';
import { run, TINY } from './testing/run';

let folder: string;
const call = (...args: string[]) => run(args, { cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('prints the accuracy first, then the word-count baseline, then the word that may explain it', async () => {
  const rows = ROWS.map(([subject, body, kind]) => {
    const label = kind.toLowerCase();
    return [`${subject} ${label === 'spam' ? 'xqz' : ''} ${body}`, label];
  });
  await writeFile(join(folder, 'leak.csv'), csvOf([['text', 'label'], ...rows]));
  const own = [...TINY, '--model', 'bert', '--table', 'leak.csv', '--learning-rate', '0.01', '--steps', '8'];
  expect(await call('tune', '--kind', 'classify', ...own, '--out', 'leak')).toMatchObject({ code: 0 });
  const { stdout } = await call('evaluate', '--from', 'leak', '--device', 'wasm');
  const printed = stdout.split('\n');
  const at = printed.findIndex((line) => / texts right \(/.test(line));
  expect(printed[at]).toMatch(/^\d+ of \d+ texts right \([\d.]+ %\)\. .*(naive Bayes|against|one label)/);
  expect(printed[at + 1]).toMatch(
    /^The accuracy may come from one word\. The word “xqz” gives “spam” away: it is in 40 of 40 \(100 %\) .* A classifier may learn that word and little else/,
  );
  expect(stdout).toContain('Confusion matrix: actual labels in rows, predicted labels in columns.');
}, 120_000);
