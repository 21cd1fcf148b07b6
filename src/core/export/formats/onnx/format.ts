import { loaded } from '../../../base/load';
import { formatBytes } from '../../../base/units';
import { modelSpec } from '../../../models';
import { classProblem } from '../../../models/folderFormat';
import { sizeOf } from '../../../models/spec';
import { BOUND_OF_F16, BOUND_OF_F32, readers } from '../../../verify/check';
import {
  type Card,
  describingBytes,
  F16,
  F32,
  type Format,
  type Known,
  type LoadFacts,
  weightBytes,
} from '../../format';
import type { RunInfo } from '../../homegrownJson';
import { DOES, kindOf } from '../../kinds';
import type { Precision } from '../../../onnx/graph';

const ONNX: Card = {
  name: 'ONNX',
  purpose: 'Run it in a web app',
  icon: 'globe',
  opensIn: 'onnxruntime, transformers.js',
  opensThis: (model) =>
    kindOf(model) === 'classifier' && modelSpec(model.id).kind === 'decoder'
      ? 'onnxruntime; transformers.js has no class for this model'
      : undefined,
  holds: 'zip with model.onnx, tokenizer.json, config and README',
  howToLoad: (facts) => [
    {
      title: 'JavaScript, with the ONNX folder',
      language: 'js',
      code: facts.use === 'classifier' && facts.kind === 'decoder' ? inNode(facts) : inPipeline(facts),
    },
  ],
};

function inPipeline({ use, prompt, tokens, likely }: LoadFacts): string {
  const name = { encoder: 'fill', classifier: 'classify', decoder: 'generate', 'encoder-decoder': 'generate' }[use];
  const asked = {
    encoder: `${JSON.stringify(prompt)} + fill.tokenizer.mask_token`,
    // With several labels per text, each label has its own score.
    classifier: `['One text', 'Another']${likely === undefined ? '' : ', { top_k: null }'}`,
    decoder: `${JSON.stringify(prompt)}, { max_new_tokens: ${tokens}, do_sample: true }`,
    'encoder-decoder': `${JSON.stringify(prompt)}, { max_new_tokens: ${tokens}, do_sample: true }`,
  }[use];
  return `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.localModelPath = 'path/to/the/folder/above/';
const ${name} = await pipeline('${DOES[use].task}', 'name-of-the-folder');
console.log(await ${name}(${asked}));`;
}

/** Code for a decoder classifier, which transformers.js has no class for. */
const inNode = ({ likely }: LoadFacts): string => `import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node'; // transformers.js has no class of such a model

const json = (name) => JSON.parse(readFileSync(\`path/to/the/folder/\${name}\`, 'utf8'));
const { id2label, max_position_embeddings, n_positions = max_position_embeddings } = json('config.json');
const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
const session = await InferenceSession.create('path/to/the/folder/onnx/model.onnx'); // model_fp16.onnx of 16 bits
const ids = tokenizer.encode('One text').ids.slice(0, n_positions);
const row = (values) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
const { logits } = await session.run({ input_ids: row(ids), attention_mask: row(ids.map(() => 1)) });
${
  likely === undefined
    ? 'console.log(id2label[logits.data.indexOf(Math.max(...logits.data))]);'
    : `console.log(Object.values(id2label).filter((_, i) => 1 / (1 + Math.exp(-logits.data[i])) >= ${likely}));`
}`;

/** A folder that transformers.js opens with onnxruntime, in a browser or in Node. */
const onnx = (precision: Precision): Format => ({
  card: ONNX,
  precision: PRECISIONS[precision].precision,
  kind: 'folder',
  problem: (info) => problem(info, precision),
  bytes: (known) =>
    describingBytes(known) +
    graphBytes(known) +
    weightBytes(PRECISIONS[precision].precision, known) +
    againBytes(known, precision),
  async files(exported) {
    const { onnxFiles } = await loaded('The ONNX exporter', import('./write'));
    return onnxFiles(exported, precision);
  },
  check: {
    engine: 'onnxruntime',
    opens: async (file) => (await readers()).filesInZip(file, '.onnx'),
    bound: PRECISIONS[precision].bound,
  },
});
/** Precision of matrices. Vectors and all intermediate results have 32 bits. */
const PRECISIONS = {
  f32: { precision: F32, bound: BOUND_OF_F32 },
  f16: { precision: F16, bound: BOUND_OF_F16 },
} as const;
export const onnxF32 = onnx('f32');
export const onnxF16 = onnx('f16');

/**
 * Bytes of nodes and edge names. An encoder-decoder's decoder file contains two graphs, and its layers also read the
 * encoder's output.
 */
const graphBytes = ({ model }: Known): number => 2500 + (isOfTwo(model) ? 11_000 : 4000) * model.config.layers;
/** Bytes of the second embedding table: encoder and decoder files each have one. */
const againBytes = ({ model }: Known, precision: Precision): number =>
  isOfTwo(model) ? (PRECISIONS[precision].precision.bits / 8) * model.vocabulary * model.config.width : 0;
const isOfTwo = ({ id }: Known['model']): boolean => modelSpec(id).kind === 'encoder-decoder';

function problem({ model }: Pick<RunInfo, 'model'>, precision: Precision): string | null {
  const { id, config, vocabulary } = model;
  const { label, params, onnx: forward, huggingFace: described } = modelSpec(id);
  if (!forward || !described) return `The ONNX exporter doesn’t support ${label} models`;
  const unknown = classProblem(model);
  if (unknown !== null) return unknown;
  const { bits } = PRECISIONS[precision].precision;
  const shapes = Object.values(params(config, vocabulary)).map(({ shape }) => shape);
  const bytes = shapes.reduce((sum, shape) => sum + sizeOf(shape) * (shape.length > 1 ? bits / 8 : 4), 0);
  if (bytes <= MAX - GRAPH) return null;
  return `In ${precision} the weights take ${formatBytes(bytes)}; an ONNX file holds at most ${formatBytes(MAX)}`;
}

/** Protobuf readers reject messages of 2 GiB or more. */
const MAX = 2 ** 31 - 1;
/** Bytes reserved for everything but weights. */
const GRAPH = 2 ** 20;
