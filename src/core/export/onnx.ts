import { formatBytes } from '../base/units';
import type { ByteStream } from '../checkpoint/byteSource';
import { hashTensors, NO_HASH, TENSORS_SHA256 } from '../checkpoint/tensorsHash';
import { modelSpec, type ModelId } from '../models';
import type { ModelChoice } from '../models/network';
import { sizeOf } from '../models/spec';
import { weightsOf } from './exported';
import type { Exported, Format } from './format';
import { describingFiles } from './huggingFace';
import type { RunInfo } from './homegrownJson';
import { gpt } from './onnx/gpt';
import { type GraphBuilder, graphBuilder, type Precision } from './onnx/graph';
import { chunksOf, type Part, partsSize } from './onnx/parts';
import { model } from './onnx/proto';

/** A folder that transformers.js opens, on onnxruntime: in a browser, in Node. */
const onnx = (precision: Precision): Format => ({
  kind: 'folder',
  problem: (info) => problem(info, precision),
  files(exported) {
    const { dtype, file } = VARIANTS[precision];
    return [
      // Without it, transformers.js asks for 8-bit weights where it runs on wasm.
      ...describingFiles(exported, { 'transformers.js_config': { dtype } }),
      onnxFile(exported, precision, file),
    ];
  },
});
export const onnxF32 = onnx('f32');
export const onnxF16 = onnx('f16');

/** The graph with its weights, without the files around it. */
export function onnxFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  name = 'model.onnx',
): ByteStream {
  const choice = exported.info.model;
  const g = graphBuilder(choice.id, weightsOf(exported), precision);
  GRAPHS[choice.id]!(g, choice);
  const graph = g.finish();
  const parts = (hash: string): Part[] => model(graph, { [TENSORS_SHA256]: hash });
  return {
    name,
    size: partsSize(parts(NO_HASH)),
    async *chunks() {
      yield* chunksOf(parts(await hashTensors(chunksOf(graph.initializers.map(({ data }) => data)))));
    },
  };
}

/** How each architecture computes, in ONNX's operators. */
const GRAPHS: Readonly<Partial<Record<ModelId, (g: GraphBuilder, choice: ModelChoice) => void>>> = { gpt };

/** Names that transformers.js looks for. */
const VARIANTS = {
  f32: { dtype: 'fp32', file: 'onnx/model.onnx', bytes: 4 },
  f16: { dtype: 'fp16', file: 'onnx/model_fp16.onnx', bytes: 2 },
} as const;

function problem({ model: { id, config, vocabulary } }: RunInfo, precision: Precision): string | null {
  const { label, params } = modelSpec(id);
  if (!GRAPHS[id]) return `A ${label} model cannot be written as ONNX`;
  const shapes = Object.values(params(config, vocabulary)).map(({ shape }) => shape);
  const bytes = shapes.reduce(
    (sum, shape) => sum + sizeOf(shape) * (shape.length > 1 ? VARIANTS[precision].bytes : 4),
    0,
  );
  if (bytes <= LARGEST - GRAPH) return null;
  return `As ONNX in ${precision} the weights take ${formatBytes(bytes)}, and such a file holds at most ${formatBytes(LARGEST)}`;
}

/** Protobuf's readers take no message of 2 GiB or more. */
const LARGEST = 2 ** 31 - 1;
/** Room for all that are not weights. */
const GRAPH = 2 ** 20;
