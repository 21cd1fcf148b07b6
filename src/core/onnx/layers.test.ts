import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normals } from '../base/rng';
import { readBytes } from '../files/byteSource';
import type { HostTensor } from '../checkpoint/tensors';
import { int64, onWasm } from '../../testing/onnxruntime';
import { graphBuilder, type Precision } from './graph';
import { attention, classifier, dense, embedding, gelu, keepTokens, layerNorm, splitHeads } from './layers';
import { chunksOf, totalLength } from './lazyBytes';
import { model } from './proto';

const SIZES = { vocabulary: 50, width: 12, heads: 3, labels: 4 };
const weights = new Map<string, HostTensor>();
const weight = (name: string, ...shape: number[]): void => {
  const data = normals(
    7,
    name,
    shape.reduce((a, b) => a * b, 1),
  );
  weights.set(name, { shape, data });
};
weight('words.weight', SIZES.vocabulary, SIZES.width);
for (const layer of ['q', 'k', 'v', 'out', 'pooler']) {
  weight(`${layer}.weight`, SIZES.width, SIZES.width);
  weight(`${layer}.bias`, SIZES.width);
}
weight('norm.weight', SIZES.width);
weight('norm.bias', SIZES.width);
weight('labels.weight', SIZES.labels, SIZES.width);

/** A bidirectional encoder that classifies a text into four kinds. */
async function classifierFile(precision: Precision): Promise<Uint8Array> {
  const { width, heads, labels } = SIZES;
  const g = graphBuilder('classifier', weights, precision);
  const ids = g.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = g.input('attention_mask', 'int64', ['batch_size', 'sequence_length']);
  const x = embedding(g, 'words', ids);
  const [q, k, v] = ['q', 'k', 'v'].map((name) => splitHeads(g, dense(g, name, x), heads, width / heads));
  const mixed = attention(g, { q: q!, k: k!, v: v!, keep: keepTokens(g, mask) }, heads, width / heads);
  const hidden = layerNorm(g, 'norm', g.op('Add', [x, gelu(g, dense(g, 'out', mixed))]), 1e-12);
  const first = g.op('Gather', [hidden, g.integers(0)], { axis: 1 }); // [B, C]
  const pooled = g.op('Tanh', [dense(g, 'pooler', first)]);
  const lead = g.op('Shape', [pooled], { end: 1 }); // [B]
  const logits = classifier(g, g.weight('labels.weight'), pooled, lead, 'logits');
  g.output(logits, 'float', ['batch_size', labels]);
  const parts = model(g.finish());
  return readBytes({ size: totalLength(parts), chunks: () => chunksOf(parts) });
}

const sessions = new Map<Precision, InferenceSession>();
beforeAll(async () => {
  for (const precision of ['f32', 'f16'] as const)
    sessions.set(precision, await onWasm(await classifierFile(precision)));
}, 60_000);
afterAll(() => Promise.all([...sessions.values()].map((session) => session.release())));

test('a file states its ONNX version and producer before its graph', async () => {
  const reader = new BinaryReader(await classifierFile('f32'));
  expect([reader.tag()[0], Number(reader.int64())]).toEqual([1, 9]); // ModelProto.ir_version
  expect([reader.tag()[0], reader.string()]).toEqual([2, 'Homegrown']); // producer_name
  expect([reader.tag()[0], [...reader.bytes()]]).toEqual([8, [0x10, 20]]); // opset_import: version 20
  expect(reader.tag()[0]).toBe(7); // graph
});

async function run(precision: Precision, ids: number[][], mask: number[][]): Promise<number[][]> {
  const { logits } = await sessions.get(precision)!.run({ input_ids: int64(ids), attention_mask: int64(mask) });
  expect(logits!.dims).toEqual([ids.length, SIZES.labels]);
  const data = [...(logits!.data as Float32Array)];
  return ids.map((_, i) => data.slice(i * SIZES.labels, (i + 1) * SIZES.labels));
}

/** Returns the same by definition, in f64. */
function byDefinition(ids: number[]): number[] {
  const { width, heads, labels } = SIZES;
  const at = (name: string, row: number, column = 0): number => {
    const { shape, data } = weights.get(name)!;
    return data[shape.length > 1 ? row * shape[1]! + column : row]!;
  };
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
  const product = (layer: string, x: number[]): number[] =>
    range(width).map((o) => sum(x.map((value, i) => value * at(`${layer}.weight`, i, o))) + at(`${layer}.bias`, o));
  const x = ids.map((id) => range(width).map((i) => at('words.weight', id, i)));
  const [q, k, v] = ['q', 'k', 'v'].map((name) => x.map((row) => product(name, row))) as [
    number[][],
    number[][],
    number[][],
  ];
  const size = width / heads;
  const mixed = range(width).map((i) => {
    const head = range(size).map((j) => Math.floor(i / size) * size + j);
    const scores = k.map((key) => Math.exp(sum(head.map((j) => q[0]![j]! * key[j]!)) / Math.sqrt(size)));
    return sum(scores.map((score, t) => score * v[t]![i]!)) / sum(scores);
  });
  const inner = product('out', mixed).map(
    (z, i) => x[0]![i]! + (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  );
  const mean = sum(inner) / width;
  const deviation = Math.sqrt(sum(inner.map((z) => (z - mean) ** 2)) / width + 1e-12);
  const normed = inner.map((z, i) => ((z - mean) / deviation) * at('norm.weight', i) + at('norm.bias', i));
  const pooled = product('pooler', normed).map(Math.tanh);
  return range(labels).map((label) => sum(pooled.map((z, i) => z * at('labels.weight', label, i))));
}

test('an encoder with a classification head matches its definition, padded or not', async () => {
  const texts = [[3, 14, 15, 9, 26, 5], [27, 1, 8], [49]];
  const padded = texts.map((ids) => [...ids, ...new Array<number>(6 - ids.length).fill(0)]);
  const mask = texts.map((ids) => padded[0]!.map((_, i) => (i < ids.length ? 1 : 0)));
  for (const [precision, bound] of [
    ['f32', 1e-5],
    ['f16', 2e-2],
  ] as const) {
    const together = await run(precision, padded, mask);
    for (const [i, ids] of texts.entries()) {
      const expected = byDefinition(ids);
      const [alone] = await run(precision, [ids], [ids.map(() => 1)]);
      for (const got of [together[i]!, alone!])
        for (const [label, score] of got.entries()) expect(Math.abs(score - expected[label]!)).toBeLessThan(bound);
    }
  }
});
