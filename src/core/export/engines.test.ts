/** Each decoder in each format that computes: every engine gives our scores. Weights are random, so that nothing else is like it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageEngine } from '../../workers/pageEngine';
import { ggufIn, openGguf } from '../../workers/ggufIn';
import { bytesSource, readBytes } from '../files/byteSource';
import type { ModelId } from '../models';
import type { LlamaConfig } from '../models/llama/spec';
import { initialValues, type ModelChoice } from '../models/network';
import type { BaseConfig } from '../models/spec';
import { exportFolder } from '../testing/exportFolder';
import { openLlama } from '../testing/llama';
import { llamaDistances, onnxScores } from '../testing/otherEngines';
import { ourLogits } from '../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { readPage } from '../verify/readBack';
import { exportedFrom } from './exported';
import type { Exported } from './format';
import { html } from './formats/html';
import { ggufFile } from './gguf';

const llama = await openLlama();
afterAll(() => llama?.dispose());
const folder = exportFolder();

const SIZES = { layers: 2, heads: 2, width: 32, context: 16 };
const LLAMA: LlamaConfig = {
  ...{ ...SIZES, kvHeads: 1, headWidth: 0, hidden: 48, theta: 10_000, normEpsilon: 1e-6, window: 0 },
  ...{ qkNorm: 'none', norm: 'before' },
};
const GPT_UNTIED = { ...SIZES, untied: true as const };
const MODELS: Readonly<Record<string, readonly [id: ModelId, config: BaseConfig]>> = {
  'GPT with a classifier that is not the embedding': ['gpt', GPT_UNTIED],
  'GPT without biases, of an inner width of its own': ['gpt', { ...SIZES, hidden: 40, biases: false } as BaseConfig],
  Llama: ['llama', LLAMA],
  'Llama with a classifier that is not the embedding': ['llama', { ...LLAMA, untied: true }],
  Qwen3: ['llama', { ...LLAMA, qkNorm: 'heads', headWidth: 32 } as BaseConfig],
  'OLMo 2': ['llama', { ...LLAMA, qkNorm: 'rows', norm: 'after' } as BaseConfig],
};
const VOCABULARY = 257;
const IDS = [72, 101, 108, 108, 111, 7, 255, 0, 3, 99];
/** Scores after the last token start here. */
const LAST = (IDS.length - 1) * VOCABULARY;

async function drawn([id, config]: readonly [ModelId, BaseConfig]): Promise<Exported> {
  const model: ModelChoice = { id, config, vocabulary: VOCABULARY };
  const tensors = [...initialValues(model, 5)].map(([name, { shape, data }]) => {
    const weight = { shape, data: data.map((x) => (x === 1 ? 1 + 0.1 * Math.sin(shape[0]!) : 3 * x)) };
    return [name, weight] as const;
  });
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: new Map(tensors) };
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  return exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'drawn', 0);
}
/** A template with nothing but what the page's engine reads. */
const PAGE = '<title>{{title}}</title><script type="application/json" id="model">{{model}}</script>{{weights}}<p></p>';

describe.each(Object.entries(MODELS))('%s', (_, choice) => {
  let exported: Exported;
  let ours: Float32Array;
  beforeAll(async () => {
    exported = await drawn(choice);
    ours = await ourLogits(exported, IDS);
  });
  function expectOurs(theirs: ArrayLike<number>, from = 0): void {
    expect(theirs.length).toBe(ours.length - from);
    expect(Math.max(...Array.from(theirs, (x, i) => Math.abs(x - ours[from + i]!)))).toBeLessThan(1e-4);
  }

  test.skipIf(!llama)('llama.cpp gives the same distribution after each token', async () => {
    const distances = await llamaDistances(llama!, exported, IDS, ours, folder.path);
    expect(distances).toHaveLength(IDS.length);
    for (const distance of distances) expect(distance).toBeLessThan(1e-3);
  });
  test('onnxruntime on wasm gives the same scores', async () => expectOurs(await onnxScores(exported, IDS)));
  test('our second reader of GGUF gives the same scores', async () => {
    const bytes = await readBytes(ggufFile(exported, 'F32'));
    const engine = await pageEngine(ggufIn(await openGguf(bytes), exported.info.model));
    expectOurs(await engine.scores(IDS), LAST);
  });
  test('the offline page gives the same scores', async () => {
    const [file] = await html.files(exported, { withOptimizer: true, template: () => Promise.resolve(PAGE) });
    const engine = await pageEngine(await readPage(bytesSource(await readBytes(file!))));
    expectOurs(await engine.scores(IDS), LAST);
  });
});

test('with the embedding as its classifier, the untied GPT would say something else', async () => {
  const exported = await drawn(['gpt', GPT_UNTIED]);
  const { untied: _, ...config } = GPT_UNTIED;
  const info = { ...exported.info, model: { ...exported.info.model, config } };
  const [ours, tied] = [await ourLogits(exported, IDS), await ourLogits({ ...exported, info }, IDS)];
  expect(Math.max(...tied.map((x, i) => Math.abs(x - ours[i]!)))).toBeGreaterThan(0.5);
});
