import type { Sized } from '../interop';
import { BLOCK, type Kernels, type PageForward, type Reader } from '../page';
import { pooler, scoresOf } from '../pageParts';
import { branchNorms, columnsOf, type LlamaConfig, qkGains, windowOf } from './sizes';

export const page: PageForward<LlamaConfig> = { kind: 'decoder', workspaceOf, lengthsOf, reader: llama };

/** Number of floats that a reader needs besides the weights. */
function workspaceOf({ config, vocabulary }: Sized<LlamaConfig>): number {
  const { layers, context, width: C, hidden } = config;
  const { q, k } = columnsOf(config);
  return 2 * layers * context * k + BLOCK * (3 * C + 2 * q + 2 * k + 2 * hidden) + 2 * C + scoresOf(config, vocabulary);
}

function lengthsOf({ config }: Sized<LlamaConfig>): readonly number[] {
  return [config.width, columnsOf(config).q, config.hidden];
}

/**
 * Llama (Touvron et al. 2023) for one text, with a cache of rotated keys and of values, so that each further token
 * costs one row. `weight` returns a tensor by Hugging Face's name; matrices are [out, in].
 */
function llama(
  { config, vocabulary }: Sized<LlamaConfig>,
  weight: (name: string) => Float32Array,
  kernels: Kernels,
): Reader {
  const { layers, heads, kvHeads, context, width: C, hidden, theta, normEpsilon, untied, classes } = config;
  const [isAfter, gains] = [config.norm === 'after', qkGains(config)];
  const [ofAttention, ofFeedForward] = branchNorms(config);
  const window = windowOf(config) ?? context;
  const { head: D, q: Q, k: K } = columnsOf(config);
  const keys = Array.from({ length: layers }, () => kernels.floats(context * K)); // [context, K] a layer
  const values = Array.from({ length: layers }, () => kernels.floats(context * K));
  const x = kernels.floats(BLOCK * C);
  const normed = kernels.floats(BLOCK * C);
  const read = isAfter ? x : normed; // input of attention and of the feed-forward
  const added = kernels.floats(BLOCK * C);
  const queries = kernels.floats(BLOCK * Q);
  const mixed = kernels.floats(BLOCK * Q);
  const newKeys = kernels.floats(BLOCK * K);
  const newValues = kernels.floats(BLOCK * K);
  const gate = kernels.floats(BLOCK * hidden);
  const up = kernels.floats(BLOCK * hidden);
  const last = kernels.floats(C);
  const scores = kernels.floats(scoresOf(config, vocabulary));
  const shares = new Float64Array(context);
  const tokens = weight('model.embed_tokens.weight'); // [vocabulary, C]
  const classifier = classes ? weight('score.weight') : untied ? weight('lm_head.weight') : tokens; // [vocabulary, C]
  const pooled = kernels.floats(C);
  const pool = pooler(classes?.pooling ?? 'last', pooled);
  const turns = Float64Array.from({ length: D / 2 }, (_, i) => theta ** ((-2 * i) / D)); // radians a token

  /** y = x w^T for `rows` rows; w [outs, ins]. */
  function dense(name: string, from: Float32Array, to: Float32Array, rows: number, ins: number, outs: number): void {
    const w = weight(`${name}.weight`);
    for (let r = 0; r < rows; r++)
      kernels.score(w, from.subarray(r * ins, (r + 1) * ins), to.subarray(r * outs, (r + 1) * outs), ins);
  }

  /** x += from w^T, normalized by `after` before the addition if there is one. */
  function addDense(name: string, from: Float32Array, rows: number, ins: number, after: string | undefined): void {
    dense(name, from, added, rows, ins, C);
    if (after !== undefined) norm(after, added, added, rows, C);
    for (let i = 0; i < rows * C; i++) x[i]! += added[i]!;
  }

  function norm(name: string, from: Float32Array, to: Float32Array, rows: number, size: number): void {
    rmsNorm(weight(`${name}.weight`), from.subarray(0, rows * size), to, normEpsilon);
  }

  /** mixed [Q] of row r, at position t: every head's softmax(q k / sqrt D) v over the visible positions. */
  function attend(layer: number, r: number, t: number): void {
    const [keysOf, valuesOf] = [keys[layer]!, values[layer]!];
    for (let head = 0; head < heads; head++) {
      const q = r * Q + head * D;
      const shared = Math.floor(head / (heads / kvHeads)) * D;
      const first = Math.max(0, t + 1 - window);
      let highest = -Infinity;
      for (let j = first; j <= t; j++) {
        let dot = 0;
        for (let d = 0; d < D; d++) dot += queries[q + d]! * keysOf[j * K + shared + d]!;
        shares[j] = dot / Math.sqrt(D);
        if (shares[j]! > highest) highest = shares[j]!;
      }
      let total = 0;
      for (let j = first; j <= t; j++) total += shares[j] = Math.exp(shares[j]! - highest);
      mixed.fill(0, q, q + D);
      for (let j = first; j <= t; j++) {
        const share = shares[j]! / total;
        for (let d = 0; d < D; d++) mixed[q + d]! += share * valuesOf[j * K + shared + d]!;
      }
    }
  }

  return {
    read(ids, from) {
      const rows = ids.length;
      for (const [r, id] of ids.entries()) x.set(tokens.subarray(id * C, (id + 1) * C), r * C);
      for (let layer = 0; layer < layers; layer++) {
        const h = `model.layers.${layer}`;
        if (!isAfter) norm(`${h}.${ofAttention}`, x, normed, rows, C);
        dense(`${h}.self_attn.q_proj`, read, queries, rows, C, Q);
        dense(`${h}.self_attn.k_proj`, read, newKeys, rows, C, K);
        dense(`${h}.self_attn.v_proj`, read, newValues, rows, C, K);
        if (gains) {
          norm(`${h}.self_attn.q_norm`, queries, queries, (rows * Q) / gains.q, gains.q);
          norm(`${h}.self_attn.k_norm`, newKeys, newKeys, (rows * K) / gains.k, gains.k);
        }
        rotate(queries.subarray(0, rows * Q), Q, turns, from);
        rotate(newKeys.subarray(0, rows * K), K, turns, from);
        keys[layer]!.set(newKeys.subarray(0, rows * K), from * K);
        values[layer]!.set(newValues.subarray(0, rows * K), from * K);
        for (let r = 0; r < rows; r++) attend(layer, r, from + r);
        addDense(`${h}.self_attn.o_proj`, mixed, rows, Q, isAfter ? `${h}.${ofAttention}` : undefined);
        if (!isAfter) norm(`${h}.${ofFeedForward}`, x, normed, rows, C);
        dense(`${h}.mlp.gate_proj`, read, gate, rows, C, hidden);
        dense(`${h}.mlp.up_proj`, read, up, rows, C, hidden);
        // SwiGLU: silu(gate) up.
        for (let i = 0; i < rows * hidden; i++) gate[i] = (gate[i]! / (1 + Math.exp(-gate[i]!))) * up[i]!;
        addDense(`${h}.mlp.down_proj`, gate, rows, hidden, isAfter ? `${h}.${ofFeedForward}` : undefined);
      }
      for (let r = classes ? 0 : rows - 1; r < rows; r++) {
        norm('model.norm', x.subarray(r * C, (r + 1) * C), last, 1, C);
        pool(last, from + r);
      }
    },
    scores() {
      kernels.score(classifier, pooled, scores, C);
      return scores;
    },
  };
}

/** Normalizes rows of the gain's size: y = x / rms(x) gain. */
function rmsNorm(gain: Float32Array, x: Float32Array, y: Float32Array, epsilon: number): void {
  const size = gain.length;
  for (let row = 0; row < x.length; row += size) {
    let squares = 0;
    for (let c = 0; c < size; c++) squares += x[row + c]! ** 2;
    const scale = 1 / Math.sqrt(squares / size + epsilon);
    for (let c = 0; c < size; c++) y[row + c] = x[row + c]! * scale * gain[c]!;
  }
}

/**
 * Rotates the heads of each row by its position, in place: pairs are the two halves of a head.
 * @param width of a row, all heads @param turns radians a token, of each pair @param from position of the first row
 */
function rotate(rows: Float32Array, width: number, turns: Float64Array, from: number): void {
  const pairs = turns.length;
  for (let row = 0; row < rows.length; row += width) {
    for (let i = 0; i < pairs; i++) {
      const angle = (from + row / width) * turns[i]!;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let first = row + i; first < row + width; first += 2 * pairs) {
        const [a, b] = [rows[first]!, rows[first + pairs]!];
        rows[first] = a * cos - b * sin;
        rows[first + pairs] = b * cos + a * sin;
      }
    }
  }
}
