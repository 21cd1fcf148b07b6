/** T5 with an external tokenizer as ONNX: transformers.js gives our answers. Scores: formats/onnx.test.ts. */
import { pipeline } from '@huggingface/transformers';
import { expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import type { ModelChoice } from '../../../models/network';
import { write } from '../../../sample/write';
import { unigram } from '../../../../testing/appliedTokenizers';
import { decisive } from '../../../../testing/decoding';
import { transformersFolder } from '../../../../testing/exportFolder';
import { withNetwork } from '../../../../testing/exports/ours';
import { T5_CONFIG } from '../../../../testing/t5';
import { exportedFrom } from '../../exported';
import { onnxF32 } from './format';
import type { RunInfo } from '../../homegrownJson';
import { importHuggingFace } from '../huggingFace/import';
import { hubWeights } from '../../weights';

const more = Array.from({ length: 245 }, (_, i): [string, number] => [`w${i}`, -9]);
const tokenizer = { ...unigram, model: { ...unigram.model, vocab: [...unigram.model.vocab, ...more] } };
const model: ModelChoice = { id: 't5', config: { ...T5_CONFIG, ...{ context: 32, gated: false } }, vocabulary: 264 };
const root = await transformersFolder();

test('a pipeline gives our answer to a text', async () => {
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: decisive(model, 3, 1.3) };
  const weights = hubWeights({ info: { model } as RunInfo, snapshot });
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const names = { tokenizer_class: 'T5Tokenizer', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' };
  const files = {
    'config.json': json(modelSpec('t5').huggingFace!.config(model, { begin: 1, end: 1, padding: 0 })),
    'tokenizer.json': json(tokenizer),
    'tokenizer_config.json': json(names),
    'model.safetensors': await readBytes(writeSafetensors('x', weights)),
  };
  const given = Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  const exported = await exportedFrom(await importHuggingFace(given, unwatched), 'x', 5);
  await root.write(onnxF32, exported, 't5');
  const answers = await pipeline('text2text-generation', 't5');
  for (const text of ['a the abc', 'b', 'the é/s abc bc a']) {
    const said = (await answers(text, { max_new_tokens: 8, do_sample: false })) as { generated_text: string }[];
    const ids = await withNetwork(exported, async (net) => {
      const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length: 8, beams: 1, lengthPenalty: 1 };
      const found: number[] = [];
      for await (const { id } of write(net, exported.tokenizer, text, settings, unwatched)) found.push(id);
      return found;
    });
    expect(ids.length).toBeGreaterThan(0);
    expect(said[0]!.generated_text.trim()).toBe(exported.tokenizer.decode(ids).trim());
  }
  await answers.dispose();
});
