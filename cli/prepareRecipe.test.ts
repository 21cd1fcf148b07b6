/** Documents cleaned by a recipe. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recommendedRecipe, type Recipe, stepOf } from '../src/core/documents/clean/recipe';
import { lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const prepare = (...more: string[]) =>
  run(['prepare', '--from', path('in'), '--out', path('out'), '--report', path('report'), '--json', ...more]);
const written = async (name: string): Promise<unknown> => JSON.parse(await readFile(path(name), 'utf8'));
const texts = async () => lines(await readFile(path('out/documents.jsonl'), 'utf8')).map(({ text }) => text);

const PROSE = 'Call  me\u00a0Ishmael; it was cafe\u0301 time.  \r\n';
const CODE = 'def sail(  ship ):\r\n    return  ship\r\n';
const files = { 'a.txt': PROSE, 'b.txt': 'Aye.', 'c.py': CODE };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipe-'));
  await mkdir(path('in'));
  for (const [name, text] of Object.entries(files)) await writeFile(path('in', name), text);
});
afterAll(() => rm(folder, { recursive: true }));

test('the recommended recipe cleans the documents and is saved next to them; with none, they stay unchanged', async () => {
  const ended = await prepare();
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ documents: 3, read: 3, removed: {} });
  const code = CODE.replaceAll('\r', '');
  expect(await texts()).toEqual(['Call me Ishmael; it was café time.\n', 'Aye.', code]);
  expect(await written('out/recipe.json')).toEqual(recommendedRecipe());

  expect(await prepare('--recipe', 'none')).toMatchObject({ code: 0, stderr: '' });
  expect(await texts()).toEqual(Object.values(files));
  expect(await written('out/recipe.json')).toMatchObject({ name: 'none', steps: [] });
}, 60_000);

test('a custom recipe is read: its changes are listed by rule, and in the report by document', async () => {
  const recipe: Recipe = {
    version: 1,
    name: 'mine',
    steps: [stepOf('whiteSpace'), stepOf('lowerCase'), stepOf('length', { least: 10 })],
    kept: [],
  };
  await writeFile(path('mine.json'), JSON.stringify(recipe));
  const ended = await prepare('--recipe', path('mine.json'));
  expect(lines(ended.stdout).at(-1)).toMatchObject({ documents: 2, read: 3, removed: { length: 1 } });
  expect(await texts()).toEqual(['call me ishmael; it was cafe\u0301 time.\r\n', CODE]);
  expect(await written('out/recipe.json')).toEqual(recipe);
  const { rules, left } = (await written('report/report.json')) as { rules: object[]; left: object[] };
  expect(rules).toMatchObject([
    { rule: 'whiteSpace', changed: 1, places: 3, characters: -3 },
    { rule: 'lowerCase', changed: 1, places: 2 },
    { rule: 'length', out: 1 },
  ]);
  expect(left).toMatchObject([{ name: 'b.txt', rule: 'length', reason: '4 characters; the minimum is 10' }]);

  await writeFile(path('all.json'), JSON.stringify({ ...recipe, steps: [stepOf('length', { least: 100 })] }));
  const none = await prepare('--recipe', path('all.json'));
  expect(none.code).toBe(1);
  expect(none.stdout).toMatch(/The recipe removes all of 3 documents\. Reason for the first: .*--recipe none/);
  await writeFile(path('wrong.json'), '{"version":1,"name":"a","steps":[{"rule":"polish"}]}');
  const wrong = await prepare('--recipe', path('wrong.json'));
  expect([wrong.code, wrong.stdout]).toEqual([
    1,
    expect.stringMatching(/wrong\.json is not a valid recipe: at steps 1 rule/),
  ]);
  // The last output is still there.
  expect(await texts()).toHaveLength(2);
}, 60_000);

test('personal data is counted before any rule changes it, and no value is printed', async () => {
  const [address, iban] = ['ann@example.org', 'DE89 3704 0044 0532 0130 00'];
  await mkdir(path('private'));
  await writeFile(path('private/note.txt'), `Pay ${iban}, write to ${address} or bob@example.org.\n`);
  const recipe: Recipe = { version: 1, name: 'zeros', steps: [stepOf('numbers')], kept: [] };
  await writeFile(path('zeros.json'), JSON.stringify(recipe));
  const folders = ['--from', path('private'), '--out', path('counted')];
  const ended = await run(['prepare', ...folders, '--recipe', path('zeros.json'), '--json']);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ personal: { email: 2, iban: 1 } });
  expect(ended.stdout).not.toContain(address);
  const facts = await written('counted/prepared.json');
  expect(facts).toMatchObject({ personal: { email: 2, iban: 1 } });
  expect(JSON.stringify(facts)).not.toContain(iban);
});
