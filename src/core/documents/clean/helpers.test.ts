import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { sha256Hex } from '../../base/hash';
import { unwatched } from '../../base/job';
import { stream as bitsOf } from '../../base/rng';
import { stream } from '../../testing/texts';
import { importDrop, type TextSource } from '..';
import { textChunksPrefix } from '../record';
import { cleanText } from './cleanText';
import { type Helper, helper, Helpers } from './helpers';
import { type Recipe, stepOf } from './recipe';
import { RULES, type RuleId, ruleOf } from './rules';

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
  // Of one of them more than is held, between short ones.
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

/** As a worker: what it gets and gives is copied, and it takes its time. */
function worker(i: number): Helper {
  const own = helper();
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
  '%s by %s: the same to the bit, however many help',
  async (text, recipe) => {
    const made = [];
    for (const count of [0, 1, 3]) {
      const store = memoryStore();
      const { text: read } = await importDrop(TEXTS[text], store, { addedAt: 1 }, unwatched);
      const helpers = Array.from({ length: count }, (_, i) => worker(i));
      const cleaned = await cleanText(store, read!, RECIPES[recipe], { at: 2 }, unwatched, helpers);
      const stored = await store.entries(textChunksPrefix(cleaned.id));
      const hashes = stored.map(async ([key, value]) => [
        key,
        value instanceof Uint8Array ? await sha256Hex(value) : value,
      ]);
      made.push({ cleaned, stored: await Promise.all(hashes) });
    }
    expect(made[0]!.cleaned.tallies.some(({ changed, out }) => changed + out > 0)).toBe(true);
    // What was put aside is gone.
    expect(made[0]!.stored.some(([key]) => (key as string).includes('aside'))).toBe(false);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  },
  120_000,
);

test('what comes is in its order, all have work, and a failure is told where its turn comes', async () => {
  const had = [0, 0, 0];
  const helpers = new Helpers(
    had.map((_, i) => async () => {
      had[i]!++;
      await setTimeout(5 - i);
      return [];
    }),
  );
  const items = async function* () {
    for (let i = 0; i < 12; i++) yield await Promise.resolve(i);
  };
  const asked = async (i: number, failing?: number) => {
    await helpers.do({ steps: [], documents: [] });
    if (i === failing) throw new Error(`at ${i}`);
    return i;
  };
  const seen: number[] = [];
  for await (const i of helpers.inOrder(items(), (i) => asked(i))) seen.push(i);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(had).toEqual([4, 4, 4]);
  const before: number[] = [];
  const failing = async () => {
    for await (const i of helpers.inOrder(items(), (i) => asked(i, 5))) before.push(i);
  };
  await expect(failing()).rejects.toThrow('at 5');
  expect(before).toEqual([0, 1, 2, 3, 4]);
});
