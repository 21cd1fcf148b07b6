/** What llama.cpp makes of our GGUF files: the same tokens, and the same scores within what fewer bits allow. */
import fc from 'fast-check';
import type { LlamaModel, Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { initialValues } from '../models/network';
import { exportFolder } from '../testing/exportFolder';
import { openLlama } from '../testing/llama';
import { awkwardText, documentOf } from '../testing/texts';
import { project } from '../testing/runningService';
import { greedy, ourLogits, trainedModels } from '../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { ROLES, type TokenRole } from '../tokenizer/special';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { trainTokenizer } from '../tokenizer/train';
import type { Exported } from './format';
import { ggufF16, ggufF32, ggufQ8 } from './formats/gguf';
import { tokenizerFacts } from './homegrownJson';

const llama = await openLlama();
const folder = exportFolder();
afterAll(() => llama?.dispose());

/** Engines know different versions of Unicode; and U+FEFF is white space in JavaScript, in transformers.js too, only. */
const settled = (text: string): boolean => !/[\p{Cn}\p{Co}\ufeff]/u.test(text);

/** At least 200: written by hand, and drawn. */
const HARD: readonly string[] = [
  [
    '',
    ' ',
    '  ',
    '   x',
    '\n',
    '\n\n\n',
    ' \n ',
    '\r\n\r\n',
    '\t\ta',
    'a \n b',
    'trailing   ',
    '\u00a0\u3000x',
    '\u0085x',
  ],
  ["it's", "don't we'll I'd they've you're I'm", "IT'S", "'S", "''s", "o'clock", 'it’s', "'", "' s", "x'll'll"],
  ['Call me Ishmael.', 'HELLO', 'naïve café', 'Ångström', 'e\u0301', 'ﬁne', 'Straße', 'İstanbul', 'ǆ', 'ʰa', 'ªº'],
  [
    '你好，世界',
    '日本語のテキスト',
    '한국어',
    'ไทย',
    'العربية ١٢٣',
    'עברית',
    'हिन्दी',
    'Ελληνικά',
    'Русский',
    '𝒜𝔅ℭ',
    '𠮷野家',
  ],
  [
    '😀',
    '👨‍👩‍👧',
    '🇩🇪🇫🇷',
    '❤️',
    '👍🏽 ok',
    '\u200b',
    '\u200d',
    '\ufeffx',
    'x\ufeff',
    '\0',
    '\u0001\u0002',
    '\u001b[0m',
    '\u007f',
    '\u0085',
  ],
  ['0', '1234567890', '3.14159', '1,000,000', 'v2.0.1', '½ ² Ⅷ ٣ 四', '0x1F', '1st 2nd', '10%', '€5', '-1e-5'],
  ['<|endoftext|>', 'a<|endoftext|>b', '<|im_start|>', '<s></s>', '[INST]', '<|endoftext', '|>', '<unk>', '▁x', 'Ġx Ċ'],
  [
    'a_b',
    'x-y',
    'snake_case camelCase',
    '...',
    '—–-',
    '!?!?',
    '"quoted" ‘so’',
    '{"k": [1]}',
    'https://x.y/z?a=b',
    '\\n',
    '#',
    '##',
  ],
  [2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => 'a'.repeat(n)),
  [1, 2, 3, 4, 5, 7, 8, 16, 33].map((n) => `${' '.repeat(n)}a${'\n'.repeat(n)}b${'\t'.repeat(n)}`),
  fc.sample(awkwardText.filter(settled), { numRuns: 300, seed: 1 }),
].flat();

describe.skipIf(!llama)('llama.cpp (skipped where node-llama-cpp has no binary for the platform)', () => {
  let models: Exported[];
  beforeAll(async () => {
    models = await trainedModels();
  }, 240_000);

  test('goes on with the same 20 tokens, from prompts of every model, with 32 and 16 bits', async () => {
    for (const exported of models) {
      const prompts = await promptsFor(exported);
      const ours = await Promise.all(prompts.map((ids) => greedy(exported, ids, 20)));
      for (const format of [ggufF32, ggufF16]) {
        await opened(exported, format, async (model) => {
          expect(await Promise.all(prompts.map((ids) => likeliest(model, ids, 20)))).toEqual(ours);
        });
      }
    }
  });

  test('gives the next token the same distribution on 20 places of held-out text, within what its bits allow', async () => {
    for (const exported of models) {
      const ids = [...(await exported.tokens!.validation.read(30, 20))];
      const ours = await ourDistributions(exported, ids);
      for (const [format, most] of [
        [ggufF32, 1e-3],
        [ggufF16, 1e-3],
        [ggufQ8, 0.02],
      ] as const) {
        await opened(exported, format, async (model) => {
          const distances = (await distributions(model, ids)).map((theirs, at) => totalVariation(ours[at]!, theirs));
          expect(Math.max(...distances), exported.name).toBeLessThan(most);
        });
      }
    }
  });

  test('cuts 200 hard strings into the same tokens, for every kind of tokenizer', async () => {
    expect(new Set(HARD).size).toBeGreaterThanOrEqual(200);
    for (const exported of [...models, await speaking(await learntFrom(HARD))]) {
      await opened(exported, ggufF16, (model) => {
        for (const text of HARD) {
          expect(model.tokenize(text), JSON.stringify(text)).toEqual([...exported.tokenizer.encode(text)]);
        }
        return Promise.resolve();
      });
    }
  });

  test('knows special tokens by role, and takes what looks like one for text unless it is told to', async () => {
    const tokenizer = await learntFrom(HARD, ROLES);
    await opened(await speaking(tokenizer), ggufF16, (model) => {
      const { ggml } = model.fileInfo.metadata.tokenizer;
      expect(ggml).toMatchObject({
        eos_token_id: tokenizer.idOf('end'),
        padding_token_id: tokenizer.idOf('padding'),
        mask_token_id: tokenizer.idOf('mask'),
        seperator_token_id: tokenizer.idOf('separator'),
      });
      expect([model.tokens.eos, model.tokens.sep]).toEqual([tokenizer.idOf('end'), tokenizer.idOf('separator')]);
      for (const { text, id } of tokenizer.special) {
        expect(model.isSpecialToken(id as Token), text).toBe(true);
        expect(model.isEogToken(id as Token), text).toBe(id === tokenizer.endOfText);
        const looking = `Call ${text}me ${text.slice(0, -1)}`;
        expect(model.tokenize(looking), text).toEqual([...tokenizer.encode(looking)]);
        expect(model.tokenize(`a${text}b`, true), text).toEqual([
          ...tokenizer.encode('a'),
          id,
          ...tokenizer.encode('b'),
        ]);
      }
      return Promise.resolve();
    });
  });

  test('in the service, writes nothing for a special token, which the app does too', async () => {
    const exported = await speaking(await learntFrom(HARD, ROLES));
    const path = await folder.write(ggufF16, exported, 'service');
    const { loadEngine } = (await import(project('public/templates/service/engine.mjs'))) as ServiceEngine;
    const engine = await loadEngine(
      () => path,
      { files: ['service.gguf'] },
      { parallel: 1, threads: 1, gpu: false },
      () => undefined,
    );
    const { tokenizer } = exported;
    for (let id = 0; id < tokenizer.size; id++) expect(engine.bytes(id), String(id)).toEqual(tokenizer.bytes(id));
    expect(engine.tokenize('a<mask>b')).toEqual([...tokenizer.encode('a<mask>b')]);
  });

  test('opens a model whose width is no multiple of 32, and reads what we say of it', async () => {
    const odd = await speaking(models[0]!.tokenizer, 36);
    await opened(odd, ggufQ8, async (model) => {
      expect(model.fileInfo.metadata.general).toMatchObject({
        architecture: 'gpt2',
        name: odd.info.name,
        file_type: 7,
      });
      expect(model.trainContextSize).toBe(16);
      expect([model.tokens.bos, model.tokens.eos, model.tokens.shouldPrependBosToken]).toEqual([256, 256, false]);
      const ids = [1, 2, 3, 4, 5, 6];
      const [theirs, ours] = [await distributions(model, ids), await ourDistributions(odd, ids)];
      for (const at of ids.keys()) expect(totalVariation(ours[at]!, theirs[at]!)).toBeLessThan(0.02);
    });
  });
});

interface ServiceEngine {
  loadEngine(
    here: (name: string) => string,
    model: { files: readonly string[] },
    settings: { parallel: number; threads: number; gpu: boolean },
    complain: (message: string) => void,
  ): Promise<{ bytes(id: number): Uint8Array; tokenize(text: string): number[] }>;
}

async function opened(
  exported: Exported,
  format: typeof ggufF32,
  check: (model: LlamaModel) => Promise<void>,
): Promise<void> {
  const model = await llama!.loadModel({ modelPath: await folder.write(format, exported) });
  try {
    await check(model);
  } finally {
    await model.dispose();
  }
}

const sequenceOf = async (model: LlamaModel) =>
  (await model.createContext({ contextSize: 64, batchSize: 64, threads: 1 })).getSequence();

async function likeliest(model: LlamaModel, prompt: readonly number[], length: number): Promise<number[]> {
  const sequence = await sequenceOf(model);
  const ids: number[] = [];
  for await (const id of sequence.evaluate(prompt as Token[], { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === length) break;
  }
  return ids;
}

type Distribution = (id: number) => number;
/** After each of `ids`. */
async function distributions(model: LlamaModel, ids: readonly number[]): Promise<Distribution[]> {
  const sequence = await sequenceOf(model);
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const results = await sequence.controlledEvaluate(
    ids.map((id) => [id as Token, { generateNext: { probabilities: true, options } }]),
  );
  return results.map((result) => {
    const { probabilities } = result!.next;
    expect(probabilities!.size).toBe(model.fileInfo.metadata.tokenizer.ggml.tokens.length);
    return (id) => probabilities!.get(id as Token) ?? NaN;
  });
}

async function ourDistributions(exported: Exported, ids: readonly number[]): Promise<number[][]> {
  const scores = await ourLogits(exported, ids);
  const { size } = exported.tokenizer;
  return ids.map((_, at) => {
    const weights = Array.from(scores.subarray(at * size, (at + 1) * size), Math.exp);
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / total);
  });
}

const totalVariation = (ours: readonly number[], theirs: Distribution): number =>
  ours.reduce((sum, p, id) => sum + Math.abs(p - theirs(id)), 0) / 2;

/** Words of ours, and a piece of held-out text. */
async function promptsFor({ tokenizer, tokens }: Exported): Promise<number[][]> {
  const words = ['Call me ', 'The whale', 'I '].map((text) => [...tokenizer.encode(text)]);
  return [...words, [...(await tokens!.validation.read(100, 24))]];
}

const learntFrom = async (texts: readonly string[], roles: readonly TokenRole[] = []): Promise<Tokenizer> => {
  const document = documentOf(`${texts.join('\n')}${texts.join(' ')}`);
  return createTokenizer(await trainTokenizer({ kind: 'bpe', vocabulary: 1500, roles }, [document], unwatched));
};

/** An untrained model of a tokenizer. */
async function speaking(tokenizer: Tokenizer, width = 32): Promise<Exported> {
  const [any] = await trainedModels();
  const config = { layers: 1, heads: 2, width, context: 16 };
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  const { snapshot, info } = any!;
  return {
    ...any!,
    name: `untrained-${width}`,
    tokenizer,
    tokens: null,
    info: { ...info, model, ...tokenizerFacts(tokenizer.model) },
    snapshot: { ...snapshot, tensors: initialValues(model, 1) },
  };
}
