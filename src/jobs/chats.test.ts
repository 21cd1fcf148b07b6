/** Chats in the store: from files of any shape to the same messages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zipSync } from 'fflate';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import type { Conversation } from '../core/chat/conversation';
import { conversationOf } from '../core/chat/documents';
import type { ShapeId } from '../core/chat/shapes/index';
import {
  addToProject,
  collectOrphans,
  importDrop,
  importText,
  listTexts,
  placedDocuments,
  removeText,
  textOf,
  type TextRecord,
  type TextSource,
} from '../core/documents';
import { rescueProject } from '../core/runs/projectLife';
import { asChats, chat, chatText, conversations, lines, rowIn } from '../testing/conversations';
import { dropped } from '../testing/drops';
import { PARQUET } from '../testing/parquet';
import { collect } from '../testing/texts';
import { importSpeakers, speakersIn } from './chats';
import { propertyRuns } from '../testing/propertyRuns';

const read = (store: BlobStore, source: TextSource) => importText(source, store, asChats, unwatched);
const stored = async (store: BlobStore, text: TextRecord): Promise<Conversation[]> =>
  Promise.all((await collect(placedDocuments(store, text))).map(conversationOf));
describe.each(['openai', 'sharegpt', 'alpaca'] as ShapeId[])('%s', (id) => {
  test.each(['lines', 'list'] as const)('%s imports as the original messages', async (how) => {
    await fc.assert(
      fc.asyncProperty(fc.array(conversations, { minLength: 1, maxLength: 4 }), async (given) => {
        const rows = given.map((each) => rowIn[id](each));
        const store = memoryStore();
        const source =
          how === 'lines' ? dropped('a.jsonl', lines(rows)) : dropped('a.json', JSON.stringify(rows, null, 1));
        const text = await chatText(store, source);
        expect(text).toMatchObject({
          conversations: true,
          tunes: ['first'],
          projects: ['first'],
          documents: given.length,
        });
        const place = how === 'lines' ? 'line' : 'object';
        expect(await stored(store, text)).toEqual(
          given.map(({ messages }, i) => ({ messages, name: `${place} ${i + 1} of ${source.name}` })),
        );
      }),
      { numRuns: propertyRuns(40) },
    );
  });
});

test('reads rows after those that show the shape, and pairs of any two columns', async () => {
  const store = memoryStore();
  const many = Array.from({ length: 250 }, (_, i) => chat(`Q${i}`, `A${i}`));
  const found = await stored(store, await chatText(store, dropped('many.jsonl', lines(many))));
  expect(found.map(({ messages }) => ({ messages }))).toEqual(many);

  const table = { format: 'csv', columns: { input: 'frage', target: 'antwort' } } as const;
  const csv = 'nr,frage,antwort\n1,Wo?,"Da,\ndrüben."\n2,Wer?,\n3,Was?,Das.\n';
  const pairs = await chatText(store, { ...dropped('paare.csv', csv), table });
  expect(pairs).toMatchObject({
    documents: 2,
    formats: ['csv'],
    notes: ['Skipped 1 row without text in both columns'],
  });
  expect(await stored(store, pairs)).toEqual([
    { ...chat('Wo?', 'Da,\ndrüben.'), name: 'row 2 of paare.csv' },
    { ...chat('Was?', 'Das.'), name: 'row 4 of paare.csv' },
  ]);
  // Alpaca's column names need no choice, also in JSON.
  const alpaca = await chatText(store, dropped('own.csv', 'instruction,input,output\nAdd.,"1, 2",3\n'));
  expect(await stored(store, alpaca)).toEqual([{ ...chat('Add.\n1, 2', '3'), name: 'row 2 of own.csv' }]);
  const json = {
    ...dropped('own.jsonl', lines([{ q: 'Wo?', a: 'Hier.' }])),
    table: { format: 'jsonl', columns: { input: 'q', target: 'a' } } as const,
  };
  expect(await stored(store, await chatText(store, json))).toEqual([
    { ...chat('Wo?', 'Hier.'), name: 'row 1 of own.jsonl' },
  ]);
});

test('a Parquet table stores messages as lists', async () => {
  const store = memoryStore();
  expect(await stored(store, await chatText(store, dropped('a.parquet', PARQUET.chats)))).toEqual([
    {
      messages: [{ role: 'system', content: 'Sei kurz.' }, ...chat('Wo?', 'Größer.').messages],
      name: 'row 1 of a.parquet',
    },
    { ...chat('Wer?', 'Ich.\nDu.'), name: 'row 2 of a.parquet' },
  ]);
});

test.each([
  [
    'other.jsonl',
    lines([{ frage: 'Wo?', antwort: 'Da.' }]),
    'bad-shape',
    /other.jsonl isn't in a known chat format .*OpenAI, ShareGPT, Alpaca.*: its rows have frage, antwort/,
  ],
  ['other.csv', 'frage,antwort\nWo?,Da.\n', 'bad-shape', /its rows have frage, antwort/],
  ['torn.txt', '{"messages": [\n', 'bad-file', /^torn\.txt/],
  [
    'order.jsonl',
    lines([chat('a', 'b'), { messages: [...chat('a', 'b').messages].reverse() }]),
    'bad-rows',
    /order.jsonl has 1 malformed row: line 2 starts with an answer/,
  ],
  [
    'empty.jsonl',
    lines([chat('a', 'b'), chat('a', ' \n')]),
    'bad-rows',
    /empty.jsonl .*line 2 has an empty answer, message 2/,
  ],
  [
    'half.jsonl',
    '{"messages":[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"b"}]}',
    'bad-file',
    /half.jsonl .*line 1 has a lone surrogate/,
  ],
  [
    'late.jsonl',
    lines([...Array.from({ length: 120 }, () => chat('a', 'b')), chat('a')]),
    'bad-rows',
    /late.jsonl .*line 121 ends with the user/,
  ],
  ['prose.txt', 'Call me Ishmael.', 'bad-file', /^prose\.txt is plain text, which has no chat rows/],
  ['nothing.jsonl', '', 'bad-file', /nothing.jsonl is empty/],
  ['blank.jsonl', '\n\n', 'bad-file', /blank.jsonl contains no chats/],
  ['none.json', '[]', 'bad-file', /none.json contains no chats/],
  ['paper.pdf', '%PDF-1.7', 'bad-file', /paper.pdf is read as PDF, which has no chat rows/],
  [
    'legacy.jsonl',
    Uint8Array.of(...new TextEncoder().encode('{"a":"'), 0xe9, 0x22, 0x7d),
    'bad-encoding',
    /legacy.jsonl/,
  ],
])('%s is refused, and nothing of it is stored', async (name, content, code, words) => {
  const store = memoryStore();
  const good = dropped('good.jsonl', lines([chat('Wo?', 'Da.')]));
  const { text, refused } = await importDrop([dropped(name, content), good], store, asChats, unwatched);
  expect(refused).toMatchObject([{ name, error: { code, message: expect.stringMatching(words) as string } }]);
  expect(text).toMatchObject({ name: 'good.jsonl', documents: 1 });
  const alone = memoryStore();
  await expect(read(alone, dropped(name, content))).rejects.toMatchObject({ code });
  expect(await alone.keys('')).toEqual([]);
});

test('each file of a zip is read by its shape, and files without chats are reported', async () => {
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const zip = zipSync({
    'a.jsonl': utf8(lines([chat('a', 'b')])),
    'b.json': utf8(JSON.stringify([rowIn.sharegpt({ messages: chat('c', 'd').messages as Conversation['messages'] })])),
    'c.csv': utf8('x,y\n1,2\n'),
  });
  const store = memoryStore();
  const { text, refused } = await importDrop([dropped('all.zip', zip)], store, asChats, unwatched);
  expect(refused).toMatchObject([{ name: 'all.zip/c.csv', error: { code: 'bad-shape' } }]);
  expect((await stored(store, text!)).map(({ name }) => name)).toEqual([
    'line 1 of all.zip/a.jsonl',
    'object 1 of all.zip/b.json',
  ]);
});

test('the same chats in another shape are stored once, separate from the same rows as text', async () => {
  const store = memoryStore();
  const given = { messages: chat('a', 'b').messages as Conversation['messages'] };
  const row = JSON.stringify(given);
  const asText = await importText(dropped('a.txt', row), store, { addedAt: 1 }, unwatched);
  const first = await read(store, dropped('a.jsonl', row));
  expect([asText.kind, first.kind]).toEqual(['added', 'added']);
  expect(await read(store, dropped('b.json', JSON.stringify([rowIn.alpaca(given)])))).toMatchObject({
    kind: 'duplicate',
    of: { name: 'a.jsonl', tunes: ['first'] },
  });
  const elsewhere = await importText(dropped('c.jsonl', row), store, { ...asChats, projectId: 'other' }, unwatched);
  expect(elsewhere).toMatchObject({
    text: { name: 'a.jsonl', projects: ['first', 'other'], tunes: ['first', 'other'] },
  });
  expect(await listTexts(store)).toHaveLength(2);
});

test('a canceled import leaves nothing', async () => {
  const store = memoryStore();
  const stop = new AbortController();
  const rows = Array.from({ length: 3000 }, (_, i) => chat(`Question ${i} ${'?'.repeat(800)}`, 'An answer.'));
  let reports = 0;
  const job = {
    signal: stop.signal,
    report: () => {
      if (++reports === 2) stop.abort(new Error('stopped'));
    },
  };
  const source = {
    ...dropped('long.jsonl', ''),
    size: 1,
    async *stream() {
      for (const row of rows) yield await Promise.resolve(new TextEncoder().encode(`${JSON.stringify(row)}\n`));
    },
  };
  await expect(importText(source, store, asChats, job)).rejects.toThrow('stopped');
  expect(await store.keys('')).toEqual([]);
});

test('the next start removes what a crash left of an import', async () => {
  const inner = memoryStore();
  let commits = 0;
  const dead = new Promise<never>(() => undefined);
  const dying: BlobStore = { ...inner, commit: (change) => (++commits > 2 ? dead : inner.commit(change)) };
  const row = `${JSON.stringify(chat('Why?', 'So. '.repeat(10_000)))}\n`;
  void read(dying, dropped('long.jsonl', row.repeat(400), 2 ** 16));
  while (commits < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  expect((await inner.keys('text/')).length).toBeGreaterThan(0);
  expect(await collectOrphans(inner, 1e12)).toBe(1);
  expect(await inner.keys('')).toEqual([]);
});

test("a text's purpose in a project is copied with the project and removed with it", async () => {
  const store = memoryStore();
  const { id } = await chatText(store, dropped('a.jsonl', lines([chat('a', 'b')])));
  const now = async () => {
    const { projects, tunes, removedAt } = await textOf(store, id);
    return { projects, tunes, removedAt };
  };
  await rescueProject(store, { from: 'first', id: 'saved', name: 'Saved', at: 1 });
  expect(await now()).toMatchObject({ projects: ['first', 'saved'], tunes: ['first', 'saved'] });
  // Conversations are never training text.
  await addToProject(store, id, 'third');
  expect(await now()).toMatchObject({ tunes: ['first', 'saved', 'third'] });
  await removeText(store, id, 'first', 5);
  await removeText(store, id, 'third', 5);
  expect(await now()).toEqual({ projects: ['saved'], tunes: ['saved'], removedAt: undefined });
  await removeText(store, id, 'saved', 6);
  expect(await now()).toEqual({ projects: [], tunes: undefined, removedAt: 6 });
  await addToProject(store, id, 'saved', undefined, true);
  expect(await now()).toEqual({ projects: ['saved'], tunes: ['saved'], removedAt: undefined });
  // A text can be training text in one project and tuning text in another.
  const sea = await importText(dropped('sea.txt', 'The sea.'), store, { addedAt: 1, isTuned: true }, unwatched);
  const trained = await importText(dropped('sea.txt', 'The sea.'), store, { addedAt: 2, projectId: 'b' }, unwatched);
  expect([sea, trained]).toMatchObject([{}, { text: { projects: ['first', 'b'], tunes: ['first'] } }]);
});

test('in a chat used as training text, one of its two speakers is the assistant', async () => {
  const store = memoryStore();
  const day = (n: number) => `1/${n}/23, 9:5`;
  const lines = [
    `${day(5)}0 AM - Ann: Hast seen\nBen: the whale?`,
    `${day(5)}1 AM - Ann: The white one?`,
    `${day(5)}2 AM - Ben: Aye.`,
    `${day(5)}3 AM - Ben: Off the Cape.`,
    `${day(5)}4 AM - Ann: When?`,
    `${day(7)}0 AM - Ben: Today.`,
    `${day(7)}1 AM - Ann: Where?`,
    `${day(7)}2 AM - Ben: Here.`,
    `${day(9)}0 AM - Ann: Oh?`,
    `${day(9)}1 AM - Cid: Oh!`,
    `${day(9)}2 AM - Ben: Oh.`,
    `${day(11)}0 AM - Ann: All alone.`,
  ];
  const name = 'WhatsApp Chat with Ben.txt';
  const chat = await importText(dropped(name, lines.join('\n')), store, { addedAt: 1, licence: 'CC0-1.0' }, unwatched);
  if (chat.kind !== 'added') throw new Error('it is there already');
  expect(chat.text.documents).toBe(4);
  const { id } = chat.text;
  expect(await speakersIn(store, id)).toEqual([
    { name: 'Ann', conversations: 2 },
    { name: 'Ben', conversations: 2 },
  ]);
  const given = (assistant: string) => importSpeakers(store, { id, assistant }, { addedAt: 2 }, unwatched);
  const { outcome, leftOut } = await given('Ben');
  if (outcome.kind !== 'added') throw new Error('it is there already');
  expect(leftOut).toBe(2);
  expect(outcome.text).toMatchObject({
    name: 'WhatsApp Chat with Ben.txt, Ben answers',
    tunes: ['first'],
    conversations: true,
    documents: 2,
    licence: 'CC0-1.0',
  });
  expect((await stored(store, outcome.text)).map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ['Hast seen\nBen: the whale?\nThe white one?', 'Aye.\nOff the Cape.'],
    ['Where?', 'Here.'],
  ]);
  expect(await given('Ben')).toMatchObject({ outcome: { kind: 'duplicate' } });
  await expect(given('Cid')).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining('Cid answers nobody in a two-person chat') as string,
  });
  expect(await listTexts(store)).toHaveLength(2);
});
