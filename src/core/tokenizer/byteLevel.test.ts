import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { awkwardText, collect, cutAnywhere, documentOf, stream } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { writeTokenizerJson } from './json';
import { trainTokenizer } from './train';
import type { Tokenizer } from './tokenizer';
import { propertyRuns } from '../../testing/propertyRuns';

const TEXT =
  `It's the Whale's way, they'll say; we've 3 ships and 1851 men.\r\n\r\n  "Whale!" — cried  Ahab…\tNaïve café, 你好世界，你好！ ` +
  `Привет, мир. Ελλάδα \u{1f600}\u{1f600} \u{1f468}\u200d\u{1f469}\u200d\u{1f467} if (x) {\n    return x;\n    }\n`;
const document = documentOf(TEXT.repeat(5) + 'aaaa aaa aa abab ababab');
const trained = async (kind: 'bpe' | 'characters' | 'bytes'): Promise<Tokenizer> =>
  createTokenizer(await trainTokenizer({ kind, vocabulary: 500 }, [document], unwatched));
const tokenizers = await Promise.all([trained('bpe'), trained('characters'), trained('bytes')]);

describe.each(tokenizers.map((tokenizer) => [tokenizer.model.kind, tokenizer] as const))('%s', (_, tokenizer) => {
  it('decodes every text to itself', () => {
    fc.assert(
      fc.property(awkwardText, (text) => {
        const ids = tokenizer.encode(text);
        expect(tokenizer.decode(ids)).toBe(text);
        const bytes = [...ids].flatMap((id) => [...tokenizer.bytes(id)]);
        expect(Uint8Array.from(bytes)).toEqual(new TextEncoder().encode(text));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('gives the same ids for a text in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
        const ids = await collect(tokenizer.encodeStream(stream(pieces)));
        expect(ids.flatMap((part) => [...part])).toEqual([...tokenizer.encode(text)]);
      }),
    );
  });

  it("gives Hugging Face's ids from its own tokenizer.json", () => {
    const json = JSON.parse(writeTokenizerJson(tokenizer)) as object;
    const theirs = new HuggingFace(json, {});
    const fixed = [TEXT, ...HARD];
    const random = fc
      .sample(awkwardText, { numRuns: propertyRuns(250), seed: 2 })
      .filter((text) => !text.includes('<|endoftext|>'));
    for (const text of [...fixed, ...random]) {
      expect([...tokenizer.encode(text)], JSON.stringify(text)).toEqual(theirs.encode(text).ids);
    }
    // The only difference: Hugging Face reads the literal as the special token, and we read it as text.
    expect(theirs.encode('a<|endoftext|>').ids).toEqual([...tokenizer.encode('a'), tokenizer.endOfText]);
    expect(tokenizer.encode('a<|endoftext|>')).not.toContain(tokenizer.endOfText);
    expect(tokenizer.decode(tokenizer.encode('a<|endoftext|>'))).toBe('a<|endoftext|>');
  });
});

const HARD = [
  '',
  ' ',
  '  ',
  '\n',
  '\n\n\n',
  ' \n ',
  '\t\tx',
  'a  b   c',
  "don't",
  "DON'T",
  "'s",
  " 's",
  "''s",
  "'sx",
  "it'll've",
  '你好世界',
  '你好 世界',
  'ไทย',
  '한국어',
  'العربية',
  'हिन्दी',
  'e\u0301',
  'ﬁ',
  'ß',
  'İ',
  'ǅ',
  '𝒜𝒷',
  '٣٤',
  '½',
  'Ⅷ',
  '\u{1f600}',
  '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u{1f1e9}\u{1f1ea}',
  'a\u{1f600}b',
  '\u200b',
  '\u00ad',
  '\ufffd',
  '3.14',
  '1,000',
  '2024-01-01',
  'x=1;',
  '/* c */',
  '<b>',
  '__proto__',
  'aaaaaaaaaaaaa',
  'abababababab',
  '\0',
  '\x7f',
];

it('takes linear time for a million equal characters, and 200,000 spaces', () => {
  const [bpe] = tokenizers;
  for (const text of ['a'.repeat(1_000_000), '^'.repeat(1_000_000), `${' '.repeat(200_000)}x`, '你'.repeat(300_000)]) {
    expect(bpe.decode(bpe.encode(text))).toBe(text);
  }
});

it('merges the leftmost of overlapping pairs', async () => {
  const a = [...tokenizers[2].encode('a')][0]!;
  const tokenizer = await createTokenizer({ kind: 'bpe', merges: [[a, a]] });
  expect([...tokenizer.encode('aaaaa')]).toEqual([256, 256, a]);
});

describe('decoder', () => {
  it('holds back the bytes of an unfinished character', () => {
    const bytes = tokenizers[2];
    const decoder = bytes.decoder();
    const pieces = Array.from(bytes.encode('\ufeffa\u{1f600}'), (id) => decoder.push(id));
    expect(pieces).toEqual(['', '', '\ufeff', 'a', '', '', '', '\u{1f600}']);
    expect(decoder.end()).toBe('');
  });
  it('writes U+FFFD for invalid UTF-8', () => {
    const bytes = tokenizers[2];
    const [lead] = bytes.encode('é');
    expect(bytes.decode([lead!, ...bytes.encode('x'), lead!])).toBe('\ufffdx\ufffd');
  });
});

it('rejects half of a surrogate pair, with its position', async () => {
  const [bpe] = tokenizers;
  expect(() => bpe.encode('\u{1f600}a\ud800b')).toThrow(/Character 4 .*U\+D800/);
  await expect(collect(bpe.encodeStream(stream(['ok', '\udc00'])))).rejects.toThrow('U+DC00');
});

it('rejects invalid merges', async () => {
  const model = (merges: [number, number][]) => createTokenizer({ kind: 'bpe', merges });
  await expect(model([[256, 1]])).rejects.toMatchObject({ code: 'bad-file' });
  await expect(model([[0, -1]])).rejects.toMatchObject({ code: 'bad-file' });
  await expect(
    model([
      [0, 1],
      [0, 1],
    ]),
  ).rejects.toMatchObject({ code: 'bad-file' });
});

it('hashes only what determines the ids', async () => {
  const [bpe, characters, bytes] = tokenizers;
  expect(new Set([bpe.hash, characters.hash, bytes.hash]).size).toBe(3);
  expect((await createTokenizer({ ...bpe.model, kind: 'characters' })).hash).toBe(bpe.hash);
});
