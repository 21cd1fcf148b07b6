/** Tests the hook of attention weights against the fused attention of the same model. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { modelSpec } from '../core/models';
import { type ModelChoice, network, type Network } from '../core/models/network';
import { type Hook, sizesOf } from '../core/models/spec';
import { classify } from '../core/ops/classify';
import { expectClose } from './checkOp';
import { decisive } from './decoding';
import { documentsInRows } from './documentsInRows';

const [ROWS, T, S] = [2, 7, 6];
const [LENGTHS, SOURCE_LENGTHS] = [
  [7, 4],
  [3, 6],
];
export const DOCUMENTS = [
  [3, 4],
  [1, 1, 5],
];

type Seen = Readonly<Record<string, { shape: readonly number[]; data: Float32Array }>>;

/** Returns the scores and the activations that a hook sees. */
async function look(net: Network, unfusedAttention: boolean | null, documents?: typeof DOCUMENTS) {
  const kept: Record<string, tf.Tensor2D> = {};
  const hook: Hook = (name, x) => (kept[name] = tf.keep(tf.clone(x)));
  const scores = tf.tidy(() => {
    const drawn = (rows: number, width: number) =>
      tf.tensor2d(
        Int32Array.from({ length: rows * width }, (_, i) => (i * i * 5 + 3 * i + 1) % net.choice.vocabulary),
        [rows, width],
        'int32',
      );
    const inRows = documents && documentsInRows(documents);
    const limits = inRows
      ? { documents: { places: tf.tensor1d(inRows.places.data), ends: tf.tensor1d(inRows.ends.data) } }
      : { lengths: tf.tensor1d(LENGTHS, 'int32') };
    const hooked = unfusedAttention === null ? {} : { hook, unfusedAttention };
    const source = { ids: drawn(ROWS, S), lengths: tf.tensor1d(SOURCE_LENGTHS, 'int32') };
    const isPair = modelSpec(net.choice.id).kind === 'encoder-decoder';
    return classify(net.forward(drawn(ROWS, T), { dropout: 0, ...limits, ...hooked }, isPair ? source : undefined));
  });
  const values = (await scores.data<'float32'>()).slice();
  const seen: Record<string, Seen[string]> = {};
  for (const [name, x] of Object.entries(kept))
    seen[name] = { shape: x.shape, data: (await x.data<'float32'>()).slice() };
  tf.dispose([scores, kept]);
  return { scores: values, seen };
}

/**
 * The hook sees every layer's weights. Each row sums to one, and what a query doesn't see is exactly zero. The weights
 * times the values are the output of fused attention. A pass without a hook keeps its bits.
 */
export async function expectWeights(choice: ModelChoice, documents?: typeof DOCUMENTS): Promise<void> {
  const net = await network(choice, decisive(choice, 3, choice.id === 't5' ? 1.3 : 12));
  const plain = await look(net, null);
  const fused = await look(net, false, documents);
  const unfused = await look(net, true, documents);
  expectClose(unfused.scores, fused.scores, 1e-5, 'scores');
  expect((await look(net, null)).scores).toEqual(plain.scores);
  const spec = modelSpec(choice.id);
  const { layers } = choice.config;
  const isPair = spec.kind === 'encoder-decoder';
  const sides = isPair ? ['encoder.blocks', 'blocks'] : ['blocks'];
  const names = sides.flatMap((side) =>
    Array.from({ length: layers }, (_, i) => [
      `${side}.${i}.attention`,
      ...(side === 'blocks' && isPair ? [`blocks.${i}.cross`] : []),
    ]).flat(),
  );
  const seenNames = Object.keys(unfused.seen).filter((name) => name.endsWith('.weights'));
  expect(seenNames).toEqual(names.map((name) => `${name}.weights`));
  expect(Object.keys(fused.seen).filter((name) => name.endsWith('.weights'))).toEqual([]);
  for (const name of names) {
    const isCross = name.endsWith('cross');
    const isSource = isCross || name.startsWith('encoder');
    const [queries, keys] = [name.startsWith('encoder') ? S : T, isSource ? S : T];
    expectVisible(unfused.seen[`${name}.weights`]!, choice, {
      ...{ queries, keys, documents, isCausal: !isSource && spec.kind !== 'encoder' },
      lengths: isSource ? SOURCE_LENGTHS : LENGTHS,
    });
    const values = fused.seen[isCross ? `${name}.kv` : `${name}.qkv`]!;
    const product = weighted(unfused.seen[`${name}.weights`]!, values, choice, [queries, keys]);
    expectClose(product, fused.seen[`${name}.heads`]!.data, 1e-5, name);
  }
  net.dispose();
}

interface Place {
  queries: number;
  keys: number;
  isCausal: boolean;
  lengths: readonly number[];
  documents: typeof DOCUMENTS | undefined;
}

function expectVisible({ shape, data }: Seen[string], { config }: ModelChoice, place: Place): void {
  const { queries, keys, isCausal, lengths, documents } = place;
  const window = Number(sizesOf(config)['window'] ?? 0) || keys;
  expect(shape).toEqual([ROWS * config.heads * queries, keys]);
  const documentOf = (row: number, at: number): number => {
    let end = 0;
    return documents![row]!.findIndex((tokens) => at < (end += tokens));
  };
  let hidden = 0;
  for (let line = 0; line < shape[0]!; line++) {
    const [row, i] = [Math.floor(line / (config.heads * queries)), line % queries];
    const weights = data.subarray(line * keys, (line + 1) * keys);
    expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(1e-5);
    const end = Math.min(isCausal ? i + 1 : keys, documents ? keys : lengths[row]!);
    for (let j = 0; j < keys; j++) {
      const isSeen = j < end && j >= end - window && (!documents || documentOf(row, i) === documentOf(row, j));
      if (isSeen) continue;
      hidden++;
      expect(weights[j], `query ${i}, key ${j}`).toBe(0);
    }
  }
  expect(hidden).toBeGreaterThan(0);
}

/** Weights times values in f64, with the last columns of `from` as values: [B queries, heads D]. */
function weighted(
  { data: p }: Seen[string],
  { shape, data }: Seen[string],
  { id, config }: ModelChoice,
  [queries, keys]: readonly [queries: number, keys: number],
): Float64Array {
  const { heads } = config;
  const D = modelSpec(id).headWidth(config);
  const K = modelSpec(id).cacheColumns(config) / 2 || heads * D; // an encoder has no cache
  const shared = heads / (K / D);
  const stride = shape[1]!;
  const y = new Float64Array(ROWS * queries * heads * D);
  for (let row = 0; row < ROWS; row++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++)
        for (let j = 0; j < keys; j++) {
          const weight = p[((row * heads + h) * queries + i) * keys + j]!;
          const from = (row * keys + j) * stride + stride - K + Math.floor(h / shared) * D;
          const to = ((row * queries + i) * heads + h) * D;
          for (let d = 0; d < D; d++) y[to + d]! += weight * data[from + d]!;
        }
  return y;
}
