import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { HomegrownError } from '../../../base/errors';
import { unwatched } from '../../../base/job';
import { bytesSource, readBytes, type ByteStream } from '../../../files/byteSource';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import type { Snapshot } from '../../../checkpoint/snapshot';
import type { HostTensor } from '../../../checkpoint/tensors';
import { modelSpec } from '../../../models';
import type { BaseConfig } from '../../../models/spec';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import type { Tokenizer } from '../../../tokenizer/tokenizer';
import { DEFAULT_RECIPE } from '../../../train/recipe';
import { recipeOf } from '../../../runs/segments';
import { learning } from '../../../../testing/runInfo';
import { dataFacts, runRecord } from '../../../../testing/runRecord';
import type { Exported } from '../../format';
import { runInfo } from '../../homegrownJson';
import { huggingFaceFiles } from './write';
import type { RunInfo } from '../../homegrownJson';
import { importHuggingFace } from './import';
import { zipped } from '../../../files/zip';
import { propertyRuns } from '../../../../testing/propertyRuns';
import { allFormats } from '..';

type Files = Map<string, Uint8Array>;
/** Sizes in a GPT's record. */
const config = { layers: 2, heads: 2, width: 8, context: 4, hidden: 0, biases: true } as BaseConfig;
const model = { id: 'gpt' as const, config, vocabulary: 259 };
const recipe = { ...DEFAULT_RECIPE, steps: 10 };
const record = runRecord({
  id: 'r',
  name: 'Whale <script> "x"\n# y',
  createdAt: Date.UTC(2026, 0, 2),
  status: 'stopped',
  step: 7,
  model,
  recipe,
  tokenizer: {
    kind: 'characters',
    merges: [
      [127, 102],
      [127, 103],
    ],
  },
  device: 'SwiftShader | 2 cores',
  data: {
    facts: dataFacts({
      texts: [{ name: '| `moby`.txt', characters: 1_200_000, sha256: 'a'.repeat(64), licence: 'public domain' }],
      textHash: 'b'.repeat(64),
      parts: { train: { tokens: 900, bytes: 1000 }, validation: { tokens: 100, bytes: 110 } },
      unigramLoss: 3.25,
    }),
  },
});

function makeSnapshot(slots: readonly string[] = ['adam.m.', 'adam.v.']): Snapshot {
  const tensors = new Map<string, HostTensor>();
  for (const prefix of ['', ...slots]) {
    for (const [name, { shape }] of Object.entries(modelSpec('gpt').params(model.config, model.vocabulary))) {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) =>
        Math.fround(Math.sin(i + tensors.size)),
      );
      tensors.set(prefix + name, { shape, data });
    }
  }
  return { state: { step: 7, tokensSeen: 70, activeMs: 5, best: { step: 5, loss: 2.5 } }, tensors };
}

let tokenizer: Tokenizer;
let info: RunInfo;
let files: Files;
const contents = async (streams: readonly ByteStream[]): Promise<Files> =>
  new Map(await Promise.all(streams.map(async (stream) => [stream.name, await readBytes(stream)] as const)));
const exported = (parts: Pick<Exported, 'snapshot' | 'tokenizer'> & Partial<Exported>) => ({
  info,
  events: [],
  tokens: null,
  formats: allFormats(),
  ...parts,
});
const given = (all: Files) => [...all].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
const read = (all: Files) => importHuggingFace(given(all), unwatched);
const text = (all: Files, name: string): string => new TextDecoder().decode(all.get(name));
const json = (all: Files, name: string): Record<string, unknown> =>
  JSON.parse(text(all, name)) as Record<string, unknown>;
const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const withJson = (name: string, change: object): Files =>
  new Map([...files, [name, encode({ ...json(files, name), ...change })]]);
const without = (...names: string[]): Files => new Map([...files].filter(([name]) => !names.includes(name)));
/** The same tensors in a separate file, without moments, under other names. */
const rewritten = async (rename: (name: string) => string, more: [string, HostTensor][] = []): Promise<Uint8Array> => {
  const weights = [...makeSnapshot([]).tensors].map(([name, tensor]) => [rename(name), tensor] as const);
  return readBytes(writeSafetensors('x', new Map([...weights, ...more])));
};

beforeAll(async () => {
  tokenizer = await createTokenizer(record.tokenizer);
  info = runInfo(record, makeSnapshot().state, [
    { kind: 'evaluated', step: 5, loss: 2.5, metrics: { bitsPerByte: { value: 1.9 } }, activeMs: 1, sample: '' },
    { kind: 'evaluated', step: 9, loss: 2.4, metrics: { bitsPerByte: { value: 1.8 } }, activeMs: 1, sample: '' },
  ]);
  files = await contents(
    huggingFaceFiles(exported({ snapshot: makeSnapshot(), tokenizer: tokenizer }), { withOptimizer: true }),
  );
});

async function refusal(all: Files): Promise<string> {
  try {
    await read(all);
  } catch (error) {
    if (error instanceof HomegrownError && error.code === 'bad-file') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

test('export, import and export give the same bytes, as a zip and as files, with optimizer state', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipped(
    huggingFaceFiles(exported({ snapshot: makeSnapshot(), tokenizer: tokenizer }), { withOptimizer: true }),
    unwatched,
  ))
    chunks.push(chunk.slice());
  const zip = await readBytes({ size: chunks.reduce((n, c) => n + c.length, 0), chunks: () => chunks });
  for (const all of [files, new Map([['whale.zip', zip]])]) {
    const back = await read(all);
    expect(back.resumable).toBe(true);
    expect(back.snapshot).toEqual(makeSnapshot());
    expect(back.tokenizer.model).toEqual(record.tokenizer);
    expect(back.info).toEqual(info);
    expect(await contents(huggingFaceFiles(exported({ ...back, info: back.info! }), { withOptimizer: true }))).toEqual(
      files,
    );
  }
});

test('without optimizer state, the weights are the same and training does not resume', async () => {
  const streams = huggingFaceFiles(exported({ snapshot: makeSnapshot(), tokenizer: tokenizer }), {
    withOptimizer: false,
  });
  const back = await read(await contents(streams));
  expect(back.resumable).toBe(false);
  expect(back.snapshot.tensors).toEqual(makeSnapshot([]).tensors);
});

test('files have the fields that other tools require', () => {
  expect(json(files, 'config.json')).toMatchObject({
    architectures: ['GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: 259,
    n_positions: 4,
    n_ctx: 4,
    n_embd: 8,
    n_layer: 2,
    n_head: 2,
    tie_word_embeddings: true,
    bos_token_id: 258,
    eos_token_id: 258,
  });
  expect(json(files, 'tokenizer_config.json')).toMatchObject({
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_prefix_space: false,
  });
  expect(json(files, 'generation_config.json')).toMatchObject({ eos_token_id: 258, do_sample: true });
});

test("the model card contains the run's facts, and names from people stay plain text", () => {
  const card = text(files, 'README.md');
  for (const fact of ['1,200,000', 'public domain', '3.25', '2.5', '12.2', '1.9', '7 of 10', '0.001', '90'])
    expect(card).toContain(fact);
  expect(card).toContain(String(recipe.seed));
  const [, front, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(card)!;
  expect(front).toContain(`model_name: ${JSON.stringify(record.name)}`);
  expect(body).not.toContain('<script>');
  expect(body!.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  expect(body).toContain('5 ms of training on SwiftShader &#124; 2 cores');
  expect(body).toContain('2.1 × 10⁻⁵ Wh, estimated at 15 W');
});

test('the datasheet states known facts on the text, and asks for the rest', () => {
  const sheet = text(files, 'DATASHEET.md');
  for (const fact of ['1,200,000', 'public domain', 'a'.repeat(64), '90']) expect(sheet).toContain(fact);
  expect(sheet).toMatch(/_[^_]+\?_/);
  expect(sheet).not.toContain('<script>');
});

test('@huggingface/tokenizers opens the tokenizer and gives the same ids', () => {
  const oracle = new Oracle(json(files, 'tokenizer.json'), json(files, 'tokenizer_config.json'));
  for (const words of ['Call me Ishmael.', "it's  naïve\n\n é名 42", '']) {
    expect(oracle.encode(words, { add_special_tokens: false }).ids).toEqual([...tokenizer.encode(words)]);
  }
});

describe("GPT-2's own folders", () => {
  test('opens without the prefix, with causal masks and a tied output layer', async () => {
    const all = without('homegrown.json', 'optimizer.safetensors', 'generation_config.json', 'README.md');
    const mask: HostTensor = { shape: [1, 1, 4, 4], data: new Float32Array(16) };
    const wte = makeSnapshot([]).tensors.get('transformer.wte.weight')!;
    all.set(
      'model.safetensors',
      await rewritten(
        (name) => name.replace('transformer.', ''),
        [
          ['h.0.attn.bias', mask],
          ['h.1.attn.masked_bias', mask],
          ['lm_head.weight', wte],
        ],
      ),
    );
    const back = await read(all);
    expect(back.info).toBeNull();
    expect(back.snapshot.tensors).toEqual(makeSnapshot([]).tensors);
    expect(back.snapshot.state.step).toBe(0);
  });
});

describe('refuses invalid folders and names the place', () => {
  const cases: [string, () => Files | Promise<Files>, RegExp][] = [
    ['nothing', () => new Map(), /No file/],
    [
      'pickle',
      () => new Map([...without('model.safetensors'), ['pytorch_model.bin', new Uint8Array(9)]]),
      /can run code/,
    ],
    ['keras', () => new Map([['m.h5', new Uint8Array(9)]]), /Keras/],
    ['onnx', () => new Map([['m.onnx', new Uint8Array(9)]]), /ONNX/],
    ['no tokenizer', () => without('tokenizer.json'), /no tokenizer\.json/],
    ['no config', () => without('config.json'), /no config\.json/],
    ['config not JSON', () => new Map([...files, ['config.json', encode('{')]]), /config\.json is not JSON/],
    ['deep JSON', () => new Map([...files, ['config.json', encode('['.repeat(1_000_000))]]), /not JSON|whole/],
    ['huge JSON', () => new Map([...files, ['config.json', new Uint8Array(9 << 20)]]), /the maximum is/],
    [
      'other architecture',
      () => withJson('config.json', { model_type: 'constructor' }),
      /"constructor" is not supported/,
    ],
    [
      'prototype',
      () => new Map([...files, ['config.json', encode('{"__proto__":{"model_type":"gpt2"}}')]]),
      /model_type/,
    ],
    ['10^9 layers', () => withJson('config.json', { n_layer: 1e9 }), /Layers/],
    ['vocabulary 0', () => withJson('config.json', { vocab_size: 0 }), /vocab_size/],
    ['fractions', () => withJson('config.json', { n_embd: 8.5 }), /n_embd/],
    ['heads do not divide', () => withJson('config.json', { n_head: 3 }), /isn't a multiple of 3 heads/],
    ['other activation', () => withJson('config.json', { activation_function: 'relu' }), /activation_function/],
    [
      'untied, without its classifier',
      () => withJson('config.json', { tie_word_embeddings: false }),
      /different sizes/,
    ],
    [
      'a classifier of its own that config.json does not know of',
      async () => {
        const head: HostTensor = { shape: [259, 8], data: new Float32Array(259 * 8).fill(0.5) };
        return new Map([...files, ['model.safetensors', await rewritten((name) => name, [['lm_head.weight', head]])]]);
      },
      /lm_head\.weight differs from transformer\.wte\.weight/,
    ],
    ['sizes differ from homegrown.json', () => withJson('config.json', { n_positions: 5 }), /different sizes/],
    ['newer version', () => withJson('homegrown.json', { version: 3 }), /newer Homegrown/],
    ['step -1', () => withJson('homegrown.json', { state: { ...info.state, step: -1 } }), /state\.step/],
    ['unknown field', () => withJson('homegrown.json', { extra: 1 }), /extra/],
    // Dates that `Date` throws on, or that no calendar has.
    ...[8.64e15 + 1, 1e300, 253_402_300_800_000, -1, 0.5].map(
      (createdAt) =>
        [`date ${createdAt}`, () => withJson('homegrown.json', { createdAt }), /createdAt/] as [
          string,
          () => Files,
          RegExp,
        ],
    ),
    [
      'date of an import',
      () => withJson('homegrown.json', { origin: { name: 'x', importedAt: 253_402_300_800_000 } }),
      /origin\.importedAt/,
    ],
    [
      'wrong optimizer',
      () => withJson('homegrown.json', learning(info, { recipe: { ...recipeOf(info), optimizer: 'sgd' } })),
      /optimizer\.safetensors does not fit/,
    ],
    [
      'vocabulary differs',
      async () => {
        const other = await createTokenizer({ kind: 'bytes', merges: [] });
        const streams = huggingFaceFiles(exported({ snapshot: makeSnapshot(), tokenizer: other }), {
          withOptimizer: false,
        });
        return contents(streams);
      },
      /257 tokens, but config\.json says 259/,
    ],
    [
      'renamed tensors',
      async () => new Map([...files, ['model.safetensors', await rewritten((name) => name.replace('c_attn', 'qkv'))]]),
      /in 8 places: .*c_attn\.weight is missing.*qkv\.weight is not part/,
    ],
    [
      'wrong shape',
      async () => {
        const snapshot = makeSnapshot([]);
        (snapshot.tensors as Map<string, HostTensor>).set('transformer.ln_f.bias', {
          shape: [2, 4],
          data: new Float32Array(8),
        });
        return contents(
          huggingFaceFiles(exported({ snapshot: snapshot, tokenizer: tokenizer }), { withOptimizer: false }),
        );
      },
      /ln_f\.bias is \[2, 4\], not \[8\]/,
    ],
    [
      'the same tensor twice',
      async () =>
        new Map([
          ...files,
          [
            'model.safetensors',
            await rewritten((name) => name, [['ln_f.bias', { shape: [8], data: new Float32Array(8) }]]),
          ],
        ]),
      /same tensor/,
    ],
    [
      'NaN',
      async () => {
        const snapshot = makeSnapshot();
        snapshot.tensors.get('transformer.ln_f.bias')!.data[3] = NaN;
        return contents(
          huggingFaceFiles(exported({ snapshot: snapshot, tokenizer: tokenizer }), { withOptimizer: true }),
        );
      },
      /ln_f\.bias\[3\] is not a finite/,
    ],
    [
      'infinite moment',
      async () => {
        const snapshot = makeSnapshot();
        snapshot.tensors.get('adam.v.transformer.ln_f.bias')!.data[0] = Infinity;
        return contents(
          huggingFaceFiles(exported({ snapshot: snapshot, tokenizer: tokenizer }), { withOptimizer: true }),
        );
      },
      /optimizer\.safetensors: adam/,
    ],
  ];
  test.each(cases)('%s', async (_, make, message) => {
    expect(await refusal(await make())).toMatch(message);
  });
});

test('every mutation of the small files gives a model or a typed refusal', async () => {
  const names = ['config.json', 'homegrown.json', 'tokenizer.json'] as const;
  const snippet = fc.constantFrom(
    '1e999',
    '-1',
    'null',
    '"x"',
    '[]',
    '{}',
    '"__proto__"',
    '9007199254740993',
    ',',
    '}',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(20), snippet, async (name, place, length, insert) => {
      const original = text(files, name);
      const at = place % original.length;
      const mutated = encode(original.slice(0, at) + insert + original.slice(at + length));
      try {
        await read(new Map([...files, [name, mutated]]));
      } catch (error) {
        expect(error).toBeInstanceOf(HomegrownError);
      }
    }),
    { numRuns: propertyRuns(1500) },
  );
});
