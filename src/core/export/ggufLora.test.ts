/** What llama.cpp makes of our GGUF adapters beside a base: what the merged model writes. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import { afterAll, describe, expect, test } from 'vitest';
import { adapted } from '../testing/adaptedModel';
import { exportFolder } from '../testing/exportFolder';
import { openLlama } from '../testing/llama';
import { greedy, trainedModels } from '../testing/trainedModel';
import { FORMATS } from './formats';

const llama = await openLlama();
const folder = exportFolder();
afterAll(() => llama?.dispose());

async function likeliest(model: LlamaModel, prompt: readonly number[], lora?: string): Promise<number[]> {
  const context = await model.createContext({ contextSize: 64, threads: 1, ...(lora !== undefined && { lora }) });
  const ids: number[] = [];
  for await (const id of context.getSequence().evaluate(prompt as Token[], { temperature: 0, yieldEogToken: true })) {
    ids.push(id);
    if (ids.length === LENGTH) break;
  }
  await context.dispose();
  return ids;
}
const LENGTH = 20;

describe.skipIf(!llama)('llama.cpp (skipped where node-llama-cpp has no binary for the platform)', () => {
  test('a base with the adapter goes on with the same 20 tokens as the merged model, of every decoder', async () => {
    for (const base of await trainedModels()) {
      const model = await adapted(base);
      const [path, lora] = [
        await folder.write(FORMATS['gguf-f32'], base),
        await folder.write(FORMATS['gguf-lora'], model),
      ];
      const opened = await llama!.loadModel({ modelPath: path });
      const without: number[][] = [];
      const ours: number[][] = [];
      for (const text of ['Call me ', 'The whale', 'I ']) {
        const prompt = base.tokenizer.encode(text);
        without.push(await greedy(base, prompt, LENGTH));
        ours.push(await greedy(model, prompt, LENGTH));
        expect(await likeliest(opened, [...prompt], lora), base.name).toEqual(ours.at(-1));
      }
      expect(ours).not.toEqual(without);
      await opened.dispose();
    }
  }, 240_000);
});
