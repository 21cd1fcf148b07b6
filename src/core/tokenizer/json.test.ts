import { describe, expect, it } from 'vitest';
import { unwatched } from '../base/job';
import { MAX_TOKENIZER_BYTES } from '../base/limits';
import { documentOf } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { tokenizerNames, writeTokenizerJson } from './json';
import { readGpt2Files, readTokenizerConfig, readTokenizerJson } from './readJson';
import type { TokenRole } from './special';
import { trainTokenizer } from './train';

const TEXT = 'the theme of these thistles, 你好你好 \u{1f600}\u{1f601}, 10 100 "quotes" \\ back'.repeat(4);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const model = async (kind: 'bpe' | 'characters' | 'bytes') =>
  trainTokenizer({ kind, vocabulary: 300 }, [documentOf(TEXT)], unwatched);
const good = writeTokenizerJson(await createTokenizer(await model('bpe')));

it.each(['bpe', 'characters', 'bytes'] as const)('%s: reads back the written file', async (kind) => {
  const written = await model(kind);
  expect(readTokenizerJson(bytes(writeTokenizerJson(await createTokenizer(written))))).toEqual(written);
});

it('keeps ids in another order, from tokenizer.json and from vocab.json with merges.txt', async () => {
  const same = await createTokenizer(readTokenizerJson(bytes(good)));
  const { vocab, merges } = (JSON.parse(good) as Json).model;
  const { size } = same;
  for (const end of ['<|endoftext|>', '</s>']) {
    // The end of text is first, and bytes are reversed; merges keep their rank order.
    const moved = (id: number): number => (id === size - 1 ? 0 : id < 256 ? 256 - id : id + 1);
    const named = Object.entries(vocab).map(([name, id]) => [name === '<|endoftext|>' ? end : name, moved(Number(id))]);
    const other = Object.fromEntries(named) as Record<string, number>;
    const file = changed((j) => {
      j.model.vocab = other;
      j.added_tokens = [{ id: 0, content: end }];
    });
    const read = readTokenizerJson(file);
    const tokenizer = await createTokenizer(read);
    expect(tokenizer).toMatchObject({ size, endOfText: 0, special: [{ id: 0, text: end, role: 'end' }] });
    for (const text of [TEXT, ' \n', 'é\u0301']) {
      expect([...tokenizer.encode(text)]).toEqual([...same.encode(text)].map(moved));
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
    const lines = `#version: 0.2\n${merges.map(String).join('\n')}\n`;
    expect(readGpt2Files(bytes(JSON.stringify(other)), bytes(lines))).toEqual(read);
    const again = JSON.parse(writeTokenizerJson(tokenizer)) as Json;
    expect([again.model.vocab, again.model.merges]).toEqual([other, merges]);
    expect(readTokenizerJson(bytes(JSON.stringify(again)))).toEqual(read);
  }
});

interface Json {
  added_tokens: { id: number; content: string }[];
  normalizer: unknown;
  post_processor: unknown;
  pre_tokenizer: Record<string, unknown>;
  model: { vocab: Record<string, unknown>; merges: (string | string[])[] } & Record<string, unknown>;
}
const changed = (change: (json: Json) => void): Uint8Array => {
  const json = JSON.parse(good) as Json;
  change(json);
  return bytes(JSON.stringify(json));
};

it('reads the variants of other programs', () => {
  const same = readTokenizerJson(bytes(good));
  expect(readTokenizerJson(changed((j) => (j.model.merges = j.model.merges.map((m) => String(m).split(' ')))))).toEqual(
    same,
  );
  expect(readTokenizerJson(changed((j) => delete j.model.vocab['<|endoftext|>']))).toEqual(same);
  expect(readTokenizerJson(changed((j) => (j.added_tokens = [])))).toEqual(same);
  expect(readTokenizerJson(changed((j) => delete j.pre_tokenizer.use_regex))).toEqual(same);
});

describe('special tokens with other names', () => {
  const size = (JSON.parse(good) as Json).added_tokens[0]!.id + 1;
  /** File with these tokens after the end of text, which can have another name. */
  const naming = (texts: readonly string[], end = '<|endoftext|>'): Uint8Array =>
    changed((j) => {
      j.added_tokens = [end, ...texts].map((content, i) => ({ id: size - 1 + i, content }));
      delete j.model.vocab['<|endoftext|>'];
    });
  const same = readTokenizerJson(bytes(good));
  const roles = (file: Uint8Array, config: unknown = {}): (TokenRole | undefined)[] => {
    const { elsewhere, roles = ['end'] } = readTokenizerJson(file, readTokenizerConfig(config));
    return elsewhere ? elsewhere.added.map(({ role }) => role) : [...roles];
  };

  it('have the usual role of their names, and others none', () => {
    expect(roles(naming(['[MASK]', '<|user|>', '<|im_start|>', '[PAD]', '<s>'], '</s>'))).toEqual([
      'end',
      'mask',
      'user',
      undefined,
      'padding',
      undefined,
    ]);
    const ours = naming(['<pad>', '<mask>', '<extra_id_0>', '<extra_id_1>', '<|user|>']);
    const all = ['end', 'padding', 'mask', 'sentinel', 'sentinel', 'user'];
    expect(readTokenizerJson(ours)).toEqual({ ...same, roles: all });
  });

  it('have the role in tokenizer_config.json regardless of their names, which they keep', async () => {
    const file = naming(['<|endoftext|>', '<s2>'], '<|im_end|>');
    expect(roles(file)).toEqual([undefined, 'end', undefined]);
    const config = {
      eos_token: { content: '<|im_end|>' },
      pad_token: '<|endoftext|>',
      sep_token: '<s2>',
      cls_token: 7,
      chat_template: '{{ messages }}',
      unk_token: '<nowhere>',
    };
    expect(roles(file, config)).toEqual(['end', 'padding', 'separator']);
    const tokenizer = await createTokenizer(readTokenizerJson(file, readTokenizerConfig(config)));
    expect(tokenizerNames(tokenizer)).toEqual({
      eos_token: '<|im_end|>',
      pad_token: '<|endoftext|>',
      sep_token: '<s2>',
      chat_template: '{{ messages }}',
    });
    expect(tokenizer.idOf('separator')).toBe(size + 1);
  });

  it('come with a chat template: of several, the one named default', () => {
    const named = (...names: string[]) => ({
      chat_template: names.map((name) => ({ name, template: `{{ ${name} }}` })),
    });
    const of = (config: object) => readTokenizerConfig(config)['chat_template'];
    expect(of(named('tool_use', 'default', 'rag'))).toBe('{{ default }}');
    expect(of(named('tool_use', 'rag'))).toBeUndefined();
    expect(of({ chat_template: [{ name: 'default' }] })).toBeUndefined();
  });

  it('come with a chat template of any length, so that running it can report the limit', async () => {
    const chat_template = 'a'.repeat(100_001);
    const own = () => readTokenizerJson(bytes(good), readTokenizerConfig({ chat_template }));
    expect(own).toThrow('its chat template has 100,001 characters; the maximum is 100,000');
    const config = readTokenizerConfig({ eos_token: '<|im_end|>', chat_template });
    const tokenizer = await createTokenizer(readTokenizerJson(naming(['<|endoftext|>'], '<|im_end|>'), config));
    expect(tokenizerNames(tokenizer)['chat_template']).toBe(chat_template);
  });

  it('may be a single token for several roles, which is the end of text', () => {
    for (const config of [
      { pad_token: '<|endoftext|>' },
      { eos_token: '</s>', sep_token: '<|endoftext|>' },
      [],
      null,
      'x',
    ])
      expect(readTokenizerJson(bytes(good), readTokenizerConfig(config))).toEqual(same);
    const uses = { eos_token: '</s>', bos_token: '</s>', sep_token: '</s>', pad_token: '[PAD]' };
    expect(roles(naming(['[PAD]'], '</s>'), uses)).toEqual(['end', 'padding']);
    expect(roles(naming(['</s>']))).toEqual(['end', undefined]);
  });

  it('are never encoded from a text, and keep their flags', async () => {
    const file = changed((j) => {
      j.added_tokens.push({ id: 900, content: '<tool>', special: false, lstrip: true } as never);
    });
    const tokenizer = await createTokenizer(readTokenizerJson(file));
    expect(tokenizer.decode(tokenizer.encode('a <tool> b'))).toBe('a <tool> b');
    expect(tokenizer.encode('a <tool> b')).not.toContain(900);
    const { added_tokens } = JSON.parse(writeTokenizerJson(tokenizer)) as Json;
    const flags = { single_word: false, rstrip: false, normalized: false };
    expect(added_tokens[1]).toEqual({ id: 900, content: '<tool>', special: false, lstrip: true, ...flags });
  });

  const refused: [string, Uint8Array, RegExp][] = [
    ['no end', naming(['<mask>'], '<pad>'), /has 2 tokens .*needs exactly one, the end of text/],
    [
      'one that is not the end',
      naming([], '<pad>'),
      /has 1 tokens other than bytes and merges \("<pad>"\), but needs exactly one/,
    ],
    [
      'a token that is a byte too',
      changed((j) => j.added_tokens.push({ id: 0, content: '!' })),
      /"!" is both a special token and a byte or a merge/,
    ],
  ];
  it.each(refused)('rejects %s', (_, file, reason) => {
    expect(() => readTokenizerJson(file)).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(reason) as string }),
    );
  });

  it('are read fast, even 200,000 of them', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `<extra_id_${i}>`);
    expect(readTokenizerJson(naming(many)).roles).toHaveLength(200_001);
  });
});

describe('rejects', () => {
  const table: [string, Uint8Array, RegExp][] = [
    ['what is not UTF-8', Uint8Array.of(0x7b, 0xff), /not JSON in UTF-8/],
    ['what is not JSON', bytes('{'), /not JSON/],
    ['another layout', bytes('[]'), /at/],
    ['a huge file', new Uint8Array(MAX_TOKENIZER_BYTES + 1), /bytes; the maximum is/],
    ['an id twice', changed((j) => (j.model.vocab['!'] = 1)), /two of its tokens have the id 1/],
    ['a negative id', changed((j) => (j.model.vocab['!'] = -1)), /id of token "!"/],
    ['an id that is no integer', changed((j) => (j.model.vocab['!'] = 0.5)), /whole number/],
    ['a huge id', changed((j) => (j.model.vocab.th = 2 ** 60)), /whole number/],
    ['a token that is no bytes', changed((j) => (j.model.vocab['犬'] = 999)), /"犬" is neither a special token/],
    ['a merge that makes no token', changed((j) => j.model.merges.push('z z')), /makes "zz", which is not a token/],
    ['an unknown token in a merge', changed((j) => (j.model.merges[3] = '犬 h')), /merge 4 joins/],
    ['a special token in a merge', changed((j) => (j.model.merges[3] = '<|endoftext|> h')), /merge 4 joins/],
    ['a merge of three', changed((j) => (j.model.merges[0] = 'a b c')), /merge 1 is not a pair/],
    ['a merge of one', changed((j) => (j.model.merges[0] = ['a'])), /merge 1 is not a pair/],
    ['an empty token in a merge', changed((j) => (j.model.merges[0] = ' a')), /merge 1 is not a pair/],
    ['two ids for the end', changed((j) => (j.added_tokens[0]!.id = 3)), /two ids/],
    [
      'a normalizer',
      changed((j) => (j.normalizer = { type: 'Nmt' })),
      /unsupported normalizer: .*Nmt.* \(at normalizer\)/,
    ],
    [
      'a pattern',
      changed((j) => (j.normalizer = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' })),
      /unsupported normalizer: .*\(at normalizer\)/,
    ],
    ['a prefix space', changed((j) => (j.pre_tokenizer.add_prefix_space = true)), /add_prefix_space/],
    ['another split', changed((j) => (j.pre_tokenizer = { type: 'Whitespace' })), /pre_tokenizer/],
    ['no split pattern', changed((j) => (j.pre_tokenizer.use_regex = false)), /split pattern/],
    [
      'an end that is put after a text',
      changed((j) => {
        const single = [{ Sequence: { id: 'A' } }, { SpecialToken: { id: '<|endoftext|>' } }];
        j.post_processor = { type: 'TemplateProcessing', single };
      }),
      /tokens around a text .*post_processor/,
    ],
    ['WordPiece', changed((j) => (j.model.type = 'WordPiece')), /not BPE/],
    ['an unknown token', changed((j) => (j.model.unk_token = '<unk>')), /unknown token/],
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

it('reads __proto__ as a token', async () => {
  const file = bytes(good.replace('"vocab": {', '"vocab": {"__proto__": 700,'));
  const tokenizer = await createTokenizer(readTokenizerJson(file));
  expect(new TextDecoder().decode(tokenizer.bytes(700))).toBe('__proto__');
});
