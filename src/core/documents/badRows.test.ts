/** Malformed rows of a file: refused with their places and reasons, or skipped if the user chooses that. */
import { describe, expect, test } from 'vitest';
import { conversationReader } from '../chat/reader';
import { memoryStore } from '../base/blobStore';
import { fromFailure, toFailure } from '../base/errors';
import { unwatched } from '../base/job';
import { collect, stream } from '../../testing/texts';
import { utf8 } from '../../testing/readDocuments';
import { importDrop, openText, pastedText, type Reading, type TableFormatId, tableFormatOf, type TextSource } from '.';

const chat = (question: string, answer: string): string =>
  JSON.stringify({
    messages: [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ],
  });
const table = (name: TableFormatId, columns: NonNullable<TextSource['table']>['columns']) =>
  ({ format: name, columns }) as const;

interface Case {
  name: string;
  text: string;
  table?: TextSource['table'];
  settings?: Partial<Parameters<typeof importDrop>[2]>;
  /** Malformed rows: place and reason. */
  bad: readonly (readonly [place: string, problem: RegExp])[];
  /** Documents of the well-formed rows. */
  good: readonly string[];
}
const CASES: readonly Case[] = [
  {
    name: 'texts.jsonl',
    text: '{"text":"One"}\n{"text":\n\n[2]\n{"text":"Two"}\n{"text":"\\ud800"}\n',
    bad: [
      ['line 2', /isn't a JSON object: "\{\\"text\\":"/],
      ['line 4', /isn't a JSON object: "\[2\]"/],
      ['line 6', /half of a surrogate pair/],
    ],
    good: ['One', 'Two'],
  },
  {
    name: 'rows.csv',
    text: 'text,kind\nOne,a\nTwo, and more,a\nThree\nFour,b\n',
    bad: [
      ['line 3', /has 3 cells, but the header has 2 columns/],
      ['line 4', /has 1 cell, but the header has 2 columns/],
    ],
    good: ['One', 'Four'],
  },
  {
    name: 'pairs.csv',
    text: 'q,a\nWho?,Me.\nWhy?\nHow?,So.\n',
    table: table('csv', { input: 'q', target: 'a' }),
    bad: [['line 3', /has 1 cell/]],
    good: ['Who?\nMe.', 'How?\nSo.'],
  },
  {
    name: 'labelled.csv',
    text: 'text,label\nOne,sea\nTwo,sea,land\nThree,land\n',
    settings: { isTuned: true, labeledAs: {} },
    bad: [['line 3', /has 3 cells/]],
    good: ['One', 'Three'],
  },
  {
    name: 'chats.jsonl',
    text: [chat('Who?', 'Me.'), '{', chat('Why?', ' '), '{"text":"a"}', chat('How?', 'So.')].join('\n'),
    settings: { isTuned: true, conversations: conversationReader },
    bad: [
      ['line 2', /isn't a JSON object/],
      ['line 3', /has an empty answer, message 2/],
      ['line 4', /isn't in OpenAI format/],
    ],
    good: [chat('Who?', 'Me.'), chat('How?', 'So.')],
  },
  {
    name: 'list.json',
    text: `[${chat('Who?', 'Me.')}, 3, ${chat('How?', 'So.')}]`,
    settings: { isTuned: true, conversations: conversationReader },
    bad: [['object 2', /isn't a JSON object: 3/]],
    good: [chat('Who?', 'Me.'), chat('How?', 'So.')],
  },
  {
    name: 'questions.csv',
    text: 'q,a\nWho?,Me.\nWhy?,Me.,No.\nHow?,So.\n',
    table: table('csv', { input: 'q', target: 'a' }),
    settings: { isTuned: true, conversations: conversationReader },
    bad: [['line 3', /has 3 cells/]],
    good: [chat('Who?', 'Me.'), chat('How?', 'So.')],
  },
];

async function read({ name, text, table: asked, settings }: Omit<Case, 'bad' | 'good'>, reading: Reading = {}) {
  const store = memoryStore();
  const choice = asked ?? (settings?.conversations ? undefined : table(tableFormatOf(name), 'recognised'));
  const bytes = utf8(text);
  const source: TextSource = {
    name,
    size: bytes.length,
    stream: () => stream([bytes.subarray(0, 20), bytes.subarray(20)]),
    reading,
    ...(choice && { table: choice }),
  };
  const outcome = await importDrop([source], store, { addedAt: 1, ...settings }, unwatched);
  const documents = outcome.text ? await openText(store, outcome.text.id) : [];
  const texts = await Promise.all(documents.map(async ({ chunks }) => (await collect(chunks())).join('')));
  return { ...outcome, texts };
}

describe.each(CASES)('$name', (given) => {
  test('is refused with the places and reasons of its malformed rows, and stores nothing', async () => {
    const { text, refused } = await read(given);
    expect(text).toBeNull();
    // Cloned, as when a worker sends it to the page.
    const { code, message, rows } = fromFailure(structuredClone(toFailure(refused[0]!.error)));
    expect(code).toBe('bad-rows');
    expect(message).toContain(`${given.name} has ${given.bad.length} malformed row`);
    expect(rows!.count).toBe(given.bad.length);
    expect(rows!.listed.map(({ place }) => place)).toEqual(given.bad.map(([place]) => place));
    for (const [i, [, problem]] of given.bad.entries()) expect(rows!.listed[i]!.problem).toMatch(problem);
  });

  test('is read without malformed rows if the user chooses that, with a note', async () => {
    const { text, refused, texts } = await read(given, { skipBadRows: true });
    expect(refused).toEqual([]);
    expect(texts).toEqual(given.good);
    const places = given.bad.map(([place]) => place).join(', ');
    const rows = given.bad.length === 1 ? 'row' : 'rows';
    expect(text!.notes).toContain(`Skipped ${given.bad.length} malformed ${rows}: ${places}`);
  });
});

test('counts all malformed rows, and lists the first 20', async () => {
  const text = Array.from({ length: 50 }, (_, i) => (i % 2 ? '{' : `{"text":"Row ${i}"}`)).join('\n');
  const { refused } = await read({ name: 'many.jsonl', text });
  expect(refused[0]!.error.rows).toMatchObject({ count: 25, listed: { length: 20 } });
  const { text: kept } = await read({ name: 'many.jsonl', text }, { skipBadRows: true });
  expect(kept).toMatchObject({ documents: 25 });
  expect(kept!.notes[0]).toMatch(/^Skipped 25 malformed rows: line 2, .*line 40 and 5 more$/);
});

test('refuses a file without a readable row either way', async () => {
  for (const reading of [{}, { skipBadRows: true }]) {
    const { refused } = await read({ name: 'prose.jsonl', text: 'Call me Ishmael.\nSome years ago\n' }, reading);
    expect(refused[0]!.error).toMatchObject({ code: 'bad-file' });
    expect(refused[0]!.error.message).toContain('no readable rows: line 1 isn\'t a JSON object: "Call me');
  }
});

test('keeps the other files of a drop despite a malformed row', async () => {
  const store = memoryStore();
  const sources = [pastedText('bad.csv', 'text,kind\na,b\nc\n'), pastedText('good.csv', 'text,kind\na,b\n')];
  const asTables = sources.map((source) => ({ ...source, table: table('csv', 'recognised') }));
  const { text, refused } = await importDrop(asTables, store, { addedAt: 1 }, unwatched);
  expect(text).toMatchObject({ name: 'good.csv', documents: 1 });
  expect(refused).toMatchObject([{ name: 'bad.csv', error: { code: 'bad-rows' } }]);
});
