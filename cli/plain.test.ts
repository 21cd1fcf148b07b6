/** Runs of older builds, which trained on files with markup, resume with them. */
import { expect, test } from 'vitest';
import { unwatched } from '../src/core/base/job';
import type { TextSource } from '../src/core/documents';
import { hashOf } from '../src/core/documents';
import { sha256Hex } from '../src/core/base/hash';
import { stream } from '../src/testing/texts';
import { prepareRunData, trainedTokenizer } from '../node/texts/runData';
import { type SavedRun } from '../node/folders/savedRun';
import { withOriginalReading } from '../node/texts/savedTexts';

const PAGES = { 'a.html': '<p>Call me Ishmael.', 'b.html': '<p>Some years ago' };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (name: string, text: string, isPlain = false) => {
  const source: TextSource = {
    name,
    size: text.length,
    stream: () => stream([utf8(text)]),
    ...(isPlain && { isPlain }),
  };
  return { path: `in/${name}`, source };
};
const pages = Object.entries(PAGES).map(([name, text]) => file(name, text));
/** A run trained on plain text. */
const LEARNT = { model: { id: 'gpt', config: {} }, segments: [{ recipe: { objective: 'causal' } }] };
const savedRunOf = (texts: readonly { name: string; sha256: string }[]): SavedRun =>
  ({ folder: 'run', data: { texts, parts: { train: {} } }, info: LEARNT }) as unknown as SavedRun;

test('pages that form one text without document boundaries', async () => {
  const hashes = await Promise.all(Object.values(PAGES).map((text) => sha256Hex(text)));
  const past = savedRunOf([{ name: '2 files', sha256: await hashOf(hashes) }]);
  for (const given of [pages, pages.toReversed()])
    expect((await withOriginalReading(past, given)).map(({ source }) => source.isPlain)).toEqual([true, true]);
  const other = await withOriginalReading(past, [pages[0]!, file('c.html', '<p>Aye')]);
  expect(other.map(({ source }) => source.isPlain)).toEqual([undefined, undefined]);
  const single = await withOriginalReading(savedRunOf([{ name: 'b.html', sha256: hashes[1]! }]), pages);
  expect(single.map(({ source }) => source.isPlain)).toEqual([undefined, true]);
});

test('a page with its markup, next to a file that yields documents', async () => {
  const page = `<p>${'The whale is large. The sea is wide. '.repeat(30)}`;
  const talk = file('talk.srt', '1\n00:00:01,000 --> 00:00:02,000\nAye\n');
  const making = {
    tokenizer: trainedTokenizer(() => ({ kind: 'bytes', vocabulary: 257, special: 1 }) as never),
    split: { validation: 0.1, test: 0, seed: 0 },
  };
  const begun = await prepareRunData([file('a.html', page, true), talk], making, () => undefined, unwatched);
  const past = { ...savedRunOf([]), data: begun.data, tokenizer: begun.tokenizer };
  const again = await prepareRunData([file('a.html', page), talk], past, () => undefined, unwatched);
  expect(again.data).toEqual(begun.data);
});

test('a run on a raw chat resumes on it, and a run on conversations resumes on those', async () => {
  const chat = '[05.01.23, 15:05:10] Ann: The whale is large.\n[05.01.23, 15:06:10] Bob: The sea is wide.\n'.repeat(20);
  const making = {
    tokenizer: trainedTokenizer(() => ({ kind: 'bytes', vocabulary: 257, special: 1 }) as never),
    split: { validation: 0.1, test: 0, seed: 0 },
  };
  for (const isPlain of [true, false]) {
    const begun = await prepareRunData([file('_chat.txt', chat, isPlain)], making, () => undefined, unwatched);
    const past = { ...savedRunOf([]), data: begun.data, tokenizer: begun.tokenizer };
    const again = await prepareRunData([file('_chat.txt', chat)], past, () => undefined, unwatched);
    expect(again.data).toEqual(begun.data);
  }
});
