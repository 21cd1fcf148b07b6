import { formatCount } from '../../base/units';
import { headWords, logits, type Picture, type Piece, type Stack } from '../picture';
import { blockOf, columnsOf, distancesOf, feedForwardLayer, type Side, type T5Config } from './sizes';

/** Diagram of the encoder and, above it, the decoder that reads its output. */
export function picture(config: T5Config, vocabulary: number): Picture {
  const { layers, heads, width, hidden, gated, buckets, context, untied } = config;
  const norm = (layer: string): Piece => ({ name: 'RMSNorm', isNorm: true, weights: [`${layer}.weight`] });
  const heading = headWords(heads, columnsOf(config).head);
  const branch = (layer: string, piece: Omit<Piece, 'weights'>, weights: readonly string[]) => ({
    pieces: [norm(`${layer}.layer_norm`), { ...piece, weights: weights.map((name) => `${layer}.${name}.weight`) }],
  });
  const self = (side: Side) =>
    branch(
      `${blockOf(side, 0)}.layer.0`,
      { name: 'Attention', detail: `${heading}, ${side === 'encoder' ? 'both ways' : 'causal'}` },
      ['SelfAttention.qkv', 'SelfAttention.o'],
    );
  const cross = branch(`${blockOf('decoder', 0)}.layer.1`, { name: 'Cross-attention', detail: heading }, [
    'EncDecAttention.q',
    'EncDecAttention.kv',
    'EncDecAttention.o',
  ]);
  const feedForward = (side: Side) =>
    branch(
      `${blockOf(side, 0)}.${feedForwardLayer(side)}`,
      { name: gated ? 'GEGLU' : 'Feed-forward', detail: `inner ${formatCount(hidden)}` },
      ['DenseReluDense.wi', 'DenseReluDense.wo'],
    );
  const places = (side: Side): Piece => ({
    name: 'Distances',
    detail: `${formatCount(buckets)} buckets, in all scores`,
    weights: [distancesOf(side)],
  });
  const encoder: Stack = {
    name: 'Encoder',
    rows: context,
    from: `${formatCount(context)} tokens of input`,
    before: [{ name: 'Token', weights: ['shared.weight'], columns: width }, places('encoder')],
    blocks: { times: layers, branches: [self('encoder'), feedForward('encoder')] },
    after: [norm('encoder.final_layer_norm')],
    to: 'a row for each, which the decoder reads',
  };
  const decoder: Stack = {
    name: 'Decoder',
    rows: context,
    from: `${formatCount(context)} tokens of output`,
    before: [{ name: 'Token, shared', weights: [], columns: width }, places('decoder')],
    blocks: { times: layers, branches: [self('decoder'), cross, feedForward('decoder')] },
    after: [norm('decoder.final_layer_norm'), logits(untied && 'lm_head.weight', vocabulary)],
    to: 'a score for each next token',
  };
  return { stacks: [encoder, decoder] };
}
