import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { sha256Hex } from '../../base/hash';
import { type Progress, unwatched } from '../../base/job';
import { stream as bitsOf } from '../../base/rng';
import { stream } from '../../../testing/texts';
import { importDrop, type TextSource } from '..';
import { textChunksPrefix } from '../record';
import { cleanText } from './cleanText';
import { MAX_PASSAGE_LENGTH } from './passages';
import { type Recipe, stepOf } from './recipe';
import { RULES, type RuleId, ruleOf } from './rules';
import { type Cleaner, cleaner, WorkerPool } from './workerPool';

const bits = bitsOf(1, 'helpers', 0);
let drawn = 0;
const below = (n: number): number => bits(drawn++) % n;
const WORDS =
  'the whale came up beside a boat of and to that with nobody said cafe\u0301 gra-\ntude <b>sea</b> &amp;'.split(' ');
const line = () => `${Array.from({ length: 8 + below(12) }, () => WORDS[below(WORDS.length)]).join(' ')}.`;
const FOOT = 'Subscribe to the Gazette, 12 issues a year for you!';
const page = (lines: number) => `${Array.from({ length: lines }, line).join('\n')}\n\n${FOOT}\n`;

const file = (name: string, text: string, more: Partial<TextSource> = {}): TextSource => {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, stream: () => stream([bytes]), ...more };
};
const rows = Array.from({ length: 30 }, () => JSON.stringify({ q: line(), a: below(5) ? line() : ' ' })).join('\n');
const TEXTS = {
  // Includes a document that exceeds the memory limit, between short ones.
  'pages, a long one among them': [
    ...Array.from({ length: 40 }, (_, i) => file(`${String(i).padStart(2, '0')}.txt`, page(1 + below(60)))),
    file('20-long.txt', `${page(200)}${page(400).repeat(300)}`),
    file('21-code.py', 'def f():\n    return  1\n'),
  ],
  pairs: [file('pairs.jsonl', rows, { table: { format: 'jsonl', columns: { input: 'q', target: 'a' } } })],
};

const recipeOf = (...rules: readonly RuleId[]): Recipe => ({
  version: 1,
  name: 'of a test',
  steps: rules.map((rule) => stepOf(rule, rule === 'relevance' ? { sample: 'whale boat sea', share: 0.9 } : {})),
  kept: [],
});
const changing = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).kind === 'changes');
const RECIPES = {
  'rules that change': recipeOf(...changing.filter((id) => id !== 'c4Lines')),
  'rules that look across documents, in a row and between others': recipeOf(
    'whiteSpace',
    'repeatedLines',
    'length',
    'language',
    'relevance',
    'unicode',
    'gopherQuality',
    'markup',
  ),
};

/** Behaves like a worker: copies its input and output, and takes time. */
function worker(i: number): Cleaner {
  const own = cleaner();
  return async (task) => {
    await setTimeout(below(3) * i);
    return structuredClone(await own(structuredClone(task)));
  };
}

test.each(
  Object.keys(TEXTS).flatMap((text) =>
    Object.keys(RECIPES).map((recipe) => [text, recipe] as [keyof typeof TEXTS, keyof typeof RECIPES]),
  ),
)(
  '%s by %s: gives equal bits for any number of workers',
  async (text, recipe) => {
    const made = [];
    for (const count of [0, 1, 3]) {
      const store = memoryStore();
      const { text: read } = await importDrop(TEXTS[text], store, { addedAt: 1 }, unwatched);
      const cleaners = Array.from({ length: count }, (_, i) => worker(i));
      const help = () => ({ cleaners, end: () => undefined });
      const cleaned = await cleanText(store, read!, RECIPES[recipe], { at: 2 }, unwatched, help);
      const stored = await store.entries(textChunksPrefix(cleaned.id));
      const hashes = stored.map(async ([key, value]) => [
        key,
        value instanceof Uint8Array ? await sha256Hex(value) : value,
      ]);
      made.push({ cleaned, stored: await Promise.all(hashes) });
    }
    expect(made[0]!.cleaned.tallies.some(({ changed, out }) => changed + out > 0)).toBe(true);
    // Spill files are gone.
    expect(made[0]!.stored.some(([key]) => (key as string).includes('aside'))).toBe(false);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  },
  120_000,
);

test('drops spill files of removed documents, and reuses the stored result', async () => {
  const store = memoryStore();
  const sources = [file('long.txt', page(400).repeat(300)), ...TEXTS['pages, a long one among them'].slice(0, 12)];
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const recipe = recipeOf('whiteSpace', 'length', 'repeatedLines');
  recipe.steps[1]!.settings = { least: 1, most: 1_000_000 };
  const { id, left } = await cleanText(store, text!, recipe, { at: 2 }, unwatched);
  expect(left).toBe(1);
  expect((await store.keys('')).filter((key) => key.includes('aside'))).toEqual([]);
  expect(await cleanText(store, text!, recipe, { at: 3 }, unwatched)).toMatchObject({ id, madeAt: 2 });
}, 60_000);

test('an emptied document is excluded from the survey of a rule', async () => {
  const store = memoryStore();
  const empty = Array.from({ length: 10 }, (_, i) => file(`empty-${i}.html`, `<b><i id="${i}"></i></b>`));
  const pages = Array.from({ length: 10 }, (_, i) => file(`page-${i}.txt`, page(5 + i)));
  const asText = [...pages, ...empty].map((source) => ({ ...source, name: source.name.replace('.html', '.txt') }));
  const { text } = await importDrop(asText, store, { addedAt: 1 }, unwatched);
  const recipe = recipeOf('markup', 'relevance');
  recipe.steps[1]!.settings = { sample: 'the whale came up beside a boat', share: 0.5 };
  const { text: cleaned } = await cleanText(store, text!, recipe, { at: 2 }, unwatched);
  expect(cleaned!.documents).toBe(5);
});

test.each([1, 3])('stops while workers are busy: %i', async (count) => {
  const store = memoryStore();
  const { text } = await importDrop(TEXTS['pages, a long one among them'], store, { addedAt: 1 }, unwatched);
  const stop = new AbortController();
  let isEnded = false;
  // The first cleaner never answers.
  const cleaners = Array.from({ length: count }, (_, i): Cleaner => {
    return i === 0 ? () => (stop.abort(new Error('stopped')), new Promise(() => undefined)) : worker(i);
  });
  const help = () => ({ cleaners, end: () => void (isEnded = true) });
  const job = { signal: stop.signal, report: () => undefined };
  await expect(cleanText(store, text!, RECIPES['rules that change'], { at: 2 }, job, help)).rejects.toThrow('stopped');
  expect(isEnded).toBe(true);
  expect((await store.keys('')).filter((key) => key.startsWith('draft/') || key.includes('aside'))).toEqual([]);
});

test('progress counts finished work, not assigned work', async () => {
  const store = memoryStore();
  const { text } = await importDrop([file('long.txt', page(400).repeat(450))], store, { addedAt: 1 }, unwatched);
  let answered = 0;
  const own = worker(1);
  const cleaners = [1, 2].map((): Cleaner => async (task) => {
    const through = await own(task);
    answered += task.documents.reduce((sum, { passages }) => sum + passages.join('').length, 0);
    return through;
  });
  const ahead: number[] = [];
  const report = ({ label, done }: Progress): void => {
    if (label === 'Cleaning') ahead.push(done - answered);
  };
  const job = { ...unwatched, report };
  await cleanText(store, text!, recipeOf('whiteSpace'), { at: 2 }, job, () => ({ cleaners, end: () => undefined }));
  expect(ahead.length).toBeGreaterThan(5);
  // At most one passage in progress and one waiting for each worker.
  expect(Math.max(...ahead)).toBeLessThan(6 * MAX_PASSAGE_LENGTH);
  expect(text!.bytes).toBeGreaterThan(12 * MAX_PASSAGE_LENGTH);
}, 60_000);

test('keeps the order, uses all workers, and reports a failure when its turn comes', async () => {
  const had = [0, 0, 0];
  const pool = new WorkerPool(
    had.map((_, i) => async () => {
      had[i]!++;
      await setTimeout(5 - i);
      return [];
    }),
    unwatched.signal,
  );
  const items = async function* () {
    for (let i = 0; i < 12; i++) yield await Promise.resolve(i);
  };
  const asked = async (i: number, failing?: number) => {
    await pool.run({ steps: [], documents: [] });
    if (i === failing) throw new Error(`at ${i}`);
    return i;
  };
  const seen: number[] = [];
  for await (const i of pool.inOrder(items(), (i) => asked(i))) seen.push(i);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(had).toEqual([4, 4, 4]);
  const before: number[] = [];
  const failing = async () => {
    for await (const i of pool.inOrder(items(), (i) => asked(i, 5))) before.push(i);
  };
  await expect(failing()).rejects.toThrow('at 5');
  expect(before).toEqual([0, 1, 2, 3, 4]);
});
