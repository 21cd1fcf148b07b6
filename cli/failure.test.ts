import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { badSettings } from '../src/core/base/errors';
import { endingOf, Stopped } from './failure';
import { UsageError } from './options';

/** Returns the error that is really thrown. */
function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}
function writeToFull(): void {
  const file = openSync('/dev/full', 'w');
  try {
    writeSync(file, 'x');
  } finally {
    closeSync(file);
  }
}
/** Reads far beyond a memory of one page. */
const beyond = () => {
  const code =
    '0061736d01000000 010401600000 03020100 0503010001 070701 0372756e 0000 0a0d010b00 4180808008 280200 1a0b';
  const bytes = Uint8Array.from(code.replaceAll(' ', '').match(/../g)!, (byte) => parseInt(byte, 16));
  (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports['run'] as () => void)();
};

test.each<[string, () => unknown, string, number, RegExp]>([
  [
    'a file that is missing',
    () => readFileSync('/nowhere/at/all'),
    'bad-file',
    1,
    /^\/nowhere\/at\/all can't be used: no such file or directory \(ENOENT\)\. /,
  ],
  [
    'a folder that is a file',
    () => readdirSync('/dev/null'),
    'bad-file',
    1,
    /^\/dev\/null can't be listed: not a directory/,
  ],
  [
    'a full disk',
    writeToFull,
    'storage-full',
    1,
    /^A file can't be written: no space left on device \(ENOSPC\)\. Existing files are unchanged\. /,
  ],
  ['an array that is too large', () => new Float64Array(2 ** 40), 'out-of-memory', 1, /^Memory ran out \(.+\)\. /],
  [
    'an engine that reads beyond its heap',
    beyond,
    'out-of-memory',
    1,
    /^Memory ran out \(memory access out of bounds\)\. /,
  ],
  [
    'pages of words',
    () => {
      throw new Error(`one\n\n two ${'x'.repeat(60_000)} end`);
    },
    'bug',
    1,
    /^Homegrown has a bug: one two x+ … x+ end.*HOMEGROWN_DEBUG=1/,
  ],
  [
    'a setting',
    () => {
      throw badSettings('Seven heads', 'Take eight');
    },
    'bad-settings',
    2,
    /^Seven heads\. Take eight\.$/,
  ],
  [
    'what was typed',
    () => {
      throw new UsageError('Unknown flag --x.');
    },
    'usage',
    2,
    /^Unknown flag --x\.$/,
  ],
  [
    'a hang-up',
    () => {
      throw new Stopped('SIGHUP');
    },
    'stopped',
    129,
    /Nothing was changed\.$/,
  ],
])('%s is one line with a remedy', (_, act, code, exitCode, words) => {
  const ending = endingOf(thrown(act));
  expect(ending).toMatchObject({ code, exitCode });
  expect(ending.message).toMatch(words);
  expect(ending.message).toMatch(/^[^\n]{10,1300}\.$/);
});
test('anything can be thrown', () => {
  for (const what of [undefined, null, 5, '', {}, new Error()]) expect(endingOf(what)).toMatchObject({ code: 'bug' });
});
