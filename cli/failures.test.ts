/** Failed commands print one line with a remedy, or one line of JSON, and exit with a code for the cause. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run, TINY } from './testing/run';
import { expectOneLine } from './testing/oneLine';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failures-'));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  await writeFile(path('long.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(1000));
}, 120_000);
afterAll(async () => {
  await rm(folder, { recursive: true });
});
const grow = (out: string) => ['--text', path('text.txt'), ...TINY, '--out', path(out), '--json'];

describe('a command that cannot run', () => {
  test.each<[string, () => string[], number, string | null, RegExp]>([
    ['is told what is missing', () => ['grow'], 2, null, /--text is missing.*--help/],
    ['knows no such flag', () => ['grow', ...grow('out'), '--stesp', '5'], 2, 'usage', /Unknown flag --stesp/],
    ['needs a value', () => ['export', '--json', '--from'], 2, 'usage', /--from needs a value/],
    ['is given a flag twice', () => ['grow', ...grow('out'), '--tokenizer=words'], 2, 'usage', /given twice/],
    [
      'has a tokenizer that is none',
      () => ['grow', ...grow('out').map((arg) => (arg === 'bytes' ? 'words' : arg))],
      2,
      'usage',
      /--tokenizer must be/,
    ],
    [
      'has heads that do not divide the width',
      () => ['grow', ...grow('out').map((arg) => (arg === '2' ? '3' : arg))],
      2,
      'bad-settings',
      /isn't a multiple of 3 heads/,
    ],
    [
      'would write into the folder of its text',
      () => ['grow', ...grow('')],
      2,
      'bad-settings',
      /--out .* contains --text .*text\.txt/,
    ],
    [
      'reads a text that is not there',
      () => ['grow', '--text', 'nowhere.txt', '--out', path('out'), '--json'],
      1,
      'bad-file',
      /There is no file nowhere\.txt/,
    ],
    [
      'reads a text that is a folder',
      () => ['grow', '--text', '.', '--out', path('out'), '--json'],
      1,
      'bad-file',
      /is a folder/,
    ],
    [
      'reads a text under a file',
      () => ['grow', '--text', path('text.txt', 'more.txt'), '--out', path('out'), '--json'],
      1,
      'bad-file',
      /ENOTDIR/,
    ],
    [
      'reads a text with too long a name',
      () => ['grow', '--text', 'n'.repeat(300), '--out', path('out'), '--json'],
      1,
      'bad-file',
      /ENAMETOOLONG/,
    ],
    ['reads a model that is not there', () => ['sample', '--from', path('none')], 1, null, /There is no folder/],
    ['reads a model under a file', () => ['sample', '--from', path('text.txt', 'm')], 1, null, /ENOTDIR/],
    [
      'measures heads that do not divide the width',
      () => ['bench', 'step', '--device', 'wasm', '--width', '10', '--heads', '3', '--json'],
      2,
      'bad-settings',
      /width of 10 isn't a multiple of 3 heads/,
    ],
    ['measures too few steps', () => ['bench', 'step', '--steps', '2', '--json'], 2, 'usage', /--steps must be/],
    [
      'measures a model of absurd size',
      () => ['bench', 'step', '--device', 'wasm', ...ABSURD, '--json'],
      1,
      'out-of-memory',
      /memory/,
    ],
    [
      'measures nothing that there is',
      () => ['bench', 'stepp', '--json'],
      2,
      'usage',
      /Available: step, ops, text, tokenizer, /,
    ],
    [
      'trains what no memory holds',
      () => ['grow', ...grow('large').map((arg, i, all) => large()[all[i - 1]!] ?? arg)],
      2,
      'bad-settings',
      /The run needs [\d.]+ GB; WASM can address 4.29 GB. Use batch .* Nothing was started/,
    ],
  ])('%s', async (_, args, code, json, words) => {
    const ended = await run(args());
    expect(ended.code).toBe(code);
    expectOneLine(ended, json, words);
  });
  const ABSURD = ['--layers', '48', '--heads', '2', '--width', '2048', '--vocab', '1000000', '--context', '2048'];
  const large = (): Record<string, string> => ({
    '--text': path('long.txt'),
    '--batch': '4096',
    '--width': '256',
    '--context': '2048',
  });
});
