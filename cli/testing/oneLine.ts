/** Checks how commands report a failure. */
import { expect } from 'vitest';
import { type Ended, lines } from './run';

/** Expects one line for people, and with --json the same words in the last line. */
export function expectOneLine({ stdout, stderr }: Ended, code: string | null, words: RegExp): void {
  expect(stderr).toMatch(/^[^\n]{10,1200}[.!?]\n$/);
  expect(stderr).toMatch(words);
  if (code !== null) expect(lines(stdout).at(-1)).toEqual({ error: { code, message: stderr.trimEnd() } });
}
