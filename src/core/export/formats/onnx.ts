import { loaded } from '../../base/load';
import { formatBytes } from '../../base/units';
import { modelSpec } from '../../models';
import { sizeOf } from '../../models/spec';
import { BOUND_OF_F16, BOUND_OF_F32, readers } from '../../verify/check';
import { type Card, describingBytes, F16, F32, type Format, type Known, weightBytes } from '../format';
import type { RunInfo } from '../homegrownJson';
import { hubProblem } from './huggingFace';
import { DOES } from '../kinds';
import type { Precision } from '../../onnx/graph';

const ONNX: Card = {
  name: 'ONNX',
  purpose: 'Run it inside a web page or an app',
  opensIn: 'onnxruntime, transformers.js',
  holds: 'zip: model.onnx, tokenizer.json, config, README',
  howToLoad: ({ kind, prompt, tokens }) => [
    {
      title: 'JavaScript, with the ONNX folder',
      language: 'js',
      code: `import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.localModelPath = 'path/to/the/folder/above/';
const ${kind === 'encoder' ? 'fill' : 'generate'} = await pipeline('${DOES[kind].task}', 'name-of-the-folder');
${
  kind === 'encoder'
    ? `console.log(await fill(${JSON.stringify(prompt)} + fill.tokenizer.mask_token));`
    : `console.log(await generate(${JSON.stringify(prompt)}, { max_new_tokens: ${tokens}, do_sample: true }));`
}`,
    },
  ],
};

/** A folder that transformers.js opens, on onnxruntime: in a browser, in Node. */
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
    const { onnxFiles } = await loaded('The writer of ONNX', import('../onnx'));
    return onnxFiles(exported, precision);
  },
  check: {
    engine: 'onnxruntime',
    opens: async (file) => (await readers()).filesInZip(file, '.onnx'),
    bound: PRECISIONS[precision].bound,
  },
});
/** Of matrices; vectors, and all that is reckoned with them, have 32 bits. */
const PRECISIONS = {
  f32: { precision: F32, bound: BOUND_OF_F32 },
  f16: { precision: F16, bound: BOUND_OF_F16 },
} as const;
export const onnxF32 = onnx('f32');
export const onnxF16 = onnx('f16');

/** Nodes and names of edges. A decoder that answers is two graphs in one, of which each layer reads what was encoded too. */
const graphBytes = ({ model }: Known): number => 2500 + (isOfTwo(model) ? 11_000 : 4000) * model.config.layers;
/** The table of embeddings, which encoder and decoder each have in their file. */
const againBytes = ({ model }: Known, precision: Precision): number =>
  isOfTwo(model) ? (PRECISIONS[precision].precision.bits / 8) * model.vocabulary * model.config.width : 0;
const isOfTwo = ({ id }: Known['model']): boolean => modelSpec(id).kind === 'encoder-decoder';

function problem({ model }: Pick<RunInfo, 'model'>, precision: Precision): string | null {
  const { id, config, vocabulary } = model;
  const { label, params, onnx: forward, huggingFace: described } = modelSpec(id);
  if (!forward || !described) return `A ${label} model cannot be written as ONNX`;
  const unknown = hubProblem({ model });
  if (unknown !== null) return unknown;
  const { bits } = PRECISIONS[precision].precision;
  const shapes = Object.values(params(config, vocabulary)).map(({ shape }) => shape);
  const bytes = shapes.reduce((sum, shape) => sum + sizeOf(shape) * (shape.length > 1 ? bits / 8 : 4), 0);
  if (bytes <= LARGEST - GRAPH) return null;
  return `As ONNX in ${precision} the weights take ${formatBytes(bytes)}, and such a file holds at most ${formatBytes(LARGEST)}`;
}

/** Protobuf's readers take no message of 2 GiB or more. */
const LARGEST = 2 ** 31 - 1;
/** Room for all that are not weights. */
const GRAPH = 2 ** 20;
