/** Module names work on case-insensitive file systems, as on macOS: there `./OwnText` is also `ownText.ts`. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no two modules of a folder differ only in case', () => {
  const modules = ['src', 'cli', 'node', 'e2e', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((path) =>
      /(?<!\.d)\.(?:m?[jt]s|tsx)$/.test(path) ? [`${folder}/${path.replace(/\.\w+$/, '')}`] : [],
    ),
  );
  expect(modules.length).toBeGreaterThan(1000);
  const byName = new Map<string, string>();
  const alike = modules.filter((path) => {
    const before = byName.get(path.toLowerCase());
    byName.set(path.toLowerCase(), path);
    return before !== undefined && before !== path;
  });
  expect(alike).toEqual([]);
});
