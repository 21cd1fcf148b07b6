import { describe, expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { LARGEST_TOKENIZER } from '../base/limits';
import { documentOf } from '../testing/texts';
import { createTokenizer } from './byteLevel';
import { namedRoles, readGpt2Files, readTokenizerJson, writeTokenizerJson } from './json';
import { trainTokenizer } from './train';

const TEXT = 'the theme of these thistles, 你好你好 \u{1f600}\u{1f601}, 10 100 "quotes" \\ back'.repeat(4);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const model = async (kind: 'bpe' | 'characters' | 'bytes') =>
  trainTokenizer({ kind, vocabulary: 300 }, [documentOf(TEXT)], unwatched);
const good = writeTokenizerJson(await createTokenizer(await model('bpe')));

it.each(['bpe', 'characters', 'bytes'] as const)('%s: reads back what it wrote', async (kind) => {
  const written = await model(kind);
  const read = readTokenizerJson(bytes(writeTokenizerJson(await createTokenizer(written))));
  expect(read.model).toEqual(written);
  expect(read.ids).toEqual(Uint32Array.from(read.ids, (_, id) => id));
});

it('brings ids that are in another order into ours, from tokenizer.json and from vocab.json with merges.txt', () => {
  const same = readTokenizerJson(bytes(good));
  const { vocab, merges } = (JSON.parse(good) as Json).model;
  const size = same.ids.length;
  for (const end of ['<|endoftext|>', '</s>']) {
    // The end of a text is the first, and the bytes come backwards: the merges stay in the order of their ranks.
    const moved = (id: number): number => (id === size - 1 ? 0 : id < 256 ? 256 - id : id + 1);
    const named = Object.entries(vocab).map(([name, id]) => [name === '<|endoftext|>' ? end : name, moved(Number(id))]);
    const other = Object.fromEntries(named) as Record<string, number>;
    const read = readTokenizerJson(
      changed((j) => {
        j.model.vocab = other;
        j.added_tokens = [{ id: 0, content: end }];
      }),
    );
    expect(read.model).toEqual(same.model);
    expect([...read.ids]).toEqual([...same.ids].map(moved));
    const lines = `#version: 0.2\n${merges.map(String).join('\n')}\n`;
    expect(readGpt2Files(bytes(JSON.stringify(other)), bytes(lines))).toEqual(read);
  }
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

describe('special tokens that others have named', () => {
  const size = (JSON.parse(good) as Json).added_tokens[0]!.id + 1;
  /** With these tokens after the end of text, which gets another name if wanted. */
  const naming = (texts: readonly string[], end = '<|endoftext|>'): Uint8Array =>
    changed((j) => {
      j.added_tokens = [end, ...texts].map((content, i) => ({ id: size - 1 + i, content }));
      delete j.model.vocab['<|endoftext|>'];
    });
  const same = readTokenizerJson(bytes(good));
  const ids = (...special: number[]): number[] => [...same.ids.subarray(0, -1), ...special.map((i) => size - 1 + i)];

  it('have the role that their names are usual for, and sentinels their numbers', () => {
    const read = readTokenizerJson(
      naming(['[MASK]', '<extra_id_1>', '<extra_id_0>', '<|user|>', '[PAD]', '<extra_id_2>'], '</s>'),
    );
    const roles = ['end', 'padding', 'mask', 'sentinel', 'sentinel', 'sentinel', 'user'];
    expect(read.model).toEqual({ ...same.model, roles });
    expect([...read.ids]).toEqual(ids(0, 5, 1, 3, 2, 6, 4));
  });

  it('have the role that tokenizer_config.json says, whatever they are called', () => {
    const file = naming(['<|endoftext|>', '<s2>'], '<|im_end|>');
    expect(() => readTokenizerJson(file)).toThrow(/"<\|im_end\|>" has no role here/);
    const config = {
      eos_token: { content: '<|im_end|>' },
      pad_token: '<|endoftext|>',
      sep_token: '<s2>',
      cls_token: 7,
    };
    const read = readTokenizerJson(file, namedRoles(config));
    expect(read.model.roles).toEqual(['end', 'padding', 'separator']);
    expect([...read.ids]).toEqual(ids(0, 1, 2));
  });

  it('may be one for several uses, and the only one ends a text', () => {
    for (const config of [
      { pad_token: '<|endoftext|>' },
      { eos_token: '</s>', sep_token: '<|endoftext|>' },
      [],
      null,
      'x',
    ])
      expect(readTokenizerJson(bytes(good), namedRoles(config))).toEqual(same);
    const uses = { eos_token: '</s>', bos_token: '</s>', sep_token: '</s>', pad_token: '[PAD]' };
    expect(readTokenizerJson(naming(['[PAD]'], '</s>'), namedRoles(uses)).model.roles).toEqual(['end', 'padding']);
  });

  const refused: [string, Uint8Array, RegExp][] = [
    ['two ends', naming(['</s>']), /has 2 tokens .*2 of them are end of text tokens/],
    ['no end', naming(['<mask>'], '<pad>'), /has 2 tokens .*one that ends a text is wanted/],
    ['one that is not the end', naming([], '<pad>'), /has 1 tokens \("<pad>"\), and one that ends a text is wanted/],
    ['a sentinel left out', naming(['<extra_id_0>', '<extra_id_2>']), /sentinel tokens are not numbered 0, 1, 2/],
    ['a sentinel in two spellings', naming(['<extra_id_0>', '<extra_id_00>']), /"<extra_id_00>" has no role/],
    [
      'a token that is a byte too',
      changed((j) => j.added_tokens.push({ id: 0, content: '!' })),
      /"!" is a special token, and a byte or what its merges make too/,
    ],
    ['a role that is not here', naming(['<s>']), /"<s>" has no role here \(end, padding, mask, separator, sentinel/],
    [
      'merges that spell what the token would be called here',
      changed((j) => {
        j.model.merges.push('< m', '<m a', '<ma s', '<mas k', '<mask >');
        for (const made of ['<m', '<ma', '<mas', '<mask', '<mask>']) j.model.vocab[made] = 900 + made.length;
        j.added_tokens.push({ id: 990, content: '[MASK]' });
      }),
      /its merges make "<mask>", which is what the mask token is called here/,
    ],
  ];
  it.each(refused)('refuses %s', (_, file, reason) => {
    expect(() => readTokenizerJson(file)).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(reason) as string }),
    );
  });

  it('are read at once, be they 200,000', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `<extra_id_${199_999 - i}>`);
    expect(readTokenizerJson(naming(many)).model.roles).toHaveLength(200_001);
  });
});

describe('refuses', () => {
  const table: [string, Uint8Array, RegExp][] = [
    ['what is not UTF-8', Uint8Array.of(0x7b, 0xff), /not JSON in UTF-8/],
    ['what is not JSON', bytes('{'), /not JSON/],
    ['another layout', bytes('[]'), /at/],
    ['a huge file', new Uint8Array(LARGEST_TOKENIZER + 1), /bytes; at most/],
    ['an id twice', changed((j) => (j.model.vocab['!'] = 1)), /two of its tokens have the id 1/],
    ['a negative id', changed((j) => (j.model.vocab['!'] = -1)), /id of token "!"/],
    ['an id that is no integer', changed((j) => (j.model.vocab['!'] = 0.5)), /whole number/],
    ['a huge id', changed((j) => (j.model.vocab.th = 2 ** 60)), /whole number/],
    ['a missing byte', changed((j) => delete j.model.vocab['!']), /no token for byte 33/],
    ['one token too many', changed((j) => (j.model.vocab.extra = 999)), /has 2 tokens \(.*"extra"/],
    ['one merge too many', changed((j) => j.model.merges.push('t h')), /which is made before/],
    ['an unknown token in a merge', changed((j) => (j.model.merges[3] = '犬 h')), /merge 4 joins/],
    ['merges in another order', changed((j) => j.model.merges.reverse()), /merge 1/],
    ['a merge of three', changed((j) => (j.model.merges[0] = 'a b c')), /merge 1 is not a pair/],
    ['a merge of one', changed((j) => (j.model.merges[0] = ['a'])), /merge 1 is not a pair/],
    ['an empty token in a merge', changed((j) => (j.model.merges[0] = ' a')), /merge 1 is not a pair/],
    [
      'a special token without a role',
      changed((j) => j.added_tokens.push({ id: 999, content: '<|startoftext|>' })),
      /has 2 tokens .*"<\|startoftext\|>" has no role here \(end, padding, mask/,
    ],
    ['two ids for the end', changed((j) => (j.added_tokens[0]!.id = 3)), /two ids/],
    ['a normalizer', changed((j) => (j.normalizer = { type: 'Lowercase' })), /normalizer/],
    ['a prefix space', changed((j) => (j.pre_tokenizer.add_prefix_space = true)), /add_prefix_space/],
    ['another split', changed((j) => (j.pre_tokenizer = { type: 'Whitespace' })), /pre_tokenizer/],
    ['no split pattern', changed((j) => (j.pre_tokenizer.use_regex = false)), /split pattern/],
    ['WordPiece', changed((j) => (j.model.type = 'WordPiece')), /not BPE/],
    ['an unknown token', changed((j) => (j.model.unk_token = '<unk>')), /unknown token/],
    [
      '__proto__ as a token',
      bytes(good.replace('"vocab": {', '"vocab": {"__proto__": 7,')),
      /has 2 tokens \(.*"__proto__"/,
    ],
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
