/** An encoder as ONNX: transformers.js fills blanks as we do, on onnxruntime. */
import { AutoModelForMaskedLM, type FillMaskPipeline, pipeline, Tensor } from '@huggingface/transformers';
import { beforeAll, expect, test } from 'vitest';
import type { BaseConfig } from '../models/spec';
import { network, type Network } from '../models/network';
import { fill } from '../sample/fill';
import { logits } from '../sample/logits';
import { expectClose } from '../testing/checkOp';
import { transformersFolder } from '../testing/exportFolder';
import { decisive } from '../testing/decoding';
import { useSingleThreadWasm as onWasm } from '../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { exportedFrom } from './exported';
import type { Format } from './format';
import { onnxF16, onnxF32 } from './formats/onnx';
import type { RunInfo } from './homegrownJson';

const sizes = { layers: 2, heads: 3, width: 24, context: 20, hidden: 40, tokenTypes: 2, normEpsilon: 1e-12 };
const model = (tanh: boolean): RunInfo['model'] => ({
  id: 'bert',
  config: { ...sizes, tanh } as BaseConfig,
  vocabulary: 259,
});
const root = await transformersFolder();
let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await createTokenizer({ kind: 'bytes', merges: [], roles: ['end', 'padding', 'mask'] });
  await onWasm();
});

async function write(format: Format, folder: string, tanh: boolean): Promise<Network> {
  const choice = model(tanh);
  const tensors = decisive(choice, 3);
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors };
  const imported = { model: choice, tokenizer, snapshot, resumable: false, info: null, events: [] };
  await root.write(format, await exportedFrom(imported, 'x', 5), folder);
  return network(choice, tensors);
}

const ROWS = [[72, 101, 258, 32, 117, 258, 9], [44, 258, 3], [258]];
test.each([
  ['f32', onnxF32, false, 1e-4],
  ['f32-tanh', onnxF32, true, 1e-4],
  ['f16', onnxF16, false, 2e-2],
] as const)('scores of padded rows are those of each alone: %s', async (name, format, tanh, bound) => {
  const net = await write(format, name, tanh);
  const opened = await AutoModelForMaskedLM.from_pretrained(name);
  const width = ROWS[0]!.length;
  const rows = (of: (row: readonly number[], at: number) => number): Tensor =>
    new Tensor(
      'int64',
      BigInt64Array.from(ROWS.flatMap((row) => Array.from({ length: width }, (_, at) => BigInt(of(row, at))))),
      [ROWS.length, width],
    );
  const inputs = {
    input_ids: rows((row, at) => row[at] ?? 257),
    attention_mask: rows((row, at) => Number(at < row.length)),
  };
  const output = (await opened.forward(inputs)) as { logits: { data: Float32Array; dims: number[] } };
  expect(output.logits.dims).toEqual([ROWS.length, width, 259]);
  for (const [i, row] of ROWS.entries()) {
    const theirs = output.logits.data.subarray(i * width * 259, (i * width + row.length) * 259);
    const ours = await logits(net, row);
    const scale = Math.max(...ours.map(Math.abs));
    expectClose(theirs, ours, bound * Math.max(1, scale), `row ${i}`);
  }
  await opened.dispose();
  net.dispose();
});

test('its fill-mask gives our candidates with our probabilities', async () => {
  const net = await write(onnxF32, 'fill', false);
  const theirs: FillMaskPipeline = await pipeline('fill-mask', 'fill');
  const text = 'The <mask>ea.';
  const found = (await theirs(text, { top_k: 3 })) as { token: number; score: number }[];
  const ours = await fill(net, tokenizer, 'The [MASK]ea.', 259);
  const special = new Set(tokenizer.special.map(({ id }) => id));
  for (const { token, score } of found.filter(({ token }) => !special.has(token))) {
    const same = ours.blanks[0]!.find(({ id }) => id === token)!;
    expect(score).toBeCloseTo(same.probability, 4);
  }
  expect(found.some(({ token }) => !special.has(token))).toBe(true);
  await theirs.dispose();
  net.dispose();
});
