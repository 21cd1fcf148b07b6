import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TYPE_PROJECTS } from './checks.mjs';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('a checked project contains every folder of src', () => {
  const included = [...TYPE_PROJECTS, 'tsconfig.core.json'].flatMap(
    (name) => (JSON.parse(read(name)) as { include: string[] }).include,
  );
  const folders = readdirSync(new URL('../src', import.meta.url), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.map(({ name }) => `src/${name}`).filter((folder) => !included.includes(folder))).toEqual([]);
});
