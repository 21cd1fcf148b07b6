/** Multi-file exports of chat services: as a ZIP file, as a folder, damaged. */
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it, test, vi } from 'vitest';
import { checkSound, outcomeOf } from '../../../../testing/damage';
import {
  ANDROID,
  DISCORD,
  DISCORD_PACKAGE,
  IPHONE,
  MASTODON,
  REDDIT,
  SLACK,
  TELEGRAM,
  TWITTER,
} from '../../../../testing/chats';
import { bytesOf, dropped, piecesOf, readDrop } from '../../../../testing/drops';
import { tarOf } from '../../../../testing/tar';
import { collect, stream } from '../../../../testing/texts';
import { MARKUP_HEAD } from '../../markup';
import { FORMATS, mayBe } from '..';
import { sniffFormat } from '../../sniffFormat';
import type { FoundDocument } from '../format';
import { groupExports } from '../../groupExports';
import { propertyRuns } from '../../../../testing/propertyRuns';

type Files = Readonly<Record<string, string>>;
const zip = (files: Files): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, bytesOf(text)])));
const folder = (files: Files, name: string) =>
  Object.entries(files).map(([path, text]) => dropped(`${name}${path}`, text));
const PNG = '\x89PNG\r\n\x1a\n';

/** Documents and note of an export; checks that a ZIP file, a nested ZIP file and a folder give the same. */
async function given(files: Files) {
  const packed = await readDrop(dropped('mine.zip', zip(files)));
  expect(packed.reasons).toEqual([]);
  expect(packed.name).toBe('mine.zip');
  const others = [
    await readDrop(
      dropped('mine.zip', zip(Object.fromEntries(Object.entries(files).map(([path, text]) => [`a/b/${path}`, text])))),
    ),
    await readDrop(...folder(files, 'backup/mine/')),
    await readDrop(...folder(files, '').reverse()),
  ];
  for (const other of others) expect({ ...other, name: 'mine.zip' }).toEqual(packed);
  expect(others.map(({ name }) => name)).toEqual(['mine.zip/a/b', 'backup/mine', expect.any(String)]);
  const { documents, notes, formats } = packed;
  return { documents, note: notes.join(), format: formats.join() };
}

test('Slack: threads across days, direct messages with their members, and messages outside threads', async () => {
  expect(await given(SLACK)).toEqual({
    format: 'slack',
    note: 'Read as a Slack export with 2 channels: 5 messages, one document per thread, the rest split at pauses of 8 hours; skipped 1 system message and 1 attachment',
    documents: [
      { title: 'Ann, Bob, 2021-03-05', text: 'Psst', fields: { date: '2021-03-05T10:01:00Z', author: 'Gone' } },
      {
        title: '#general, 2021-03-05',
        text: 'Ann: Hast @Bob seen it in #sea & @here?\nBob: Aye, a day later',
        fields: { date: '2021-03-05T10:01:00Z', speakers: 'Ann\nBob' },
      },
      {
        title: '#general, 2021-03-05',
        text: 'Bob: Something else\nAnn: And more',
        fields: { date: '2021-03-05T10:01:40Z', speakers: 'Bob\nAnn' },
      },
    ],
  });
  // A broken file doesn't affect the others.
  const { documents, notes } = await readDrop(
    dropped('mine.zip', zip({ ...SLACK, 'general/2021-03-07.json': '[{"type"' })),
  );
  expect(documents).toHaveLength(3);
  expect(notes[0]).toMatch(/^Skipped: mine\.zip\/general\/2021-03-07\.json is not JSON: /);
});

test('Discord: exported channels, and the messages of a data package', async () => {
  const { documents, formats, notes } = await readDrop(dropped('Sea - whales.json', DISCORD));
  expect(formats).toEqual(['discord']);
  expect(documents).toEqual([
    {
      title: 'Sea / whales, 2021-03-05',
      text: 'Ann: Seen it?\nbob: Aye',
      fields: { date: '2021-03-05T10:01:00.123Z', speakers: 'Ann\nbob' },
    },
  ]);
  expect(notes).toEqual([
    'Read as a Discord channel: 2 messages, split at pauses of 8 hours; skipped 1 system message and 1 attachment',
  ]);
  expect(await given(DISCORD_PACKAGE)).toEqual({
    format: 'discordPackage',
    note: 'Read as a Discord data package with 2 channels: 3 messages, split at pauses of 8 hours; skipped 1 attachment and 2 other files',
    documents: [
      {
        title: 'whales in Sea, 2023-04-24',
        text: 'Ann: Seen it?\nAnn: the white one',
        fields: { date: '2023-04-24T10:01:00Z', speakers: 'Ann' },
      },
      {
        title: 'Direct Message with bob#0, 2020-01-01',
        text: 'Hello, Bob',
        fields: { date: '2020-01-01T10:00:00.123Z', author: 'Ann' },
      },
    ],
  });
});

test('X: posts with replies of their author, and the full text of long posts', async () => {
  const { format, note, documents } = await given(TWITTER);
  expect(format).toBe('twitter');
  expect(note).toBe(
    'Read as an X archive: 4 posts, one document for each post with its author’s replies; skipped 1 repost, 2 attachments and 3 other files',
  );
  const fields = { author: 'Ann', language: 'en' };
  expect(documents).toEqual([
    {
      title: 'Ann, 2023-02-18',
      text: 'See > https://example.org/whale\n\nthe second',
      fields: { ...fields, date: '2023-02-18T12:33:11Z', source: 'https://x.com/ann/status/10' },
    },
    {
      title: 'Ann, 2023-02-18',
      text: 'did NOT know',
      fields: { ...fields, date: '2023-02-18T13:33:11Z', source: 'https://x.com/ann/status/11' },
    },
    {
      title: 'Ann, 2023-02-19',
      text: expect.stringMatching(/^Long (?:and wide is the sea ){20}end$/) as string,
      fields: { ...fields, date: '2023-02-19T12:33:11Z', source: 'https://x.com/ann/status/13' },
    },
  ]);
  const alone = await readDrop(dropped('tweets.js', TWITTER['data/tweets.js']!));
  expect(alone.documents.map(({ title, text }) => [title, text.slice(0, 12)])).toEqual([
    ['2023-02-18', 'See > https:'],
    ['2023-02-18', 'did NOT know'],
    ['2023-02-19', 'Long and wid'],
  ]);
  const cut = await readDrop(dropped('tweets.js', TWITTER['data/tweets.js']!.slice(0, 300)));
  expect(cut.reasons).toEqual([['tweets.js', expect.stringMatching(/^tweets\.js is not part of an X archive: /)]]);
});

test('Mastodon: posts as text, without boosts', async () => {
  expect(await given(MASTODON)).toEqual({
    format: 'mastodon',
    note: 'Read as a Mastodon archive: 3 posts, one document for each post with its author’s replies; skipped 1 repost, 1 attachment and 1 other file',
    documents: [
      {
        title: 'Ann, 2023-02-18',
        text: 'Der Wal & ich:\ngroß\n\nhttps://example.org\n\nUnd weiter',
        fields: {
          date: '2023-02-18T12:01:00Z',
          author: 'Ann',
          source: 'https://example.social/@ann/1',
          language: 'de',
        },
      },
      {
        title: 'Wale',
        text: 'Andere',
        fields: {
          date: '2023-02-18T12:03:00Z',
          author: 'Ann',
          source: 'https://example.social/@ann/3',
          language: 'de',
        },
      },
    ],
  });
});

test('Reddit: posts and comments, without visits', async () => {
  const post = {
    title: 'r/sea: A link alone',
    text: 'A link alone',
    fields: { date: '2023-01-18T12:00:00Z', source: 'https://www.reddit.com/r/sea/comments/p2/link/' },
  };
  expect(await given(REDDIT)).toEqual({
    format: 'reddit',
    note: 'Read as a Reddit archive: 5 posts and comments, one document for each post with its author’s replies; skipped 1 deleted entry and 1 other file',
    documents: [
      {
        title: 'r/sea: The whale',
        text: 'The whale\n\nSeen it?\n\nIt is white,\n"truly"',
        fields: { date: '2023-01-15T12:00:00Z', source: 'https://www.reddit.com/r/sea/comments/p1/whale/' },
      },
      {
        title: 'r/sea',
        text: 'Aye\n\nAnd more',
        fields: { date: '2023-01-16T12:34:56Z', source: 'https://www.reddit.com/r/sea/comments/p9/ship/c2/' },
      },
      post,
    ],
  });
  // Table choice as `prepare` passes it: detected columns.
  const table = { format: 'csv', columns: 'recognised' } as const;
  const alone = await readDrop({ ...dropped('posts.csv', REDDIT['posts.csv']!), table });
  expect(alone.documents.at(-1)).toEqual(post);
});

test('skips attachments next to a chat without refusing them, and reads other files there', async () => {
  const { documents, notes, reasons } = await readDrop(
    dropped(
      'WhatsApp Chat - Familie.zip',
      zip({ '_chat.txt': IPHONE, '00000004-PHOTO-2023-01-05-15-07-00.jpg': PNG, 'diary.txt': 'Dear diary' }),
    ),
    dropped('export/result.json', TELEGRAM),
    dropped('export/photos/photo_1.jpg', PNG),
    dropped('chats/WhatsApp Chat with Ann.txt', ANDROID),
    dropped('chats/IMG-20230105-WA0001.jpg', PNG),
  );
  expect(reasons).toEqual([]);
  expect(notes.flatMap((note) => /^(.*): Read as .*; skipped .* and 1 other file$/.exec(note)?.[1] ?? [])).toEqual([
    'WhatsApp Chat - Familie.zip/_chat.txt',
    'export/result.json',
    'chats/WhatsApp Chat with Ann.txt',
  ]);
  expect(documents.map(({ title }) => title)).toEqual([
    'Familie, 2023-01-05',
    'WhatsApp Chat - Familie.zip/diary.txt',
    'Pequod, 2021-03-05',
    'Pequod, 2021-03-06',
    'Ann, 2023-01-05',
    'Ann, 2023-01-05',
    'Ann, 2023-01-14',
  ]);
});

test('reads files that only share names with an export as tables', async () => {
  const table = { format: 'json', columns: 'recognised' } as const;
  const rows = '[{"text":"Aye"}]';
  const own = { 'users.json': '[{"id":"U1","name":"x"}]', 'general/2021-03-05.json': rows, 'outbox.json': rows };
  const files = folder(own, 'a/').map((source) => ({ ...source, table }));
  expect((await readDrop(...files)).formats).toEqual(['json']);
  // Users without messages are a table, and so are files with chosen columns.
  const users = { ...dropped('users.json', SLACK['users.json']!), table };
  expect((await readDrop(users)).formats).toEqual(['json']);
  const chosen = folder(SLACK, '').map((source) => ({
    ...source,
    table: { format: 'json', columns: { text: 'text' } } as const,
  }));
  expect((await readDrop(...chosen)).formats).toEqual(['json']);
  // A streamed tar lists no files in advance.
  const tar = tarOf(Object.entries(SLACK).map(([path, text]) => ({ path, text })));
  expect((await readDrop(dropped('a.tar', tar))).formats).toEqual(['json']);
});

test('assigns files to the nearest of several exports, and visits 100,000 paths once', async () => {
  const paths = Array.from({ length: 100_000 }, (_, i) => `a/b/c${i % 100}/2021-01-${String(10 + (i % 20))}.json`);
  const heads: Files = { 'a/users.json': SLACK['users.json']!, 'a/b/users.json': SLACK['users.json']! };
  const opened: string[] = [];
  const groups = await groupExports([...paths, ...Object.keys(heads), '/users.json'], (path) => {
    opened.push(path);
    return Promise.resolve(heads[path] ?? '');
  });
  expect(opened).toEqual([...Object.keys(heads), '/users.json']);
  expect([...groups].map(([path, { folder: of, others }]) => [path, of, others.length])).toEqual([
    ['a/b/users.json', 'a/b/', 100_000],
  ]);
});

const WHOLE: Readonly<Record<string, Files>> = {
  'data/tweets.js': TWITTER,
  'messages/index.json': DISCORD_PACKAGE,
  'users.json': SLACK,
  'outbox.json': MASTODON,
  'comments.csv': REDDIT,
  'whales.json': { 'whales.json': DISCORD },
};

test('covers every format with companion files', () => {
  const tried = new Set(
    Object.entries(WHOLE).map(([name, files]) =>
      sniffFormat(mayBe(name), name, files[name]!.slice(0, MARKUP_HEAD), false),
    ),
  );
  const all = Object.entries(FORMATS).flatMap(([id, format]) => ('alsoCalled' in format ? [id] : []));
  // These formats have their own tests.
  expect(all.filter((id) => !tried.has(id as never))).toEqual(['mediawiki', 'whatsapp', 'telegram']);
});

describe('a damaged archive gives documents or a typed error', () => {
  vi.setConfig({ testTimeout: 60_000 });
  it.each(Object.entries(WHOLE))('%s', async (name, files) => {
    const format = sniffFormat(mayBe(name), name, files[name]!.slice(0, MARKUP_HEAD), false)!;
    const { documents } = await FORMATS[format].open();
    const paths = Object.keys(files);
    const tried = (all: ReadonlyMap<string, Uint8Array>, piece: number) =>
      outcomeOf(async () => {
        const notes: string[] = [];
        const open = (path: string) => stream(piecesOf(all.get(path)!, piece));
        const companions = { name: 'a', paths: new Set(paths.filter((path) => path !== name)), open };
        const file = {
          name: `a/${name}`,
          bytes: open(name),
          note: (words: string) => void notes.push(words),
          companions,
        };
        const found = await collect<FoundDocument>(documents(file));
        checkSound(found);
        return { found, notes };
      });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(name, ...paths),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
        fc.integer({ min: 1, max: 300 }),
        async (path, share, flips, piece) => {
          const whole = bytesOf(files[path]!);
          const bytes = whole.slice(0, Math.round(whole.length * share));
          for (const [at, byte] of flips) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          const all = new Map(paths.map((each) => [each, each === path ? bytes : bytesOf(files[each]!)]));
          // Chunk borders don't matter.
          expect(await tried(all, piece)).toEqual(await tried(all, 2 ** 20));
        },
      ),
      { numRuns: propertyRuns(60) },
    );
  });
});
