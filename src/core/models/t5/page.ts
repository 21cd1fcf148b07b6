import { bucketOf } from '../../ops/relativeBuckets';
import type { Sized } from '../interop';
import { BLOCK, type Kernels, type PageForward, type Reader } from '../page';
import { attendRow, geluTanh, linear } from '../pageParts';
import { blockOf, columnsOf, CROSS, distancesOf, feedForwardLayer, SELF, type Side, type T5Config } from './sizes';

export const page: PageForward<T5Config> = {
  kind: 'encoder-decoder',
  workspaceOf,
  lengthsOf: ({ config }) => [config.width, columnsOf(config).all, config.hidden],
  reader: t5,
};

/** Number of floats that a reader needs besides the weights. */
function workspaceOf({ config, vocabulary }: Sized<T5Config>): number {
  const { layers, context, width: C, hidden } = config;
  const K = columnsOf(config).all;
  const rows = Math.max(BLOCK, context);
  return 4 * layers * context * K + rows * (3 * C + 4 * K + 2 * hidden) + C + vocabulary;
}

/**
 * T5 (Raffel et al. 2019) for one text and its answer. Caches keys and values of the source and of the answer so far.
 * `weight` returns a tensor by Hugging Face's name; matrices are [out, in].
 */
function t5({ config, vocabulary }: Sized<T5Config>, weight: (name: string) => Float32Array, kernels: Kernels): Reader {
  const { layers, heads, context, width: C, hidden: H, gated, scaled, untied, normEpsilon } = config;
  const K = columnsOf(config).all;
  const max = Math.max(BLOCK, context);
  const room = (rows: number, columns: number): Float32Array => kernels.floats(rows * columns);
  const kept = (): Float32Array[] => Array.from({ length: layers }, () => room(context, K));
  const [keys, values, readKeys, readValues] = [kept(), kept(), kept(), kept()]; // [context, K] a layer
  const [x, normed, added] = [room(max, C), room(max, C), room(max, C)];
  const [q, k, v, mixed] = [room(max, K), room(max, K), room(max, K), room(max, K)];
  const [inner, up] = [room(max, H), room(max, H)];
  const last = kernels.floats(C);
  const scores = kernels.floats(vocabulary);
  const shares = new Float64Array(context);
  const tokens = weight('shared.weight'); // [vocabulary, C]
  const classifier = untied ? weight('lm_head.weight') : tokens;
  /** Number of tokens of the source text. */
  let length = 0;

  function dense(name: string, from: Float32Array, to: Float32Array, rows: number, ins: number, outs: number): void {
    linear(kernels, weight(`${name}.weight`), from, to, { rows, ins, outs });
  }
  /** x += from w^T */
  function addDense(name: string, from: Float32Array, rows: number, ins: number): void {
    dense(name, from, added, rows, ins, C);
    for (let i = 0; i < rows * C; i++) x[i]! += added[i]!;
  }
  /** y = x / rms(x) gain */
  function norm(name: string, from: Float32Array, to: Float32Array, rows: number): void {
    const gain = weight(`${name}.weight`);
    for (let at = 0; at < rows * C; at += C) {
      let squares = 0;
      for (let c = 0; c < C; c++) squares += from[at + c]! ** 2;
      const scale = 1 / Math.sqrt(squares / C + normEpsilon);
      for (let c = 0; c < C; c++) to[at + c] = from[at + c]! * scale * gain[c]!;
    }
  }
  function feedForward(side: Side, layer: number, rows: number): void {
    const h = `${blockOf(side, layer)}.${feedForwardLayer(side)}`;
    norm(`${h}.layer_norm`, x, normed, rows);
    const wi = `${h}.DenseReluDense.wi`;
    dense(gated ? `${wi}_0` : wi, normed, inner, rows, C, H);
    if (gated) dense(`${wi}_1`, normed, up, rows, C, H);
    for (let i = 0; i < rows * H; i++) inner[i] = gated ? geluTanh(inner[i]!) * up[i]! : Math.max(0, inner[i]!);
    addDense(`${h}.DenseReluDense.wo`, inner, rows, H);
  }
  /** Returns the relative position bias of a stack, added to a score. */
  function biasOf(side: Side): (head: number, query: number, key: number) => number {
    const table = weight(distancesOf(side)); // [buckets, heads]
    const settings = { ...config, bidirectional: side === 'encoder' };
    const ofDistance = Array.from({ length: 2 * context + 1 }, (_, i) => bucketOf(i - context, settings) * heads);
    return (head, query, key) => table[ofDistance[key - query + context]! + head]!;
  }
  const [toRead, toWrite] = [biasOf('encoder'), biasOf('decoder')];
  const how = { heads, width: K, scale: 1 };

  function embed(ids: readonly number[]): void {
    for (const [r, id] of ids.entries()) x.set(tokens.subarray(id * C, (id + 1) * C), r * C);
  }
  /** Computes q, k and v of the normalized rows. */
  function project(layer: string, rows: number): void {
    dense(`${layer}.q`, normed, q, rows, C, K);
    dense(`${layer}.k`, normed, k, rows, C, K);
    dense(`${layer}.v`, normed, v, rows, C, K);
  }

  return {
    source(ids) {
      const rows = (length = ids.length);
      embed(ids);
      for (let layer = 0; layer < layers; layer++) {
        const b = blockOf('encoder', layer);
        norm(`${b}.layer.0.layer_norm`, x, normed, rows);
        project(`${b}.${SELF}`, rows);
        for (let row = 0; row < rows; row++)
          attendRow({ ...how, bias: toRead }, [q, k, v, mixed], { row, place: row, seen: rows }, shares);
        addDense(`${b}.${SELF}.o`, mixed, rows, K);
        feedForward('encoder', layer, rows);
      }
      norm('encoder.final_layer_norm', x, normed, rows);
      for (let layer = 0; layer < layers; layer++) {
        const cross = `${blockOf('decoder', layer)}.${CROSS}`;
        dense(`${cross}.k`, normed, readKeys[layer]!, rows, C, K);
        dense(`${cross}.v`, normed, readValues[layer]!, rows, C, K);
      }
    },
    read(ids, from) {
      const rows = ids.length;
      embed(ids);
      for (let layer = 0; layer < layers; layer++) {
        const b = blockOf('decoder', layer);
        norm(`${b}.layer.0.layer_norm`, x, normed, rows);
        project(`${b}.${SELF}`, rows);
        keys[layer]!.set(k.subarray(0, rows * K), from * K);
        values[layer]!.set(v.subarray(0, rows * K), from * K);
        for (let row = 0; row < rows; row++) {
          const at = { row, place: from + row, seen: from + row + 1 };
          attendRow({ ...how, bias: toWrite }, [q, keys[layer]!, values[layer]!, mixed], at, shares);
        }
        addDense(`${b}.${SELF}.o`, mixed, rows, K);
        norm(`${b}.layer.1.layer_norm`, x, normed, rows);
        dense(`${b}.${CROSS}.q`, normed, q, rows, C, K);
        const read = [q, readKeys[layer]!, readValues[layer]!, mixed] as const;
        for (let row = 0; row < rows; row++) attendRow(how, read, { row, place: 0, seen: length }, shares);
        addDense(`${b}.${CROSS}.o`, mixed, rows, K);
        feedForward('decoder', layer, rows);
      }
      norm('decoder.final_layer_norm', x.subarray((rows - 1) * C, rows * C), last, 1);
      if (scaled) for (let c = 0; c < C; c++) last[c]! /= Math.sqrt(C);
    },
    scores() {
      kernels.score(classifier, last, scores, C);
      return scores;
    },
  };
}
