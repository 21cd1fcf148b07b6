import type { GraphBuilder, Value } from '../../onnx/graph';
import { attention, classifier, dense, embedding, gelu, keepTokens, rmsNorm, splitHeads } from '../../onnx/layers';
import type { OnnxForward, Sized } from '../interop';
import { ELEMENT } from '../../onnx/proto';
import { bucketOf } from '../../ops/relativeBuckets';
import { blockOf, columnsOf, CROSS, distancesOf, feedForwardLayer, SELF, type Side, type T5Config } from './sizes';

/** T5 as in forward.ts, in the two files that transformers.js expects. */
export const onnx: Readonly<Record<string, OnnxForward<T5Config>>> = {
  encoder_model: encoder,
  decoder_model_merged: decoder,
};

/** input_ids and attention_mask [B, S] -> last_hidden_state [B, S, C] */
function encoder(g: GraphBuilder, { config }: Sized<T5Config>): void {
  const { layers, width } = config;
  const shape = ['batch_size', 'encoder_sequence_length'] as const;
  const ids = g.input('input_ids', 'int64', shape);
  const keep = keepTokens(g, g.input('attention_mask', 'int64', shape));
  g.output({ name: 'last_hidden_state' }, 'float', [...shape, width]);
  const length = g.op('Shape', [ids], { start: 1 });
  const places = range(g, g.integers(0), g.op('Squeeze', [length, g.integers([0])])); // [S]
  const bias = biasOf(g, config, 'encoder', places, places);
  let x = embedding(g, 'shared', ids);
  for (let i = 0; i < layers; i++) {
    const b = blockOf('encoder', i);
    const before = rmsNorm(g, `${b}.layer.0.layer_norm`, x, config.normEpsilon);
    const [q, k, v] = headsOf(g, config, `${b}.${SELF}.qkv`, before, 3) as [Value, Value, Value];
    x = attended(g, config, `${b}.${SELF}`, x, { q, k, v, keep, bias });
    x = feedForward(g, config, 'encoder', i, x);
  }
  rmsNorm(g, 'encoder.final_layer_norm', x, config.normEpsilon, 'last_hidden_state');
}

/**
 * input_ids [B, T] after the cached ones, encoder_hidden_states [B, S, C], encoder_attention_mask [B, S], and of each
 * layer past_key_values.N.decoder.key|value and past_key_values.N.encoder.key|value -> logits [B, T, V] and `present`
 * of each. Projects only encoder rows that aren't cached: all of them with an empty cache, then none.
 */
function decoder(g: GraphBuilder, { config, vocabulary }: Sized<T5Config>): void {
  const { layers, heads, width, scaled, untied } = config;
  const { head } = columnsOf(config);
  const ids = g.input('input_ids', 'int64', ['batch_size', 'decoder_sequence_length']);
  const mask = g.input('encoder_attention_mask', 'int64', ['batch_size', 'encoder_sequence_length']);
  const memory = g.input('encoder_hidden_states', 'float', ['batch_size', 'encoder_sequence_length', width]);
  g.output({ name: 'logits' }, 'float', ['batch_size', 'decoder_sequence_length', vocabulary]);
  const lengths = { decoder: 'past_decoder_sequence_length', encoder: 'past_encoder_sequence_length' };
  for (let layer = 0; layer < layers; layer++) {
    for (const side of ['decoder', 'encoder'] as const) {
      for (const kind of ['key', 'value']) {
        const name = `${layer}.${side}.${kind}`;
        g.input(`past_key_values.${name}`, 'float', ['batch_size', heads, lengths[side], head]);
        g.output({ name: `present.${name}` }, 'float', ['batch_size', heads, `${lengths[side]} + new`, head]);
      }
    }
  }
  const [first, last] = [g.integers([0]), g.integers([2 ** 31 - 1])];
  const remembered = (name: string, newest: Value): Value =>
    g.op('Concat', [{ name: `past_key_values.${name}` }, newest], { axis: 2 }, `present.${name}`);
  const known = (side: Side): Value => g.op('Shape', [{ name: `past_key_values.0.${side}.key` }], { start: 2, end: 3 }); // [1]
  const past = known('decoder');
  const all = g.op('Add', [past, g.op('Shape', [ids], { start: 1 })]);
  const queries = range(g, g.op('Squeeze', [past, first]), g.op('Squeeze', [all, first])); // [T]
  const keys = range(g, g.integers(0), g.op('Squeeze', [all, first])); // [past + T]
  const causal = g.op('LessOrEqual', [keys, g.op('Unsqueeze', [queries, g.integers([1])])]); // [T, past + T]
  const keep = keepTokens(g, mask);
  const unread = g.op('Slice', [memory, known('encoder'), last, g.integers([1])]); // [B, 0 or S, C]
  const bias = biasOf(g, config, 'decoder', queries, keys);
  let x = embedding(g, 'shared', ids);
  for (let i = 0; i < layers; i++) {
    const b = blockOf('decoder', i);
    const before = rmsNorm(g, `${b}.layer.0.layer_norm`, x, config.normEpsilon);
    const [q, k, v] = headsOf(g, config, `${b}.${SELF}.qkv`, before, 3) as [Value, Value, Value];
    const own = { k: remembered(`${i}.decoder.key`, k), v: remembered(`${i}.decoder.value`, v) };
    x = attended(g, config, `${b}.${SELF}`, x, { q, ...own, keep: causal, bias });
    const between = rmsNorm(g, `${b}.layer.1.layer_norm`, x, config.normEpsilon);
    const [asked] = headsOf(g, config, `${b}.${CROSS}.q`, between, 1) as [Value];
    const [newKeys, newValues] = headsOf(g, config, `${b}.${CROSS}.kv`, unread, 2) as [Value, Value];
    const read = { k: remembered(`${i}.encoder.key`, newKeys), v: remembered(`${i}.encoder.value`, newValues) };
    x = attended(g, config, `${b}.${CROSS}`, x, { q: asked, ...read, keep });
    x = feedForward(g, config, 'decoder', i, x);
  }
  const normed = rmsNorm(g, 'decoder.final_layer_norm', x, config.normEpsilon);
  const hidden = scaled ? g.op('Mul', [normed, g.real(1 / Math.sqrt(width))]) : normed;
  classifier(g, g.weight(untied ? 'lm_head.weight' : 'shared.weight'), hidden, g.op('Shape', [ids]), 'logits');
}

const range = (g: GraphBuilder, from: Value, to: Value): Value => g.op('Range', [from, to, g.integers(1)]);

/** x [B, T, C] -> `count` tensors of heads [B, H, T, d], from joined matrices. */
function headsOf(g: GraphBuilder, config: T5Config, layer: string, x: Value, count: number): readonly Value[] {
  const all = dense(g, layer, x);
  const parts = count === 1 ? [all] : g.ops('Split', [all], count, { axis: -1, num_outputs: count });
  return parts.map((part) => splitHeads(g, part, config.heads, columnsOf(config).head));
}

function attended(
  g: GraphBuilder,
  config: T5Config,
  layer: string,
  x: Value,
  given: Parameters<typeof attention>[1],
): Value {
  const mixed = attention(g, { ...given, scale: 1 }, config.heads, columnsOf(config).head);
  return g.op('Add', [x, dense(g, `${layer}.o`, mixed)]);
}

function feedForward(g: GraphBuilder, { gated, normEpsilon }: T5Config, side: Side, i: number, x: Value): Value {
  const layer = `${blockOf(side, i)}.${feedForwardLayer(side)}`;
  const pre = dense(g, `${layer}.DenseReluDense.wi`, rmsNorm(g, `${layer}.layer_norm`, x, normEpsilon));
  const [gate, up] = gated ? g.ops('Split', [pre], 2, { axis: -1, num_outputs: 2 }) : [];
  const inner = gate && up ? g.op('Mul', [gelu(g, gate), up]) : g.op('Relu', [pre]);
  return g.op('Add', [x, dense(g, `${layer}.DenseReluDense.wo`, inner)]);
}

/** Positions of queries [T] and keys [S], int64 -> score bias [1, H, T, S]. Looks up buckets by distance. */
function biasOf(g: GraphBuilder, config: T5Config, side: Side, queries: Value, keys: Value): Value {
  const { buckets, maxDistance } = config;
  const settings = { buckets, maxDistance, bidirectional: side === 'encoder' };
  const known = Array.from({ length: 2 * maxDistance + 1 }, (_, at) => bucketOf(at - maxDistance, settings));
  const relative = g.op('Sub', [keys, g.op('Unsqueeze', [queries, g.integers([1])])]); // [T, S]
  const near = g.op('Clip', [relative, g.integers(-maxDistance), g.integers(maxDistance)]);
  const which = g.op('Gather', [g.integers(known), g.op('Add', [near, g.integers(maxDistance)])]);
  const table = g.weight(distancesOf(side));
  const rows = g.op('Gather', [table, which]); // [T, S, H]
  const real = table.type === 'float' ? rows : g.op('Cast', [rows], { to: ELEMENT.float });
  return g.op('Unsqueeze', [g.op('Transpose', [real], { perm: [2, 0, 1] }), g.integers([0])]);
}
