import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { COMMANDS } from '../cli/testing/commands';
import { DOCUMENT, tablesIn, withFlagTables } from './cliTables';

test('documents leave build sizes to the tests and the app, which measure them', async () => {
  const [readme, changelog] = await Promise.all(['README.md', 'CHANGELOG.md'].map((name) => readFile(name, 'utf8')));
  const privacy = /## Privacy\n([^]*?)\n## /.exec(readme!)![1]!;
  expect(privacy.match(/[\d.]+ ([kM]B|files)\b/g)).toBeNull();
  // A dated claim, "At most 286 kB", was wrong three changes later.
  expect(changelog!.match(/[^.;(]*by now, e2e[^.;)]*/g)).toBeNull();
});

test('docs/cli.md has a table of the flags of every command, as --help lists them', async () => {
  const text = await readFile(DOCUMENT, 'utf8');
  const names = Object.values(COMMANDS).flatMap((commands) => commands.map(({ name }) => name));
  expect([...tablesIn(text)].sort()).toEqual(names.sort());
  // If this fails: npx tsx scripts/cliDocs.ts
  expect(withFlagTables(text, COMMANDS)).toBe(text);
});

test('a table mark that names no command is refused', () => {
  const mark = '<!-- flags: bake -->\n<!-- end -->';
  expect(() => withFlagTables(mark, COMMANDS)).toThrow("has a table for 'bake', which is not a command");
});

test('the architecture is one page, and each folder that it names exists', async () => {
  const text = await readFile('docs/architecture.md', 'utf8');
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(MAX_ARCHITECTURE_WORDS);
  const [tree] = /(?<=```\n)[^]*?(?=```)/.exec(text)!;
  const folders = tree.split('\n').flatMap((line) => {
    const [names = ''] = /^ *(?:[\w/]+\/ +)+/.exec(line) ?? [];
    return names
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map((name) => (line.startsWith(' ') ? `src/core/${name}` : name));
  });
  expect(folders.length).toBeGreaterThan(40);
  expect(folders.filter((folder) => !existsSync(folder))).toEqual([]);
  const core = await readdir('src/core', { withFileTypes: true });
  const own = core.filter((entry) => entry.isDirectory()).map(({ name }) => `src/core/${name}/`);
  expect(own.filter((folder) => !folders.includes(folder))).toEqual([]);
});
const MAX_ARCHITECTURE_WORDS = 900;

test('the index of decisions lists each record once', async () => {
  const index = await readFile('docs/decisions/README.md', 'utf8');
  const listed = [...index.matchAll(/^- \[\d+\]\((.+?)\)/gm)].map(([, file]) => file!);
  const records = (await readdir('docs/decisions')).filter((name) => name !== 'README.md');
  expect(listed.sort()).toEqual(records.sort());
});
