import { describe, expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { documentOf } from '../testing/texts';
import { createTokenizer } from './byteLevel';
import { LARGEST_TOKENIZER_JSON, readTokenizerJson, writeTokenizerJson } from './json';
import { trainTokenizer } from './train';

const TEXT = 'the theme of these thistles, 你好你好 \u{1f600}\u{1f601}, 10 100 "quotes" \\ back'.repeat(4);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const model = async (kind: 'bpe' | 'characters' | 'bytes') =>
  trainTokenizer({ kind, vocabulary: 300 }, [documentOf(TEXT)], unwatched);
const good = writeTokenizerJson(await createTokenizer(await model('bpe')));

it.each(['bpe', 'characters', 'bytes'] as const)('%s: reads back what it wrote', async (kind) => {
  const written = await model(kind);
  expect(readTokenizerJson(bytes(writeTokenizerJson(await createTokenizer(written))))).toEqual(written);
});

interface Json {
  added_tokens: { id: number; content: string }[];
  normalizer: unknown;
  pre_tokenizer: Record<string, unknown>;
  model: { vocab: Record<string, unknown>; merges: (string | string[])[] } & Record<string, unknown>;
}
const changed = (change: (json: Json) => void): Uint8Array => {
  const json = JSON.parse(good) as Json;
  change(json);
  return bytes(JSON.stringify(json));
};

it('reads the forms that others write', () => {
  const same = readTokenizerJson(bytes(good));
  expect(readTokenizerJson(changed((j) => (j.model.merges = j.model.merges.map((m) => String(m).split(' ')))))).toEqual(
    same,
  );
  expect(readTokenizerJson(changed((j) => delete j.model.vocab['<|endoftext|>']))).toEqual(same);
  expect(readTokenizerJson(changed((j) => (j.added_tokens = [])))).toEqual(same);
  expect(readTokenizerJson(changed((j) => delete j.pre_tokenizer.use_regex))).toEqual(same);
});

describe('refuses', () => {
  const table: [string, Uint8Array, RegExp][] = [
    ['what is not UTF-8', Uint8Array.of(0x7b, 0xff), /not JSON in UTF-8/],
    ['what is not JSON', bytes('{'), /not JSON/],
    ['another layout', bytes('[]'), /at/],
    ['a huge file', new Uint8Array(LARGEST_TOKENIZER_JSON + 1), /bytes; at most/],
    ['an id twice', changed((j) => (j.model.vocab['!'] = 1)), /byte 33/],
    ['a negative id', changed((j) => (j.model.vocab['!'] = -1)), /id of token "!"/],
    ['an id that is no integer', changed((j) => (j.model.vocab['!'] = 0.5)), /whole number/],
    ['a huge id', changed((j) => (j.model.vocab.th = 2 ** 60)), /whole number/],
    ['a missing byte', changed((j) => delete j.model.vocab['!']), /byte 33/],
    ['one token too many', changed((j) => (j.model.vocab.extra = 999)), /tokens where/],
    ['one merge too many', changed((j) => j.model.merges.push('t h')), /not the last token/],
    ['an unknown token in a merge', changed((j) => (j.model.merges[3] = '犬 h')), /merge 4 joins/],
    ['merges in another order', changed((j) => j.model.merges.reverse()), /merge 1/],
    ['a merge of three', changed((j) => (j.model.merges[0] = 'a b c')), /merge 1 is not a pair/],
    ['a merge of one', changed((j) => (j.model.merges[0] = ['a'])), /merge 1 is not a pair/],
    ['an empty token in a merge', changed((j) => (j.model.merges[0] = ' a')), /merge 1 is not a pair/],
    ['another special token', changed((j) => j.added_tokens.push({ id: 999, content: '<pad>' })), /<pad>/],
    ['two ids for the end', changed((j) => (j.added_tokens[0]!.id = 3)), /two ids/],
    ['a normalizer', changed((j) => (j.normalizer = { type: 'Lowercase' })), /normalizer/],
    ['a prefix space', changed((j) => (j.pre_tokenizer.add_prefix_space = true)), /add_prefix_space/],
    ['another split', changed((j) => (j.pre_tokenizer = { type: 'Whitespace' })), /pre_tokenizer/],
    ['no split pattern', changed((j) => (j.pre_tokenizer.use_regex = false)), /split pattern/],
    ['WordPiece', changed((j) => (j.model.type = 'WordPiece')), /not BPE/],
    ['an unknown token', changed((j) => (j.model.unk_token = '<unk>')), /unknown token/],
    ['__proto__ as a token', bytes(good.replace('"vocab": {', '"vocab": {"__proto__": 7,')), /tokens where/],
  ];
  it.each(table)('%s', (_, file, reason) => {
    expect(() => readTokenizerJson(file)).toThrow(reason);
    try {
      readTokenizerJson(file);
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-file' });
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
