/** Llama, Qwen3 and OLMo 2 behind the web service: it starts, and writes what we write and what the offline page writes. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LlamaConfig } from '../models/llama/spec';
import type { ModelChoice } from '../models/network';
import { decisive } from '../testing/decoding';
import { answer, textOf, writtenPage } from '../testing/offlinePage';
import { type Service, serviceFolder, startService } from '../testing/runningService';
import { greedy } from '../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { exportedFrom } from './exported';
import type { Exported, Format } from './format';
import { type FormatId, FORMATS } from './formats';
import { settingsOf } from './homegrownJson';

const PROMPTS = ['It was the whale', 'Call me Ishmael. Some years ago'];
const SIZES = { layers: 2, heads: 4, width: 64, context: 48, kvHeads: 2, hidden: 96, headWidth: 32 };
/** Beyond what their contexts hold. */
const LENGTH = 80;

const folders: string[] = [];
const servers: Service[] = [];
afterAll(async () => {
  for (const { process: child } of servers) child.kill('SIGKILL');
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

const KINS: Readonly<Record<string, Partial<LlamaConfig>>> = {
  llama: {},
  qwen3: { qkNorm: 'heads' },
  olmo2: { qkNorm: 'rows', norm: 'after', headWidth: 0 },
};
describe.each(Object.entries(KINS))('a model that is %s to llama.cpp', (_, switches) => {
  let model: Exported;
  let served: Service;
  beforeAll(async () => {
    model = await llama(switches);
    const folder = await serviceFolder(model);
    folders.push(folder);
    served = await startService(folder);
    servers.push(served);
  }, 60_000);

  test('is served with the text that we write, and the offline page writes, past the context too', async () => {
    const page = await writtenPage(model);
    for (const prompt of PROMPTS) {
      const ours = await greedyText(model, prompt);
      const { choices } = await served.client.completions.create({
        ...{ model: model.name, prompt, max_tokens: LENGTH, temperature: 0 },
      });
      expect(choices[0]?.text).toBe(ours);
      expect(textOf(await answer(page, prompt, WRITING))).toBe(ours);
    }
  });
});

/** Drawn with large weights, so that its choices differ. */
async function llama(switches: Partial<LlamaConfig>): Promise<Exported> {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const config: LlamaConfig = {
    ...{ ...SIZES, theta: 10_000, normEpsilon: 1e-5, qkNorm: 'none', norm: 'before', window: 0, untied: true },
    ...switches,
  };
  const model: ModelChoice = { id: 'llama', config, vocabulary: tokenizer.size };
  const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null };
  const snapshot = { state, tensors: new Map(decisive(model, 4, 6)) };
  return exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'Starbuck', 0);
}

const WRITING = { temperature: 0, topK: 0, topP: 1, seed: 1, length: LENGTH };
/** Up to the end of the text, where page and service end. */
async function greedyText(model: Exported, prompt: string): Promise<string> {
  const { tokenizer } = model;
  const ids = await greedy(model, tokenizer.encode(prompt), LENGTH);
  expect(new Set(ids).size).toBeGreaterThan(10);
  return tokenizer.decode(ids.slice(0, [...ids, tokenizer.endOfText].indexOf(tokenizer.endOfText)));
}

const problemsOf = ({ info }: Exported): Partial<Record<FormatId, string>> =>
  Object.fromEntries(
    Object.entries<Format>(FORMATS).flatMap(([id, { problem, check }]) => {
      const words = check && problem?.(settingsOf(info));
      return words ? [[id, words] as const] : [];
    }),
  );
/** What runs on llama.cpp, and what is a class of transformers: on the offline page all run. */
const ON_LLAMA = ['gguf-f32', 'gguf-f16', 'gguf-q8_0', 'service'] as const;
const OF_A_CLASS = ['hf', 'safetensors', 'onnx-f32', 'onnx-f16', 'pytorch'] as const;
const saying = (formats: readonly FormatId[], words: string) => Object.fromEntries(formats.map((id) => [id, words]));

describe('norms as nobody else has them', () => {
  test.each([
    ['none', 'after', 'no QK-norm and norms after the branches'],
    ['heads', 'after', 'QK-norm of heads and norms after the branches'],
    ['rows', 'before', 'QK-norm of rows and norms before the branches'],
  ] as const)(
    'QK-norm of %s, norms %s: refused in words by all but the offline page, which writes it',
    async (qkNorm, norm, what) => {
      const model = await llama({ qkNorm, norm });
      const known = `${what}: norms after them go with QK-norm of rows (OLMo 2), norms before them with QK-norm of heads (Qwen3) or none (Llama)`;
      expect(problemsOf(model)).toEqual({
        ...saying(ON_LLAMA, `llama.cpp has no architecture with ${known}`),
        ...saying(OF_A_CLASS, `transformers has no class with ${known}`),
      });
      const [prompt] = PROMPTS as [string];
      expect(textOf(await answer(await writtenPage(model), prompt, WRITING))).toBe(await greedyText(model, prompt));
    },
  );

  const olmo = (switches: Partial<LlamaConfig>) => llama({ ...KINS['olmo2'], ...switches });
  test('OLMo 2 is had by all, but not with a window, and by llama.cpp not with heads of another width', async () => {
    expect(problemsOf(await olmo({}))).toEqual({});
    expect(problemsOf(await olmo({ window: 48 }))).toEqual({});
    const seen = 'it would see 48 tokens where this one sees 9';
    expect(problemsOf(await olmo({ window: 9 }))).toEqual({
      ...saying(ON_LLAMA, `llama.cpp has no window of attention for such a model: ${seen}`),
      ...saying(OF_A_CLASS, `OLMo 2 has no window of attention in transformers: ${seen}`),
    });
    expect(problemsOf(await olmo({ headWidth: 32 }))).toEqual(
      saying(
        ON_LLAMA,
        'llama.cpp has the heads of OLMo 2 as wide together as the model, 64 columns, and here they have 128',
      ),
    );
  });
});

describe('a window of attention', () => {
  test('is refused in words by what runs on llama.cpp, and by nothing else', async () => {
    const words = 'llama.cpp has no window of attention for such a model: it would see 48 tokens where this one sees 9';
    for (const qkNorm of ['none', 'heads'] as const)
      expect(problemsOf(await llama({ window: 9, qkNorm }))).toEqual(saying(ON_LLAMA, words));
  });

  test('that leaves out nothing is none', async () => {
    for (const window of [0, 48, 100]) expect(problemsOf(await llama({ window }))).toEqual({});
  });

  test('is on the offline page, with the text that we write', async () => {
    const [model, whole] = [await llama({ window: 9 }), await llama({})];
    const [prompt] = PROMPTS as [string];
    const ours = await greedyText(model, prompt);
    expect(textOf(await answer(await writtenPage(model), prompt, WRITING))).toBe(ours);
    expect(ours).not.toBe(await greedyText(whole, prompt));
  });
});
