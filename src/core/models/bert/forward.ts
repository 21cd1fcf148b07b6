import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { block, dense, mlp, norm, type Norm } from '../../nn/layers';
import { type Activation, activation } from '../../ops/activation';
import { attention } from '../../ops/attention';
import { embedding, embeddingTied } from '../../ops/embedding';
import { goesOn, scored } from '../pooled';
import { added, attentionDropped, dropped } from '../residual';
import { seenWeights } from '../seenWeights';
import type { BlockActivation, Forward, HookName, Pass } from '../spec';
import type { BertConfig } from './sizes';

/**
 * BERT with its head for masked language modeling or classification. Post-norm; all tokens are in the first segment.
 * Dropout is where BERT has it: after the embedding's norm, on attention weights, and at the end of each branch.
 */
export const forward: Forward<BertConfig> = {
  encode(pass, ids) {
    const { config, params, recompute, hook } = pass;
    const see = (name: HookName, x: Tensor2D): Tensor2D => (hook ? hook(name, x) : x);
    const matrix = (name: string): Tensor2D => params[`${name}.weight`] as Tensor2D;
    const of = (name: string): string => `bert.embeddings.${name}`;
    const firstType = tf.zeros<tf.Rank.R2>([1, ids.shape[1]], 'int32');
    const places = embedding(firstType, matrix(of('token_type_embeddings')), matrix(of('position_embeddings'))); // [T, C]
    const table = matrix(of('word_embeddings'));
    const { classes } = config;
    const [embedded, classifier] =
      (config.untied ?? classes)
        ? [embedding(ids, table, places), matrix(classes ? 'classifier' : 'cls.predictions.decoder')]
        : embeddingTied(ids, table, places);
    const normed = norm(params, of('LayerNorm'), embedded, normOf(config));
    let x = see('embedding', pass.dropout > 0 ? dropped(pass, normed, 'embedding') : normed);
    for (let i = 0; i < config.layers; i++) x = block(x, (input) => layer(pass, input, i, ids.shape[0]), recompute);
    if (classes) {
      const whole = tf.tanh(dense(params, 'bert.pooler.dense', scored(pass, see('norm', x))));
      const hidden = pass.dropout > 0 ? dropped(pass, whole, 'classifier') : whole;
      return { hidden, classifier, bias: params['classifier.bias'] as Tensor1D };
    }
    const transformed = activation(
      dense(params, 'cls.predictions.transform.dense', x),
      activationOf(config),
    ) as Tensor2D;
    const hidden = norm(params, 'cls.predictions.transform.LayerNorm', transformed, normOf(config));
    return { hidden: see('norm', hidden), classifier, bias: params['cls.predictions.bias'] as Tensor1D };
  },
};

const normOf = ({ normEpsilon }: BertConfig): Norm => ({ kind: 'layerNorm', epsilon: normEpsilon });
const activationOf = ({ tanh }: BertConfig): Activation => (tanh ? 'gelu-tanh' : 'gelu-erf');

/** x [B T, C] -> [B T, C], or in the last layer only the scored rows */
function layer(pass: Pass<BertConfig>, x: Tensor2D, i: number, rows: number): Tensor2D {
  const { config, params, hook, lengths, counter } = pass;
  const h = `bert.encoder.layer.${i}`;
  const at =
    (site: BlockActivation) =>
    (value: Tensor2D): Tensor2D =>
      hook ? hook(`blocks.${i}.${site}`, value) : value;
  const qkv = at('attention.qkv')(dense(params, `${h}.attention.self.qkv`, at('attention.norm')(x))); // [B T, 3 C]
  const how = { ...attentionDropped(pass, `${h}.attention.self`), ...seenWeights(pass, i) };
  const settings = { rows, heads: config.heads, causal: false, ...how };
  const from = { qkv, ...(lengths && { lengths }), ...(counter && settings.dropout && { counter }) };
  const heads = goesOn(pass, i, at('attention.heads')(attention(from, settings)));
  const attended = added(pass, goesOn(pass, i, x), `${h}.attention.output.dense`, at('attention.out'), (to) =>
    dense(params, `${h}.attention.output.dense`, heads, to),
  );
  const middle = at('middle')(norm(params, `${h}.attention.output.LayerNorm`, attended, normOf(config)));
  const inner = hook && at('mlp.inner');
  const layers = [`${h}.intermediate.dense`, `${h}.output.dense`] as const;
  const y = added(pass, middle, layers[1], at('mlp.out'), (to) =>
    mlp(params, layers, at('mlp.norm')(middle), { activation: activationOf(config) }, { ...to, inner }),
  );
  return at('out')(norm(params, `${h}.output.LayerNorm`, y, normOf(config)));
}
