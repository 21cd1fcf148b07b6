/** Chats as documents: detected by how they begin, split at pauses, with separable turns. */
import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { checkSound, expectAlikeInPieces, outcomeOf } from '../../../../testing/damage';
import { ANDROID, IPHONE, TELEGRAM } from '../../../../testing/chats';
import { bytesOf, dropped, piecesOf, readDrop } from '../../../../testing/drops';
import { collect, stream } from '../../../../testing/texts';
import type { TextSource } from '../..';
import { MARKUP_HEAD } from '../../markup';
import { FORMATS, mayBe } from '..';
import { sniffFormat } from '../../sniffFormat';
import type { FoundDocument } from '../format';
import { conversations, PAUSE_MS, turnsOf } from './conversation';
import { parseStamp } from './whatsappLine';

const message = fc.record({
  author: fc.oneof(fc.constantFrom('Ann', 'Bob', 'Ann: x', ' Bob:'), fc.string({ unit: 'grapheme', maxLength: 6 })),
  text: fc.oneof(
    fc
      .array(fc.constantFrom('Ann: no', ' Ann: no', 'Bob: ', 'a: b', '', 'x', '  y'), { maxLength: 4 })
      .map((lines) => lines.join('\n')),
    fc.string({ unit: 'binary', maxLength: 9 }),
  ),
  time: fc.oneof(fc.integer({ min: 1e12, max: 1e12 + 3 * PAUSE_MS }), fc.constant(NaN)),
});

describe('a conversation', () => {
  it('can be split into its turns again, whatever they contain', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 2, maxLength: 8 }), (all) => {
        const said = all.map(({ text, ...rest }) => ({ ...rest, time: 1e12, text: `x${text}x` }));
        const [found, ...others] = conversations(said, 'c');
        expect(others).toEqual([]);
        const turns = turnsOf(found!.text, found!.fields!['speakers']!);
        expect(turns).toHaveLength(said.length);
        expect(turns.map((turn) => turn.text)).toEqual(
          said.map((each) => each.text.replace(/\r\n?/g, '\n').replaceAll('\0', '').toWellFormed()),
        );
        const names = new Map(said.map(({ author }, i) => [author, turns[i]!.author]));
        expect(said.map(({ author }) => names.get(author))).toEqual(turns.map(({ author }) => author));
      }),
    );
  });

  it('ends after eight hours without a message', () => {
    const at = Date.UTC(2023, 0, 5, 10);
    const said = [at, at + PAUSE_MS, at + PAUSE_MS + 1, at + 3 * PAUSE_MS].map((each, i) => ({
      time: each,
      author: 'Ann',
      text: `${i}`,
    }));
    expect([...conversations(said, 'Sea')]).toEqual([
      {
        title: 'Sea, 2023-01-05',
        text: 'Ann: 0\nAnn: 1\nAnn: 2',
        fields: { date: '2023-01-05T10:00:00Z', speakers: 'Ann' },
      },
      { title: 'Sea, 2023-01-06', text: '3', fields: { date: '2023-01-06T10:00:00Z', author: 'Ann' } },
    ]);
  });

  it('without pauses is split between two messages', () => {
    const said = Array.from({ length: 30 }, (_, i) => ({ time: 1e12 + i, author: 'Ann', text: 'x'.repeat(1e5) }));
    const found = [...conversations(said, 'Sea')];
    expect(found.map(({ text }) => turnsOf(text, 'Ann').length)).toEqual([10, 10, 10]);
  });
});

describe('WhatsApp', () => {
  it('is read in the format of Android', async () => {
    const { documents, formats, notes } = await readDrop(dropped('WhatsApp Chat with Ann.txt', ANDROID));
    expect(formats).toEqual(['whatsapp']);
    expect(documents).toEqual([
      {
        title: 'Ann, 2023-01-05',
        text: 'Ann: Hast seen the white whale?\nBob Ø: Aye.\nIn two lines:\n Ann: as she says\nBob Ø: the whale',
        fields: { date: '2023-01-05T09:58:00', speakers: 'Ann\nBob Ø' },
      },
      {
        title: 'Ann, 2023-01-05',
        text: 'Late',
        fields: { author: 'Ann', date: '2023-01-05T18:03:00' },
      },
      {
        title: 'Ann, 2023-01-14',
        text: 'Another day',
        fields: { author: 'Ann', date: '2023-01-14T19:00:00' },
      },
    ]);
    expect(notes).toEqual([
      'Read as a WhatsApp chat: 5 messages, split at pauses of 8 hours; skipped 3 system messages and 2 attachments',
    ]);
  });

  it('is read in the format of an iPhone in another language, and named after its archive', async () => {
    const { documents, notes } = await readDrop(
      dropped('WhatsApp Chat - Familie.zip/_chat.txt', `\ufeff${IPHONE}`.replaceAll('\n', '\r\n')),
    );
    expect(documents).toMatchObject([
      {
        title: 'Familie, 2023-01-05',
        text: 'Ann: Moin\nBob: Moin moin\nAnn: Der Wal\nBob: doch',
        fields: { date: '2023-01-05T15:05:11', speakers: 'Ann\nBob' },
      },
    ]);
    expect(notes.at(-1)).toMatch(/4 messages, .*; skipped 1 system message and 2 attachments$/);
  });

  it.each([
    ['[05.01.23, 15:05:10] Ann: x', [5, 1, 23], '15:05:10'],
    ['\u200e[1/5/23, 3:05:10\u202fPM] Ann: \u200ex', [1, 5, 23], '15:05:10'],
    ['1/5/23, 12:05 AM - Ann: x', [1, 5, 23], '00:05:00'],
    ['1/5/23, 12:05 PM - Ann: x', [1, 5, 23], '12:05:00'],
    ['05/01/2023 15:05 - Ann: x', [5, 1, 2023], '15:05:00'],
    ['05/01/2023 à 15:05 - Ann: x', [5, 1, 2023], '15:05:00'],
    ['5/1/23, 3:05 p. m. - Ann: x', [5, 1, 23], '15:05:00'],
    ['[5.1.2023 klo 15.05.10] Ann: x', [5, 1, 2023], '15:05:10'],
    ['2023/1/5 下午3:05 - Ann: x', [2023, 1, 5], '15:05:00'],
    ['[2023. 1. 5. 오후 3:05:10] Ann: x', [2023, 1, 5], '15:05:10'],
    ['2023. 01. 05. 15:05 - Ann: x', [2023, 1, 5], '15:05:00'],
    ['2023-01-05, 3:05 p.m. - Ann: x', [2023, 1, 5], '15:05:00'],
    ['٥\u200f/١\u200f/٢٠٢٣، ٣:٠٥ م - Ann: x', [5, 1, 2023], '15:05:00'],
    ['05/01/17, 15:05:10: Ann: x', [5, 1, 17], '15:05:10'],
  ])('parses the time in %j', (line, date, clock) => {
    const stamp = parseStamp(line)!;
    expect(stamp.date).toEqual(date);
    expect(new Date(stamp.clock).toISOString().slice(11, 19)).toBe(clock);
    expect(line.slice(stamp.end)).toMatch(/^Ann: \u200e?x$/);
  });

  it.each([
    'In 2023 it was 5/1/23, 15:05 - no',
    '[12] 5/1/23',
    '5/1/23 - Ann: x',
    '[05.01.23, 15:05 - Ann: x',
    '12:05 - x',
    '',
  ])('starts no message at %j', (line) => expect(parseStamp(line)).toBeNull());

  it('distinguishes month and day by all dates together', async () => {
    const chat = (...days: string[]) =>
      readDrop(dropped('_chat.txt', days.map((day, i) => `[${day}, 10:00:00] Ann: ${i}`).join('\n')));
    const dates = ({ documents }: Awaited<ReturnType<typeof readDrop>>) =>
      documents.map(({ title }) => title.slice(-10));
    expect(dates(await chat('01/02/23', '13/02/23'))).toEqual(['2023-02-01', '2023-02-13']);
    expect(dates(await chat('01/02/23', '02/13/23'))).toEqual(['2023-01-02', '2023-02-13']);
    expect(dates(await chat('12/11/22', '01/12/22'))).toEqual(['2022-11-12', '2022-12-01']);
    expect(dates(await chat('11/12/22', '12/01/22'))).toEqual(['2022-11-12', '2022-12-01']);
    expect(dates(await chat('2566-02-01'))).toEqual(['2023-02-01']);
  });
});

describe('Telegram', () => {
  const parted = [
    {
      title: 'Pequod, 2021-03-05',
      text: 'Ann: See https://example.org/whale, now\nDeleted account: The whale',
      fields: { date: '2021-03-05T10:01:00Z', speakers: 'Ann\nDeleted account' },
    },
    {
      title: 'Pequod, 2021-03-06',
      text: 'Gone',
      fields: { author: 'Ann', date: '2021-03-06T10:03:00Z' },
    },
  ];

  it('is read from the export of one chat', async () => {
    const { documents, formats, notes } = await readDrop(dropped('ChatExport/result.json', TELEGRAM));
    expect(formats).toEqual(['telegram']);
    expect(documents).toEqual(parted);
    expect(notes).toEqual([
      'Read as a Telegram chat: 3 messages, split at pauses of 8 hours; skipped 1 system message and 2 attachments',
    ]);
  });

  it('is read from the export of an account', async () => {
    const account = JSON.stringify(
      {
        about: 'Here is the data you requested. Remember: Telegram is ad free',
        personal_information: { user_id: 1, first_name: 'Ann' },
        chats: {
          about: 'This page lists all chats from this export.',
          list: [
            JSON.parse(TELEGRAM),
            {
              type: 'saved_messages',
              id: 1,
              messages: [{ id: 1, type: 'message', date: '2020-01-01T00:00:00', from: 'Ann', text: 'Buy rope' }],
            },
          ],
        },
        left_chats: { about: 'x', list: [] },
      },
      null,
      1,
    );
    const { documents, notes } = await readDrop(dropped('result.json', account));
    expect(documents.slice(0, 2)).toEqual(parted);
    expect(documents.slice(2)).toMatchObject([{ title: 'Saved messages, 2020-01-01', text: 'Buy rope' }]);
    expect(notes[0]).toMatch(/^Read as 2 Telegram chats: 4 messages, /);
    const empty = JSON.stringify({ about: 'x', chats: { about: 'x', list: [] } });
    expect((await readDrop(dropped('result.json', empty))).reasons).toEqual([
      ['result.json', 'result.json is a Telegram export without chats.'],
    ]);
  });
});

test('reads files that only resemble a chat as text or tables', async () => {
  const log = '[05/01/2023 15:05:10] INFO: started\n[05/01/2023 15:05:11] INFO: a whatsapp client\n'.repeat(9);
  const diary = '5/1/23, 15:05 - Ann: x\n';
  const json = (table: boolean, value: object): TextSource => ({
    ...dropped('a.json', JSON.stringify(value)),
    ...(table && { table: { format: 'json', columns: 'recognised' } as const }),
  });
  for (const [given, format, text] of [
    [dropped('server.txt', log), 'txt', log],
    [dropped('diary.txt', diary), 'txt', diary],
    [dropped('notes.md', ANDROID), 'md', ANDROID],
    [{ ...dropped('_chat.txt', ANDROID), isPlain: true }, 'txt', ANDROID],
    [json(true, { name: 'x', type: 'personal', id: 1, messages: [{ text: 'Aye' }] }), 'json', 'Aye'],
    [json(true, [{ about: 'x', text: 'No' }]), 'json', 'No'],
  ] as const) {
    const { documents, formats } = await readDrop(given);
    expect(formats).toEqual([format]);
    expect(documents[0]!.text).toBe(text);
  }
  // Chosen columns decide the format; detected ones don't.
  const table = { ...dropped('result.json', TELEGRAM), table: { format: 'json', columns: { text: 'text' } } as const };
  expect((await readDrop(table)).formats).toEqual(['json']);
  expect((await readDrop({ ...table, table: { format: 'json', columns: 'recognised' } })).formats).toEqual([
    'telegram',
  ]);
});

const WHOLE = {
  '_chat.txt': `${IPHONE}${ANDROID}`,
  'result.json': TELEGRAM,
} as const;

describe('a damaged chat gives documents or a typed error', () => {
  vi.setConfig({ testTimeout: 60_000 });
  it.each(Object.entries(WHOLE))('%s', async (name, content) => {
    const whole = bytesOf(content);
    const format = sniffFormat(mayBe(name), name, content.slice(0, MARKUP_HEAD))!;
    const { documents } = await FORMATS[format].open();
    const tried = (bytes: Uint8Array, piece: number) =>
      outcomeOf(async () => {
        const notes: string[] = [];
        const file = { name, bytes: stream(piecesOf(bytes, piece)), note: (words: string) => void notes.push(words) };
        const found = await collect<FoundDocument>(documents(file));
        checkSound(found);
        return { found, notes };
      });
    await expectAlikeInPieces(whole, tried, 60);
  });

  it('is read fast if it repeats itself', async () => {
    const begin = performance.now();
    for (const piece of [
      '1',
      '1/',
      '[1/1/1, ',
      '1/1/1, 1',
      '1/1/1, 1:11 - ',
      '<a ',
      ' ',
      'a (',
      '\u200e',
      '\u200e<a: ',
    ])
      await readDrop(
        dropped(
          '_chat.txt',
          `[1/1/23, 10:00:00] Ann: x\n${piece.repeat(100_000)}\n[1/1/23, 10:00:00] Ann: ${piece.repeat(100_000)}`,
        ),
      );
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});
