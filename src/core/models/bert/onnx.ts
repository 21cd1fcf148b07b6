import type { GraphBuilder, Value } from '../../onnx/graph';
import { labelScores, pooling } from '../../onnx/labels';
import { attention, classifier, dense, embedding, gelu, keepTokens, layerNorm, splitHeads } from '../../onnx/layers';
import type { Sized } from '../interop';
import type { BertConfig } from './sizes';

/**
 * BERT as in forward.ts, with the names that transformers.js uses to fill masks: scores of every position [B, T, V];
 * or, for classification, scores of every label [B, labels].
 */
export function onnx(g: GraphBuilder, { config, vocabulary }: Sized<BertConfig>): void {
  const { layers, heads, width, tanh, normEpsilon, untied, classes } = config;
  const size = width / heads;
  const shape = ['batch_size', 'sequence_length'] as const;
  const ids = g.input('input_ids', 'int64', shape);
  const mask = g.input('attention_mask', 'int64', shape);
  const keep = keepTokens(g, mask);
  const norm = (layer: string, x: Value): Value => layerNorm(g, `${layer}.LayerNorm`, x, normEpsilon);
  const act = (x: Value): Value => gelu(g, x, tanh ? 'tanh' : 'none');

  const length = g.op('Squeeze', [g.op('Shape', [ids], { start: 1 }), g.integers([0])]);
  const positions = g.op('Range', [g.integers(0), length, g.integers(1)]); // [T]
  const placed = g.op('Add', [
    embedding(g, 'bert.embeddings.position_embeddings', positions),
    embedding(g, 'bert.embeddings.token_type_embeddings', g.integers(0)),
  ]); // [T, C]
  const { goesOn, scored } = pooling(g, mask, config);
  let x = norm('bert.embeddings', g.op('Add', [embedding(g, 'bert.embeddings.word_embeddings', ids), placed]));
  for (let i = 0; i < layers; i++) {
    const h = `bert.encoder.layer.${i}`;
    const split = g.ops('Split', [dense(g, `${h}.attention.self.qkv`, x)], 3, { axis: -1, num_outputs: 3 });
    const [q, k, v] = split.map((part) => splitHeads(g, part, heads, size)) as [Value, Value, Value];
    const mixed = goesOn(i, attention(g, { q, k, v, keep }, heads, size));
    const attended = dense(g, `${h}.attention.output.dense`, mixed);
    x = norm(`${h}.attention.output`, g.op('Add', [goesOn(i, x), attended]));
    const inner = act(dense(g, `${h}.intermediate.dense`, x)); // [B, T, H]
    x = norm(`${h}.output`, g.op('Add', [x, dense(g, `${h}.output.dense`, inner)]));
  }
  if (classes) {
    const whole = g.op('Tanh', [dense(g, 'bert.pooler.dense', scored(x))]);
    labelScores(g, g.weight('classifier.weight'), whole, g.weight('classifier.bias'));
    return;
  }
  g.output({ name: 'logits' }, 'float', [...shape, vocabulary]);
  const hidden = norm('cls.predictions.transform', act(dense(g, 'cls.predictions.transform.dense', x)));
  const matrix = g.weight(untied ? 'cls.predictions.decoder.weight' : 'bert.embeddings.word_embeddings.weight');
  classifier(g, matrix, hidden, g.op('Shape', [ids]), 'logits', g.weight('cls.predictions.bias'));
}
