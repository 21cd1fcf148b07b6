/** Email: the own text of messages and mailboxes, joined by thread. */
import { describe, expect, it, test, vi } from 'vitest';
import { collect, stream } from '../../../../testing/texts';
import type { FoundDocument, Reading } from '../format';
import { documents as emlDocuments } from './eml';
import { documents as mboxDocuments } from './mbox';
import { messagesIn } from './mailbox';
import { messageOf, withFewEmptyLines } from './message';
import { ownWords } from './ownWords';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const pieces = (bytes: Uint8Array, piece: number): AsyncIterable<Uint8Array> =>
  stream(Array.from({ length: Math.ceil(bytes.length / piece) }, (_, i) => bytes.subarray(i * piece, (i + 1) * piece)));
async function read(name: string, content: string | Uint8Array, reading: Reading = {}, piece = 1000) {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  const notes: string[] = [];
  const file = { name, bytes: pieces(bytes, piece), note: (words: string) => void notes.push(words), reading };
  const documents = await collect<FoundDocument>((name.endsWith('.eml') ? emlDocuments : mboxDocuments)(file));
  return { documents, notes };
}

const message = (head: string, body: string): string => `${head}\n\n${body}`;
const FIRST = message(
  'From: =?utf-8?q?Ann_M=C3=BCller?= <ann@example.org>\nTo: bob@example.org\nSubject: The whale\nDate: Mon, 1 Nov 2021 10:00:00 +0100\nMessage-ID: <1@x>',
  'Hast seen the white whale?\nFrom hell’s heart.\n\n-- \nAnn Müller\n+49 1234',
);
const ANSWER = message(
  'From: bob@example.org\nSubject: Re: The whale\nDate: Mon, 1 Nov 2021 12:00:00 +0100\nMessage-ID: <2@x>\nIn-Reply-To: <1@x>\nReferences: <1@x>\nContent-Type: multipart/mixed; boundary=b',
  '--b\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nAye, in the caf=E9.\n\nOn Mon, 1 Nov 2021 at 10:00, Ann M. <ann@example.org>\nwrote:\n\n> Hast seen the white whale?\n> From hell\n--b\nContent-Type: image/png; name=a.png\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n',
);
const HTML = message(
  'From: News <news@example.org>\nSubject: Sale\nDate: Mon, 1 Nov 2021 11:00:00 +0100\nContent-Type: text/html',
  '<html><body><p>All <b>harpoons</b></p><p>half price<script>globalThis.ran = 1</script></p></body></html>',
);
const mbox = (messages: readonly string[], end = '\n'): string =>
  messages
    .map((each) => `From someone@example.org Mon Nov  1 10:00:00 2021\n${each.replace(/^(>*From )/gm, '>$1')}\n\n`)
    .map((each, i) => (i === 0 ? each.replace('>From: ', 'From: ') : each))
    .join('')
    .replaceAll('\n', end);

test('extracts the own text of a message', async () => {
  expect(await read('a.eml', FIRST)).toEqual({
    documents: [
      {
        title: 'The whale',
        text: 'Hast seen the white whale?\nFrom hell’s heart.',
        fields: { date: '2021-11-01T09:00:00.000Z', author: 'Ann Müller' },
      },
    ],
    notes: [],
  });
  const answer = await read('a.eml', ANSWER);
  expect(answer.documents).toMatchObject([{ title: 'The whale', text: 'Aye, in the café.' }]);
  expect(answer.notes).toEqual(['Skipped 1 attachment']);
  expect((await read('a.eml', HTML)).documents[0]!.text).toBe('All harpoons\n\nhalf price');
  expect(globalThis).not.toHaveProperty('ran');
});

test('keeps quotations and signatures on request', async () => {
  const whole = { wholeMessages: true };
  expect((await read('a.eml', FIRST, whole)).documents[0]!.text).toMatch(/heart\.\n\n--\nAnn Müller\n\+49 1234$/);
  expect((await read('a.eml', ANSWER, whole)).documents[0]!.text).toMatch(/wrote:\n\n> Hast seen the white whale\?/);
});

test('refuses a file that is not a message, with a remedy', async () => {
  await expect(read('a.eml', 'Call me Ishmael.')).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/^a\.eml is not an email/) as string,
    remedy: expect.any(String) as string,
  });
  await expect(read('a.mbox', FIRST)).rejects.toThrow(/^a\.mbox is not a mailbox: it doesn't start with a "From" line/);
  await expect(read('a.mbox', 'From a@b Mon Nov  1 10:00:00 2021\nnothing\n')).rejects.toThrow(/no readable messages/);
});

test.each(['\n', '\r\n'])('reads the threads of a mailbox in chunks of any size, with line ends %j', async (end) => {
  const silent = FIRST.replace('<1@x>', '<3@x>').replace(/Hast.*heart\./s, '> Quoted alone.');
  const box = utf8(mbox([FIRST, HTML, ANSWER, FIRST, silent], end));
  for (const piece of [1, 7, 100, 100_000]) {
    const { documents, notes } = await read('a.mbox', box, {}, piece);
    expect(documents).toEqual([
      {
        title: 'The whale',
        text: 'Ann Müller:\nHast seen the white whale?\nFrom hell’s heart.\n\nbob@example.org:\nAye, in the café.',
        fields: { date: '2021-11-01T09:00:00.000Z' },
      },
      {
        title: 'Sale',
        text: 'All harpoons\n\nhalf price',
        fields: { date: '2021-11-01T10:00:00.000Z', author: 'News' },
      },
    ]);
    expect(notes).toEqual([
      'Skipped 1 attachment',
      'Skipped 1 message without text of its own',
      'Skipped 1 duplicate message',
    ]);
  }
});

test('splits a mailbox with lines of any length at the start of messages', async () => {
  const long = 'x'.repeat(5000);
  const box = utf8(
    `From - Mon Nov  1 10:00:00 2021\n${long}\n\nFrom here on it is text\n\nFrom a@b Mon Nov  1 10:00:00 2021\n${long}${long}`,
  );
  for (const piece of [10, 999, 100_000]) {
    const found = await collect(messagesIn(pieces(box, piece)));
    expect(found.map((each) => each!.length)).toEqual([5000 + 1 + 1 + 24 + 1, 10_001]);
  }
});

test('reduces many empty lines before parsing, without changing the text', async () => {
  for (const end of ['\n', '\r\n']) {
    const gap = (empty: number) =>
      utf8(ANSWER.replace('caf=E9.\n', `caf=E9.\n${'\n'.repeat(empty)}- Bob\n`).replaceAll('\n', end));
    const three = ANSWER.replace('caf=E9.\n', `caf=E9.\n\n\n\n- Bob\n`);
    for (const empty of [3, 100_000]) expect(withFewEmptyLines(gap(empty))).toEqual(utf8(three));
    for (const isWhole of [true, false]) {
      const [many, few] = [await messageOf(gap(1000), isWhole), await messageOf(gap(2), isWhole)];
      expect(many).toEqual(few);
      expect(many.text).toMatch(/café\.\n\n- Bob/);
    }
  }
  expect(withFewEmptyLines(utf8('\n\r\n\r\r\n\n\n\n\na\rb\r\r\nc\r'))).toEqual(utf8('\n\n\na\rb\nc'));
});

describe('own words', () => {
  it.each([
    ['Yes.\n\nAm 1. November 2021 schrieb Ann:\n> No?\n\nBest', 'Yes.\n\n\nBest'],
    ['Yes.\n-----Original Message-----\nFrom: Ann\nNo?', 'Yes.'],
    ['Yes.\n________________________________\nFrom: Ann\nSent: Monday\nTo: Bob\nSubject: x\n\nNo?', 'Yes.'],
    ['Von: einem Freund\nund so weiter', 'Von: einem Freund\nund so weiter'],
    ['I say:\n> a quote\nmine', 'I say:\nmine'],
    ['a -- b\n--\nme', 'a -- b'],
  ])('%j', (text, own) => {
    expect(ownWords(text).trimEnd()).toBe(own);
  });

  it('checks each line equally often, however many quotations and blank lines there are', () => {
    const looksAt = (quotes: number): number => {
      const looks = [vi.spyOn(String.prototype, 'trim'), vi.spyOn(RegExp.prototype, 'test')];
      ownWords(`a:\n${'\n'.repeat(quotes)}${'> no?\n\n'.repeat(quotes)}`);
      ownWords(`${'\n'.repeat(quotes)}${'Ann wrote on 1/2:\n> no?\n\n'.repeat(quotes)}`);
      const calls = looks.reduce((sum, { mock }) => sum + mock.calls.length, 0);
      vi.restoreAllMocks();
      return calls;
    };
    expect(looksAt(2000) / looksAt(1000)).toBeCloseTo(2, 1);
  });

  it('reads a very long message fast', () => {
    const begin = performance.now();
    for (const one of [' ', '>', '-', '_', 'From: a\n', 'wrote:\n>', 'on ']) ownWords(one.repeat(30_000));
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});
