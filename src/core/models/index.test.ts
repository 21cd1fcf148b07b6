import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MODELS } from '.';

test('every model folder is in the list', () => {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(Object.keys(MODELS).sort()).toEqual(folders.map(({ name }) => name).sort());
});
