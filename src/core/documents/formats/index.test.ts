import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { FORMATS, formatOf } from '.';

it('lists every reader of the folder', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const readers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(index|format)\.|\.test\./.test(file))
    .filter((file) => READER.test(readFileSync(join(folder, file), 'utf8')))
    .map((file) => basename(file.replace(/\/read\.ts$/, ''), '.ts'));
  expect(Object.keys(FORMATS).sort()).toEqual(readers.sort());
});
const READER = /^export (async function\*? |const |\{ \w+ as )(documents|rows|entries|list|read|code)\b/m;

it('assigns each ending to one format', () => {
  const endings = Object.values(FORMATS).flatMap((format): readonly string[] => format.endings);
  expect(new Set(endings).size).toBe(endings.length);
});

it('recognizes a file by its ending', () => {
  expect(formatOf('notes.TXT')).toBe('txt');
  expect(formatOf('a.txt/readme.md')).toBe('md');
  expect(formatOf('LICENSE')).toBe('txt');
  expect(formatOf('folder.md/LICENSE')).toBe('txt');
  expect(formatOf('x.constructor')).toBe('txt');
});
