/** A Llama folder whose tokenizer is applied from its files: imported, used, stored, and exported unchanged. */
import { expect, test } from 'vitest';
import { memoryStore } from '../../../base/blobStore';
import { unwatched } from '../../../base/job';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { initialValues, network } from '../../../models/network';
import { modelSpec } from '../../../models';
import { addRun, readKnownRun } from '../../../runs/record';
import { readTokenizer } from '../../../runs/tokenizer';
import { sampleText } from '../../../sample/sampleText';
import { unigram, wordPiece } from '../../../../testing/appliedTokenizers';
import { runRecord } from '../../../../testing/runRecord';
import { useSingleThreadWasm as onWasm } from '../../../../testing/wasm';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import { exportedFrom } from '../../exported';
import type { Format } from '../../format';
import { FORMATS } from '..';
import { settingsOf } from '../../formatSettings';
import type { RunInfo } from '../../homegrownJson';
import { huggingFaceFiles } from './write';
import { importHuggingFace } from './import';
import { hubWeights } from '../../weights';

type Files = Record<string, Uint8Array>;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const VOCABULARY = 264;
const config = {
  ...{ layers: 1, heads: 2, width: 8, context: 16, kvHeads: 1, headWidth: 0, hidden: 16 },
  ...{ theta: 10_000, normEpsilon: 1e-5, qkNorm: 'none', norm: 'before', window: 0 },
};
const model: RunInfo['model'] = { id: 'llama', config, vocabulary: VOCABULARY };
// With unusual spaces and a final newline: the import keeps the text, not only its meaning.
const json = `${JSON.stringify(withFillers(), null, 3)}\n\n`;
const tokenizerConfig = '{ "tokenizer_class":"T5Tokenizer",\n"eos_token": "</s>", "pad_token" :"<pad>" }';

/** Fills the vocabulary to the minimum of a model. */
function withFillers(): object {
  const fillers = Array.from({ length: 240 }, (_, i): [string, number] => [`▁w${i}`, -9]);
  return { ...unigram, model: { ...unigram.model, vocab: [...unigram.model.vocab, ...fillers] } };
}

async function folder(): Promise<Files> {
  const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null };
  const snapshot = { state, tensors: initialValues(model, 3) };
  const weights = await readBytes(writeSafetensors('x', hubWeights({ info: { model } as RunInfo, snapshot })));
  return {
    'config.json': encode(JSON.stringify(modelSpec('llama').huggingFace!.config(model, { begin: 1, end: 1 }))),
    'tokenizer.json': encode(json),
    'tokenizer_config.json': encode(tokenizerConfig),
    'model.safetensors': weights,
  };
}
const read = (files: Files) =>
  importHuggingFace(
    Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) })),
    unwatched,
  );

test('is imported, writes text, is stored with its run, and is exported byte for byte', async () => {
  const imported = await read(await folder());
  const { tokenizer, snapshot } = imported;
  expect(tokenizer.model.kind).toBe('unigram');
  expect([tokenizer.size, tokenizer.endOfText]).toEqual([VOCABULARY, 1]);
  await onWasm();
  const net = await network(imported.model, snapshot.tensors);
  expect(await sampleText(net, tokenizer, 'abc the')).toMatch(/^abc the./);
  net.dispose();

  const store = memoryStore();
  await addRun(store, runRecord({ id: 'a', model: imported.model, tokenizer: tokenizer.model }));
  const record = await readKnownRun(store, 'a');
  expect(record.tokenizer).toEqual({ kind: 'unigram' });
  expect((await createTokenizer(await readTokenizer(store, record))).hash).toBe(tokenizer.hash);

  const exported = await exportedFrom(imported, 'x', 5);
  const streams = huggingFaceFiles(exported, { withOptimizer: false });
  const files = Object.fromEntries(await Promise.all(streams.map(async (s) => [s.name, await readBytes(s)] as const)));
  expect(new TextDecoder().decode(files['tokenizer.json'])).toBe(json);
  expect(new TextDecoder().decode(files['tokenizer_config.json'])).toBe(tokenizerConfig);
  const again = await read(files);
  expect(again.tokenizer.hash).toBe(tokenizer.hash);
  expect(again.info?.tokenizer).toBe('unigram');

  const formats: [string, Format][] = Object.entries(FORMATS);
  const refused = formats.flatMap(([id, { problem }]) => {
    const why = problem?.(settingsOf(exported.info)) ?? '';
    return why.includes('only byte-level tokenizers') ? [id] : [];
  });
  expect(refused.join(' ')).toMatch(/gguf/);
  expect(refused.join(' ')).not.toMatch(/hf|hugging|onnx|safetensors/);
});

test('refuses a tokenizer of another kind than it states', async () => {
  const files = await folder();
  const streams = huggingFaceFiles(await exportedFrom(await read(files), 'x', 5), { withOptimizer: false });
  const own = Object.fromEntries(await Promise.all(streams.map(async (s) => [s.name, await readBytes(s)] as const)));
  const other = { ...own, 'tokenizer.json': encode(JSON.stringify(wordPiece)) };
  await expect(read(other)).rejects.toThrow(/the kind wordpiece, but homegrown\.json says unigram/);
});
