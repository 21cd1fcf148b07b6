import type { Sized } from '../interop';
import { BLOCK, type Kernels, type PageForward, type Reader } from '../page';
import { pooler, scoresOf } from '../pageParts';
import { type GptConfig, innerOf } from './sizes';

export const page: PageForward<GptConfig> = {
  kind: 'decoder',
  workspaceOf,
  lengthsOf: ({ config }) => [config.width, innerOf(config)],
  reader: gpt,
};

/** Number of floats that a reader needs besides the weights. */
export function workspaceOf({ config, vocabulary }: Sized<GptConfig>): number {
  const { layers, context, width: C } = config;
  return 2 * layers * context * C + BLOCK * (6 * C + innerOf(config)) + 2 * C + scoresOf(config, vocabulary);
}

/**
 * GPT-2 (Radford et al. 2019) for one text, with a key-value cache, so that each further token costs one row. `weight`
 * returns a tensor by Hugging Face's name; matrices are [in, out].
 */
export function gpt(
  { config, vocabulary }: Sized<GptConfig>,
  weight: (name: string) => Float32Array,
  kernels: Kernels,
): Reader {
  const { layers, heads, context, width: C, untied, classes } = config;
  const [D, H] = [C / heads, innerOf(config)];
  const keys = Array.from({ length: layers }, () => kernels.floats(context * C)); // [context, C] a layer
  const values = Array.from({ length: layers }, () => kernels.floats(context * C));
  const x = kernels.floats(BLOCK * C);
  const normed = kernels.floats(BLOCK * C);
  const qkv = kernels.floats(BLOCK * 3 * C);
  const mixed = kernels.floats(BLOCK * C);
  const inner = kernels.floats(BLOCK * H);
  const last = kernels.floats(C);
  const scores = kernels.floats(scoresOf(config, vocabulary));
  const shares = new Float64Array(context);
  const tokens = weight('transformer.wte.weight'); // [vocabulary, C]
  const classifier = classes ? weight('score.weight') : untied ? weight('lm_head.weight') : tokens; // [vocabulary, C]
  const pooled = kernels.floats(C);
  const pool = pooler(classes?.pooling ?? 'last', pooled);
  const positions = weight('transformer.wpe.weight'); // [context, C]

  /** y = x w + b for `rows` rows; y [rows, out]. */
  function dense(name: string, from: Float32Array, to: Float32Array, rows: number, size: number): void {
    const bias = weight(`${name}.bias`);
    for (let r = 0; r < rows; r++) to.set(bias, r * bias.length);
    kernels.multiply(from, weight(`${name}.weight`), to, rows, size, bias.length);
  }

  /** x += from w + b */
  function addDense(name: string, from: Float32Array, rows: number, size: number): void {
    const bias = weight(`${name}.bias`);
    for (let r = 0; r < rows; r++) for (let c = 0; c < C; c++) x[r * C + c]! += bias[c]!;
    kernels.multiply(from, weight(`${name}.weight`), x, rows, size, C);
  }

  function norm(name: string, to: Float32Array, rows: number, first = 0): void {
    const gain = weight(`${name}.weight`);
    const bias = weight(`${name}.bias`);
    for (let r = 0; r < rows; r++) {
      const at = (first + r) * C;
      let [sum, squares] = [0, 0];
      for (let c = 0; c < C; c++) sum += x[at + c]!;
      const mean = sum / C;
      for (let c = 0; c < C; c++) squares += (x[at + c]! - mean) ** 2;
      const scale = 1 / Math.sqrt(squares / C + 1e-5);
      for (let c = 0; c < C; c++) to[r * C + c] = (x[at + c]! - mean) * scale * gain[c]! + bias[c]!;
    }
  }

  /** mixed [C] of row r, at position t: every head's softmax(q k / sqrt D) v over positions 0..t. */
  function attend(layer: number, r: number, t: number): void {
    const [K, V] = [keys[layer]!, values[layer]!];
    for (let head = 0; head < C; head += D) {
      const q = r * 3 * C + head;
      let highest = -Infinity;
      for (let j = 0; j <= t; j++) {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += qkv[q + d]! * K[j * C + head + d]!;
        shares[j] = dot / Math.sqrt(D);
        if (shares[j]! > highest) highest = shares[j]!;
      }
      let total = 0;
      for (let j = 0; j <= t; j++) total += shares[j] = Math.exp(shares[j]! - highest);
      const to = r * C + head;
      mixed.fill(0, to, to + D);
      for (let j = 0; j <= t; j++) {
        const share = shares[j]! / total;
        for (let d = 0; d < D; d++) mixed[to + d]! += share * V[j * C + head + d]!;
      }
    }
  }

  return {
    read(ids, from) {
      const rows = ids.length;
      for (const [r, id] of ids.entries()) {
        for (let c = 0; c < C; c++) x[r * C + c] = tokens[id * C + c]! + positions[(from + r) * C + c]!;
      }
      for (let layer = 0; layer < layers; layer++) {
        const h = `transformer.h.${layer}`;
        norm(`${h}.ln_1`, normed, rows);
        dense(`${h}.attn.c_attn`, normed, qkv, rows, C);
        for (let r = 0; r < rows; r++) {
          const at = r * 3 * C;
          keys[layer]!.set(qkv.subarray(at + C, at + 2 * C), (from + r) * C);
          values[layer]!.set(qkv.subarray(at + 2 * C, at + 3 * C), (from + r) * C);
        }
        for (let r = 0; r < rows; r++) attend(layer, r, from + r);
        addDense(`${h}.attn.c_proj`, mixed, rows, C);
        norm(`${h}.ln_2`, normed, rows);
        dense(`${h}.mlp.c_fc`, normed, inner, rows, C);
        gelu(inner, rows * H);
        addDense(`${h}.mlp.c_proj`, inner, rows, H);
      }
      for (let r = classes ? 0 : rows - 1; r < rows; r++) {
        norm('transformer.ln_f', last, 1, r);
        pool(last, from + r);
      }
    },
    scores() {
      kernels.score(classifier, pooled, scores, C);
      return scores;
    },
  };
}

/** x / 2 (1 + tanh u), which is x / (1 + e^-2u): GPT-2's approximation (Hendrycks & Gimpel 2016, arXiv:1606.08415). */
function gelu(x: Float32Array, n: number): void {
  const scale = -2 * Math.sqrt(2 / Math.PI);
  for (let i = 0; i < n; i++) {
    const v = x[i]!;
    x[i] = v / (1 + Math.exp(scale * (v + 0.044715 * v * v * v)));
  }
}
