/** Llama, Qwen3 and OLMo 2 in the web service, which writes the same text as we and the offline page. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LlamaConfig } from '../../../models/llama/spec';
import type { ModelChoice } from '../../../models/network';
import { decisive } from '../../../../testing/decoding';
import { answer, textOf, writtenPage } from '../../../../testing/offlinePage';
import { type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { greedy } from '../../../../testing/trainedModel';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import { exportedFrom } from '../../exported';
import type { Exported } from '../../format';

const PROMPTS = ['It was the whale', 'Call me Ishmael. Some years ago'];
const SIZES = { layers: 2, heads: 4, width: 64, context: 48, kvHeads: 2, hidden: 96, headWidth: 32 };
/** Beyond the models' context. */
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

  test("writes our text and the offline page's text, also beyond the context", async () => {
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

/** A model with large random weights, so that choices differ. */
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
/** Greedy text up to the end of the text, where page and service end. */
async function greedyText(model: Exported, prompt: string): Promise<string> {
  const { tokenizer } = model;
  const ids = await greedy(model, tokenizer.encode(prompt), LENGTH);
  expect(new Set(ids).size).toBeGreaterThan(10);
  return tokenizer.decode(ids.slice(0, [...ids, tokenizer.endOfText].indexOf(tokenizer.endOfText)));
}

describe('a window of attention', () => {
  test('is supported by the offline page, with our text', async () => {
    const [model, whole] = [await llama({ window: 9 }), await llama({})];
    const [prompt] = PROMPTS as [string];
    const ours = await greedyText(model, prompt);
    expect(textOf(await answer(await writtenPage(model), prompt, WRITING))).toBe(ours);
    expect(ours).not.toBe(await greedyText(whole, prompt));
  });
});
