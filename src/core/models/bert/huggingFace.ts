import { z } from '../../base/zod';
import { hubClassesOf } from '../hubClasses';
import type { HuggingFace } from '../interop';
import type { Layout } from '../layout';
import { type BertConfig, hiddenOf, innerOf } from './sizes';

const size = z.int().positive();
/** Names of tanh-approximated GELU and of exact GELU in transformers. */
const [BY_TANH, BY_ERF] = [['gelu_new', 'gelu_pytorch_tanh', 'gelu_fast'] as const, ['gelu', 'gelu_python'] as const];
/** Absent fields have BertConfig's defaults. */
const bert = z.object({
  vocab_size: size.default(30_522),
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: z.enum([...BY_TANH, ...BY_ERF]).default('gelu'),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  layer_norm_eps: z.number().default(1e-12),
  position_embedding_type: z.literal('absolute').default('absolute'),
  is_decoder: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(true),
});
const isByTanh = (act: string): boolean => (BY_TANH as readonly string[]).includes(act);

const [WORDS, DECODER, BIAS] = [
  'bert.embeddings.word_embeddings.weight',
  'cls.predictions.decoder',
  'cls.predictions.bias',
];

/** BertForMaskedLM and BertForSequenceClassification; reads also BertForPreTraining and the headless BertModel. */
export const huggingFace: HuggingFace<BertConfig> = {
  types: ['bert'],
  config: ({ config, vocabulary }, ids, dropped) => ({
    architectures: ['BertForMaskedLM'],
    model_type: 'bert',
    vocab_size: vocabulary,
    hidden_size: config.width,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    intermediate_size: innerOf(config),
    hidden_act: config.tanh ? 'gelu_new' : 'gelu',
    max_position_embeddings: config.context,
    type_vocab_size: config.tokenTypes,
    layer_norm_eps: config.normEpsilon,
    initializer_range: 0.02,
    hidden_dropout_prob: dropped?.dropout ?? 0,
    attention_probs_dropout_prob: dropped?.attentionDropout ?? 0,
    position_embedding_type: 'absolute',
    is_decoder: false,
    pad_token_id: ids.padding ?? null,
    tie_word_embeddings: !config.untied,
    torch_dtype: 'float32',
    ...hubClassesOf('Bert', config, ids),
  }),
  schema: bert.transform(({ hidden_size, intermediate_size, tie_word_embeddings: isTied, ...given }) => ({
    config: {
      layers: given.num_hidden_layers,
      heads: given.num_attention_heads,
      width: hidden_size,
      context: given.max_position_embeddings,
      hidden: hiddenOf(intermediate_size, hidden_size),
      tanh: isByTanh(given.hidden_act),
      tokenTypes: given.type_vocab_size,
      normEpsilon: given.layer_norm_eps,
      ...(!isTied && { untied: true as const }),
    },
    vocabulary: given.vocab_size,
  })),
  rename(given, { untied, classes }) {
    // Files converted from TensorFlow have older names of norms.
    const name = given.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
    const known = (classes ? /^(bert|classifier)\./ : /^(bert|cls)\./).test(name) ? name : `bert.${name}`;
    const isForPairs = !classes && /^(bert\.pooler|cls\.seq_relationship)\./.test(known); // for sentence pairs
    if (isForPairs || known === 'bert.embeddings.position_ids' || (untied && known === BIAS)) return null;
    return known;
  },
  head: {
    prefix: 'cls.predictions.',
    words: 'a head for masked tokens. A new one is initialized, and fills blanks only after training',
  },
  copies({ untied, classes }) {
    if (classes) return [];
    return untied
      ? [{ name: BIAS, of: `${DECODER}.bias`, isWritten: true }]
      : [
          { name: `${DECODER}.weight`, of: WORDS },
          { name: `${DECODER}.bias`, of: BIAS },
        ];
  },
  layout({ layers, width: C, untied, classes }) {
    const same = (name: string) => ({ name, of: name });
    const dense = (name: string): Layout => [{ ...same(`${name}.weight`), transposed: true }, same(`${name}.bias`)];
    const norm = (layer: string): Layout => ['weight', 'bias'].map((part) => same(`${layer}.LayerNorm.${part}`));
    const blocks = Array.from({ length: layers }, (_, i): Layout => {
      const h = `bert.encoder.layer.${i}`;
      const parts = (['query', 'key', 'value'] as const).flatMap((part, at): Layout => {
        const columns = [at * C, (at + 1) * C] as const;
        const of = `${h}.attention.self.qkv`;
        return [
          { name: `${h}.attention.self.${part}.weight`, of: `${of}.weight`, columns, transposed: true },
          { name: `${h}.attention.self.${part}.bias`, of: `${of}.bias`, columns },
        ];
      });
      return [
        ...parts,
        ...dense(`${h}.attention.output.dense`),
        ...norm(`${h}.attention.output`),
        ...dense(`${h}.intermediate.dense`),
        ...dense(`${h}.output.dense`),
        ...norm(`${h}.output`),
      ];
    });
    const ofLabels: Layout = [
      ...dense('bert.pooler.dense'),
      ...['weight', 'bias'].map((part) => same(`classifier.${part}`)),
    ];
    const ofTokens: Layout = [
      ...dense('cls.predictions.transform.dense'),
      ...norm('cls.predictions.transform'),
      ...(untied ? [same(`${DECODER}.weight`), { name: `${DECODER}.bias`, of: BIAS }] : [same(BIAS)]),
    ];
    return [
      ...['word', 'position', 'token_type'].map((what) => same(`bert.embeddings.${what}_embeddings.weight`)),
      ...norm('bert.embeddings'),
      ...blocks.flat(),
      ...(classes ? ofLabels : ofTokens),
    ];
  },
};
