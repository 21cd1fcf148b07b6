/** WordPiece and Unigram. oracles/test_applied_tokenizers.py compares them with Python's `tokenizers`. */
import { Tokenizer as Library } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unigram, wordPiece } from '../../testing/appliedTokenizers';
import { createTokenizer } from './byteLevel';
import { promptIds } from './prompt';
import { readAnyTokenizerJson } from './readJson';
import { piecesOf } from './statistics';
import type { Tokenizer } from './tokenizer';
import { propertyRuns } from '../../testing/propertyRuns';

const bytes = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
const made = (json: unknown, rows: number, config?: object): Promise<Tokenizer> =>
  createTokenizer(readAnyTokenizerJson(bytes(json), config && JSON.stringify(config), rows));
const bert = await made(wordPiece, 24);
const t5 = await made(unigram, 19);

const WORDS = ['unwanted', 'running', 'wants', 'the', 'abc', 'aabbc', 'é', 'Éa', '东东', 'ΑΣ', '𠀀', 'a,b', "s's", '</s>', '[MASK]', '<extra_id_0>', '[', '▁', '##ed', 'x'.repeat(120)]; // prettier-ignore
const GAPS = [' ', '  ', '\n', '\t', '\u00a0', '\u3000', ' \n ', ''];
const texts = fc
  .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...GAPS)), { maxLength: 40 })
  .map((parts) => parts.flat().join(''));

test('encodes with the ids of each kind', () => {
  expect([...bert.encode('UNwanted, running 东x.')]).toEqual([5, 6, 7, 11, 9, 10, 15, 1, 18]);
  expect([...t5.encode('abc the')]).toEqual([3, 10, 11]);
  // A run of unknown characters is one unknown token, which never crosses a space.
  expect([...t5.encode('zz zza')]).toEqual([3, 2, 3, 2, 4]);
});

test.each([
  ['WordPiece', wordPiece, bert],
  ['Unigram', unigram, t5],
])('%s: ids equal the library’s for texts without special tokens', (_, json, ours) => {
  const library = new Library({ ...json, added_tokens: [], post_processor: null }, {});
  const plain = fc
    .array(fc.constantFrom('unwanted', 'abc', 'the', 'é', 'a,b', 'running', ' ', '  ', "'s"), { maxLength: 2000 })
    .map((words) => words.join(''));
  fc.assert(
    fc.property(plain, (text) => {
      const { ids } = library.encode(text, { add_special_tokens: false });
      expect([...ours.encode(text)]).toEqual(ids);
    }),
    { numRuns: propertyRuns(60) },
  );
});

test.each([
  ['WordPiece', bert],
  ['Unigram', t5],
])('%s: any chunks give the ids of the whole text, and no text becomes a special token', async (_, ours) => {
  const special = new Set(ours.special.map(({ id }) => id).filter((id) => id !== ours.unknown));
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.integer({ min: 1, max: 300 }),
      fc.array(fc.nat({ max: 9000 })),
      async (text, times, cuts) => {
        const characters = Array.from(text.repeat(times));
        const at = [0, ...cuts.filter((cut) => cut < characters.length).sort((a, b) => a - b), characters.length];
        const chunks = at.slice(1).map((end, i) => characters.slice(at[i], end).join(''));
        const ids: number[] = [];
        for await (const some of ours.encodeStream(stream(chunks))) ids.push(...some);
        expect(ids).toEqual([...ours.encode(text.repeat(times))]);
        expect(ids.some((id) => special.has(id))).toBe(false);
      },
    ),
    { numRuns: propertyRuns(40) },
  );
});
async function* stream(chunks: readonly string[]): AsyncGenerator<string> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

test('cuts a long text between words, with the library’s ids', () => {
  const text = 'unwanted abc the running '.repeat(3000);
  for (const [json, ours] of [
    [wordPiece, bert],
    [unigram, t5],
  ] as const) {
    const library = new Library({ ...json, added_tokens: [], post_processor: null }, {});
    expect([...ours.encode(text)]).toEqual(library.encode(text, { add_special_tokens: false }).ids);
  }
});

test('finds special tokens by role, and puts the begin token before a prompt', async () => {
  expect(bert.special.map(({ text, role }) => [text, role])).toEqual([
    ['[PAD]', 'padding'],
    ['[UNK]', undefined],
    ['[CLS]', undefined],
    ['[SEP]', 'separator'],
    ['[MASK]', 'mask'],
  ]);
  expect([bert.begin, bert.unknown, bert.endOfText, bert.idOf('end'), bert.idOf('separator')]).toEqual([2, 1, 3, 3, 3]);
  expect([...promptIds(bert, 'want')]).toEqual([2, 8]);
  expect([t5.endOfText, t5.begin, t5.unknown, t5.idOf('padding')]).toEqual([1, undefined, 2, 0]);
  expect([...promptIds(t5, 'abc')]).toEqual([3, 10]);
  expect([0, 1].map((number) => t5.idOf('sentinel', number))).toEqual([18, 17]);
  // tokenizer_config.json has priority.
  expect((await made(wordPiece, 24, { eos_token: '[CLS]' })).endOfText).toBe(2);
});

test('decodes all at once and incrementally; special and unknown tokens are empty', () => {
  expect(bert.decode([2, 5, 6, 7, 11, 9, 10, 18, 3])).toBe('unwanted, running.');
  expect(t5.decode([8, 6, 2, 11, 1])).toBe('abc the');
  const goingOn = t5.decoder();
  expect([11, 4, 1].map((id) => goingOn.push(id)).join('') + goingOn.end()).toBe(' thea');
  expect(() => t5.bytes(19)).toThrow(RangeError);
  expect(bert.bytes(23)).toEqual(new Uint8Array());
});

test('lists tokens with their text and bytes', () => {
  expect(piecesOf(t5, 'abc zz').map(({ id, text, bytes }) => [id, text, bytes])).toEqual([
    [3, ' ', 1],
    [10, 'abc', 3],
    [3, ' ', 1],
    [2, '<unk>', 0],
  ]);
});

test('rejects half of a surrogate pair, so that no text matches a special token', () => {
  expect(() => t5.encode('\udc001')).toThrow(/half of a surrogate pair/);
});

test.each([
  ['a normalizer', { ...unigram, normalizer: { type: 'Nmt' } }, /"Nmt" is not supported \(at normalizer\)/],
  ['a split', { ...unigram, pre_tokenizer: { type: 'UnicodeScripts' } }, /"UnicodeScripts" is not supported/],
  ['no split', { ...unigram, pre_tokenizer: null }, /does not split text into words/],
  ['a decoder', { ...unigram, decoder: { type: 'CTC' } }, /its decoder is neither WordPiece nor Metaspace/],
  ['bytes', { ...unigram, model: { ...unigram.model, byte_fallback: true } }, /falls back to byte tokens/],
  ['rules', { ...unigram, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }, /precompiled_charsmap/],
  [
    'a pattern',
    { ...unigram, normalizer: { type: 'Replace', pattern: { Regex: '(a+)+' }, content: '' } },
    /an unsupported pattern/,
  ],
  ['ids', { ...wordPiece, added_tokens: [{ id: 7, content: '[PAD]' }] }, /has two ids/],
  ['an end', { ...unigram, added_tokens: [] }, /has no end of text token/],
  ['rows', { ...unigram, added_tokens: [{ id: 30, content: '</t>' }] }, /a token 30, but the model has only 19 rows/],
])('rejects an unsupported part by its name: %s', async (_, json, reason) => {
  const error: unknown = await made(json, 19 + 5 * Number(json.model.type === 'WordPiece')).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(HomegrownError);
  expect((error as HomegrownError).message).toMatch(reason);
});

test('rejects replacements that multiply a text', async () => {
  const chain = Array.from({ length: 20 }, (_, i) => ({
    type: 'Replace',
    pattern: { String: i % 2 ? 'b' : 'a' },
    content: (i % 2 ? 'a' : 'b').repeat(100),
  }));
  const hostile = await made({ ...unigram, normalizer: { type: 'Sequence', normalizers: chain } }, 19);
  expect(() => hostile.encode('a')).toThrow(
    expect.objectContaining({
      code: 'bad-file',
      message: expect.stringContaining('more than 1,100 characters') as string,
    }),
  );
  // A dollar sign is literal, like in the crate and unlike in JavaScript.
  const dollar = { type: 'Replace', pattern: { String: 'b' }, content: '$`' };
  const plain = await made({ ...unigram, normalizer: { type: 'Sequence', normalizers: [dollar] } }, 19);
  expect([...plain.encode('ab')]).toEqual([...plain.encode('a$`')]);
});
