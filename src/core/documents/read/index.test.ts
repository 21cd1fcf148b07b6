import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FORMATS, formatOf } from '.';

it('lists every file of the folder', () => {
  const files = readdirSync(new URL('.', import.meta.url))
    .filter((file) => !/^(index|format)\.|\.test\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''));
  expect(Object.keys(FORMATS).sort()).toEqual(files.sort());
});

it('gives each ending to one format', () => {
  const endings = Object.values(FORMATS).flatMap((format): readonly string[] => format.endings);
  expect(new Set(endings).size).toBe(endings.length);
});

it('knows a file by the end of its name', () => {
  expect(formatOf('notes.TXT')).toBe('txt');
  expect(formatOf('a.txt/readme.md')).toBe('md');
  expect(formatOf('LICENSE')).toBe('txt');
  expect(formatOf('folder.md/LICENSE')).toBe('txt');
  expect(formatOf('x.constructor')).toBe('txt');
});
