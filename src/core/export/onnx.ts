import type { ByteStream } from '../files/byteSource';
import { hashTensors, NO_HASH, TENSORS_SHA256 } from '../checkpoint/tensorsHash';
import type { ModelChoice } from '../models/network';
import { weightsOf } from './weights';
import type { Exported } from './format';
import type { OnnxModel } from './formats/onnx';
import { describingFiles } from './huggingFace';
import { gpt } from './onnx/gpt';
import { type GraphBuilder, graphBuilder, type Precision } from './onnx/graph';
import { chunksOf, type Part, partsSize } from './onnx/parts';
import { model } from './onnx/proto';

/** A folder that transformers.js opens. */
export function onnxFiles(exported: Exported, precision: Precision): readonly ByteStream[] {
  const { dtype, file } = VARIANTS[precision];
  return [
    // Without it, transformers.js asks for 8-bit weights where it runs on wasm.
    ...describingFiles(exported, { 'transformers.js_config': { dtype } }),
    onnxFile(exported, precision, file),
  ];
}

/** The graph with its weights, without the files around it. */
export function onnxFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  name = 'model.onnx',
): ByteStream {
  const choice = exported.info.model;
  const g = graphBuilder(choice.id, weightsOf(exported), precision);
  GRAPHS[choice.id](g, choice);
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
const GRAPHS: Readonly<Record<OnnxModel, (g: GraphBuilder, choice: ModelChoice) => void>> = { gpt };

/** Names that transformers.js looks for. */
const VARIANTS = {
  f32: { dtype: 'fp32', file: 'onnx/model.onnx' },
  f16: { dtype: 'fp16', file: 'onnx/model_fp16.onnx' },
} as const;
