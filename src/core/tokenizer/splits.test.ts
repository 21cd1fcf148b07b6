import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { awkwardText, collect, cutAnywhere, stream } from '../../testing/texts';
import { BYTE_OF_ID, CHARACTER_OF_BYTE } from './alphabet';
import { createTokenizer } from './byteLevel';
import { writeTokenizerJson } from './json';
import { readTokenizerJson } from './readJson';
import { MAX_PRE_TOKEN, preTokens } from './split';
import { SPLIT_NAMES, SPLITS, type SplitName } from './splits';
import { propertyRuns } from '../../testing/propertyRuns';

const split = (name: SplitName, text: string): string[] => {
  const words: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = SPLITS[name].end(text, start);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
};

/** Expected values were derived by hand from each pattern. */
it.each<[SplitName, string, string[]]>([
  ['gpt-2', "I'M 12345 x\n\n y", ['I', "'", 'M', ' 12345', ' x', '\n\n', ' y']],
  ['smollm', "it's 12  x\n\n y", ['it', "'s", ' ', '1', '2', ' ', ' x', '\n\n', ' y']],
  ['smollm', 'a  7½', ['a', '  ', '7', '½']],
  ['llama-bpe', "I'M 12345 x\n\n y", ['I', "'M", ' ', '123', '45', ' x', '\n\n', ' y']],
  ['llama-bpe', 'a!\n\n  \n b#c', ['a', '!\n\n', '  \n', ' b', '#c']],
  ['llama-bpe', "'ſ'S", ["'ſ", "'S"]],
  ['qwen2', 'v12 !?\r\n', ['v', '1', '2', ' !?\r\n']],
])('%s splits %j', (name, text, words) => {
  expect(split(name, text)).toEqual(words);
});

describe.each(SPLIT_NAMES)('%s', (name) => {
  it('splits a text in pieces like the whole text', async () => {
    await fc.assert(
      fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
        expect((await collect(preTokens(stream(pieces), unwatched, SPLITS[name]))).flat()).toEqual(split(name, text));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it('cuts runs without a break at a fixed length, whole or in pieces, never inside a surrogate pair', async () => {
    for (const unit of ['a', ' ', '\n', '𝒜', '!', '\u{1f600}']) {
      const text = `x${unit.repeat(150_000)}x\n𝒜`;
      const whole = split(name, text);
      expect(whole.join('')).toBe(text);
      expect(whole.every((word) => word.length <= MAX_PRE_TOKEN && word.isWellFormed())).toBe(true);
      const pieces = [text.slice(0, 66_001), text.slice(66_001, 140_001), text.slice(140_001)];
      expect((await collect(preTokens(stream(pieces), unwatched, SPLITS[name]))).flat()).toEqual(whole);
    }
  });

  it('is recognized from its own tokenizer.json, with the ids of Hugging Face', async () => {
    const tokenizer = await createTokenizer(tokenizerOf(name));
    const json = writeTokenizerJson(tokenizer);
    expect(readTokenizerJson(new TextEncoder().encode(json))).toEqual(tokenizer.model);
    const theirs = new HuggingFace(JSON.parse(json) as object, {});
    // Hugging Face's library has only ASCII digits, doesn't match ſ to s, and uses JavaScript's whitespace.
    const differing = /(?![0-9])\p{N}|[\u017f\u0085\ufeff]|<\|endoftext\|>/u;
    const texts = fc
      .sample(awkwardText, { numRuns: propertyRuns(400), seed: 5 })
      .filter((text) => !differing.test(text));
    for (const text of [...texts, "I'LL 1234 don't\n\n  x", 'e\u0301 é \uac00 \u1100\u1161'])
      expect([...tokenizer.encode(text)], JSON.stringify(text)).toEqual(theirs.encode(text).ids);
  });
});

const BYTES = [...BYTE_OF_ID];
const CHARACTERS = BYTES.map((byte) => CHARACTER_OF_BYTE[byte]!);

/** Tokenizer with other ids: the end of text first, then bytes, then merges that only this split allows. */
function tokenizerOf(split: SplitName) {
  const bytes = Array.from({ length: 256 }, (_, id) => id + 1);
  const idOf = (text: string): number => 1 + BYTES.indexOf(text.charCodeAt(0));
  const [one, two, space, line, tick, letter] = ['1', '2', ' ', '\n', "'", 'L'].map(idOf) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const merges = [[one, two], [space, space], [line, line], [tick, letter], [space, one]] as [number, number][]; // prettier-ignore
  const spell = (id: number): string => CHARACTERS[id - 1]!;
  return {
    kind: 'bpe' as const,
    merges,
    elsewhere: {
      split,
      spellings: ['<|endoftext|>', ...bytes.map(spell), ...merges.map(([a, b]) => spell(a) + spell(b))],
      added: [
        {
          id: 0,
          special: true,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          role: 'end' as const,
        },
      ],
      names: { eos_token: '<|endoftext|>' },
    },
  };
}

describe('NFC', () => {
  it('is applied before the split of qwen2, at once and in pieces', async () => {
    const tokenizer = await createTokenizer(tokenizerOf('qwen2'));
    const pieces = ['cafe', '\u0301 x', '\u1100', '\u1161'];
    const ids = [...tokenizer.encode('café x가')];
    expect([...tokenizer.encode(pieces.join(''))]).toEqual(ids);
    expect((await collect(tokenizer.encodeStream(stream(pieces)))).flatMap((part) => [...part])).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe('café x가');
  });
});
