import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { sha256Hex } from '../../base/hash';
import { type Progress, unwatched } from '../../base/job';
import { collect, stream } from '../../../testing/texts';
import { collectOrphans, documentsOf, importDrop, listTexts, purgeText, removeText, textOf, type TextSource } from '..';
import { unreadableTexts } from '../library';
import { leftOutOf } from './cleaned';
import { cleanText } from './cleanText';
import { MAX_PASSAGE_LENGTH } from './passages';
import { NO_RECIPE, type Recipe, stepOf } from './recipe';
import { propertyRuns } from '../../../testing/propertyRuns';

const file = (name: string, text: string, more: Partial<TextSource> = {}): TextSource => {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, stream: () => stream([bytes]), ...more };
};
const recipeOf = (...steps: Recipe['steps']): Recipe => ({ version: 1, name: 'of a test', steps, kept: [] });

async function cleaned(sources: readonly TextSource[], recipe: Recipe) {
  const store = memoryStore();
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const result = await cleanText(store, text!, recipe, { at: 2 }, unwatched);
  const documents = result.text ? await documentsOf(store, result.text) : [];
  const left = await collect(leftOutOf(store, result));
  const texts = await Promise.all(documents.map(async ({ chunks }) => (await collect(chunks())).join('')));
  return { store, original: text!, ...result, documents, texts, left };
}

test('reports what a rule changes and removes, and keeps the original text', async () => {
  const sources = [
    file('a/one.txt', 'Call  me\u00a0Ishmael.'),
    file('a/two.txt', 'Aye.'),
    file('a/three.txt', 'Some years ago.'),
  ];
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('length', { least: 5 }));
  const { store, original, text, texts, documents, left, tallies } = await cleaned(sources, recipe);
  expect(texts).toEqual(['Call me Ishmael.', 'Some years ago.']);
  expect(documents.map(({ title }) => title)).toEqual(['a/one.txt', 'a/three.txt']);
  expect(documents[0]!.sha256).toBe(await sha256Hex('Call me Ishmael.'));
  expect(text).toMatchObject({ name: 'a', documents: 2, characters: 31, bytes: 31 });
  expect(left).toEqual([
    {
      place: 1,
      name: 'a/two.txt',
      title: 'a/two.txt',
      sha256: await sha256Hex('Aye.'),
      rule: 'length',
      reason: '4 characters; the minimum is 5',
      scores: { characters: 4 },
    },
  ]);
  expect(tallies).toEqual([
    { rule: 'whiteSpace', out: 0, changed: 1, places: 2, characters: -1 },
    { rule: 'length', out: 1, changed: 0, places: 0, characters: 0 },
  ]);
  expect(await textOf(store, original.id)).toEqual(original);
  expect(await listTexts(store)).toEqual([original]);
});

test('keeps a protected document, and removes an emptied one', async () => {
  const sources = [file('one.txt', 'Aye.'), file('two.txt', 'No.')];
  const kept = { ...recipeOf(stepOf('length', { least: 5 })), kept: [await sha256Hex('No.')] };
  expect((await cleaned(sources, kept)).texts).toEqual(['No.']);
  const { text, left } = await cleaned(sources, recipeOf(stepOf('length', { least: 9 })));
  expect([text, left.length]).toEqual([null, 2]);
});

test('cleans input and target of a pair, which stays a pair with its label', async () => {
  const table = { format: 'csv', columns: { input: 'q', target: 'a', label: 'l' } } as const;
  const csv = 'q,a,l\nWho  is\tit?,Ahab  é,x\nWhere?,"At  sea",y\n';
  const { documents, texts } = await cleaned([file('t.csv', csv, { table })], recipeOf(stepOf('whiteSpace')));
  expect(texts).toEqual(['Who is it?\nAhab é', 'Where?\nAt sea']);
  expect(documents.map(({ spans, fields }) => [spans, fields])).toEqual([
    [{ input: [0, 10], target: [11, 18] }, { label: 'x' }],
    [{ input: [0, 6], target: [7, 13] }, { label: 'y' }],
  ]);
});

test('changes nothing without a rule, and gives equal bits for the same recipe', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => /\S/.test(each));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(text, { minLength: 1, maxLength: 8 }), async (texts) => {
      const sources = texts.map((each, i) => file(`${i}.txt`, each.replaceAll('\0', ' a')));
      const { original, text: same } = await cleaned(sources, NO_RECIPE);
      expect(same!.sha256).toBe(original.sha256);
      const recipe = recipeOf(stepOf('whiteSpace'));
      expect((await cleaned(sources, recipe)).text).toEqual((await cleaned(sources, recipe)).text);
    }),
    { numRuns: propertyRuns(20) },
  );
});

test('reuses a stored result, removes it with its text, and never reports it as lost', async () => {
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('length', { least: 5 }));
  const { store, original, id } = await cleaned([file('a/one.txt', 'Call  me'), file('a/two.txt', 'Aye.')], recipe);
  const again = (by: Recipe) => cleanText(store, original, by, { at: 3 }, unwatched);
  expect(await again({ ...recipe, name: 'called otherwise' })).toMatchObject({ id, madeAt: 2 });
  const other = await again(recipeOf(stepOf('lowerCase')));
  expect(other).toMatchObject({ madeAt: 3, left: 0, documents: 2 });
  expect(await unreadableTexts(store)).toEqual([]);
  // An unreadable result stays, and another is created.
  await store.commit({ put: [[`cleaned/${other.id}`, { version: 1, id: 'else' }]] });
  const made = await again(recipeOf(stepOf('lowerCase')));
  expect(made.id).not.toBe(other.id);
  expect(made.text!.sha256).toBe(other.text!.sha256);
  expect(await collectOrphans(store, 4)).toBe(0);
  expect(await again(recipe)).toMatchObject({ madeAt: 2 });
  await removeText(store, original.id, 'first', 4);
  await purgeText(store, original.id);
  const keys = await store.keys('');
  expect(keys.filter((key) => !key.includes(other.id))).toEqual([]);
});

test('a document too long for memory gives the same result as a short one', async () => {
  const line = 'The  whale came up beside the boat.\n\n\n';
  const times = Math.ceil((MAX_PASSAGE_LENGTH * 9) / line.length);
  // One copy remains, however often the passages are read.
  const refrain = 'Sing to the whale, you sailors of the wide sea!\n\n';
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('repeatedLines', { times: 2, least: 40 }), stepOf('length'));
  const long = `${refrain}${line.repeat(times)}${refrain.repeat(3)}`;
  const { texts, tallies } = await cleaned([file('long.txt', long)], recipe);
  expect(await sha256Hex(texts[0]!)).toBe(
    await sha256Hex(`${refrain}${line.replace('  ', ' ').replace('\n\n\n', '\n\n').repeat(times)}\n\n\n`),
  );
  expect(tallies[0]).toEqual({ rule: 'whiteSpace', out: 0, changed: 1, places: 2 * times, characters: -2 * times });
}, 60_000);

test('a rule sees what earlier rules left of a long document, also if it had seen the passages before', async () => {
  const line = 'The whale came up beside the boat, and the mate stood in it.\n';
  const long = line.repeat((MAX_PASSAGE_LENGTH * 9) / line.length);
  const recipe = recipeOf(stepOf('repeatedLines', { times: 2, least: 40 }), stepOf('length', { least: 100 }));
  const { text, left } = await cleaned([file('long.txt', long)], recipe);
  expect(text).toBeNull();
  expect(left).toMatchObject([{ rule: 'length', scores: { characters: line.length } }]);
}, 60_000);

test('a pair too long for memory stays a pair', async () => {
  const answer = 'The whale came up beside the boat.\n'.repeat((MAX_PASSAGE_LENGTH * 9) / 35);
  const jsonl = JSON.stringify({ q: 'What  came up?', a: answer });
  const table = { format: 'jsonl', columns: { input: 'q', target: 'a' } } as const;
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('length'));
  const { documents, texts } = await cleaned([file('t.jsonl', jsonl, { table })], recipe);
  expect(documents[0]!.spans).toEqual({ input: [0, 13], target: [14, 14 + answer.length] });
  expect(texts[0] === `What came up?\n${answer}`).toBe(true);
}, 60_000);

test('the progress of a long document includes the remaining passes', async () => {
  const recipe = recipeOf(
    stepOf('whiteSpace'),
    stepOf('repeatedLines', { times: 2, least: 40 }),
    stepOf('urls'),
    stepOf('length'),
  );
  const store = memoryStore();
  const long = 'The  whale came up beside the boat.\n'.repeat((MAX_PASSAGE_LENGTH * 9) / 36);
  const { text } = await importDrop([file('long.txt', long)], store, { addedAt: 1 }, unwatched);
  let all = 0;
  const get = async (key: string) => {
    const value = await store.get(key);
    if (value instanceof Uint8Array) all += value.length;
    return value;
  };
  const shares: [read: number, share: number][] = [];
  const job = { ...unwatched, report: ({ done, of }: Progress) => void shares.push([all, done / of!]) };
  await cleanText({ ...store, get }, text!, recipe, { at: 2 }, job);
  // First tries to load the document, then two rules read all of it, and then it is written.
  const middle = shares.filter(([, share]) => share > 0 && share < 1);
  const [begun] = middle[0]!;
  for (const [read, share] of middle) expect(Math.abs((read - begun) / (all - begun) - share)).toBeLessThan(0.15);
  expect(middle.length).toBeGreaterThan(9);
}, 60_000);
