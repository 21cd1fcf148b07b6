import type { ByteStream } from '../files/byteSource';
import { hashTensors, NO_HASH, TENSORS_SHA256 } from '../checkpoint/tensorsHash';
import { modelSpec } from '../models';
import { weightsOf } from './weights';
import type { Exported } from './format';
import { describingFiles } from './huggingFace';
import { graphBuilder, type Precision } from '../onnx/graph';
import { chunksOf, type LazyBytes, totalLength } from '../onnx/lazyBytes';
import { model } from '../onnx/proto';

/** A folder that transformers.js opens. */
export async function onnxFiles(exported: Exported, precision: Precision): Promise<readonly ByteStream[]> {
  const { dtype, file } = VARIANTS[precision];
  return [
    // Without it, transformers.js asks for 8-bit weights where it runs on wasm.
    ...describingFiles(exported, { 'transformers.js_config': { dtype } }),
    await onnxFile(exported, precision, file),
  ];
}

/** The graph with its weights, without the files around it. */
export async function onnxFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  name = 'model.onnx',
): Promise<ByteStream> {
  const choice = exported.info.model;
  const g = graphBuilder(choice.id, weightsOf(exported), precision);
  const { onnx } = await modelSpec(choice.id).onnx!();
  onnx(g, choice);
  const graph = g.finish();
  const parts = (hash: string): LazyBytes[] => model(graph, { [TENSORS_SHA256]: hash });
  return {
    name,
    size: totalLength(parts(NO_HASH)),
    async *chunks() {
      yield* chunksOf(parts(await hashTensors(chunksOf(graph.initializers.map(({ data }) => data)))));
    },
  };
}

/** Names that transformers.js looks for. */
const VARIANTS = {
  f32: { dtype: 'fp32', file: 'onnx/model.onnx' },
  f16: { dtype: 'fp16', file: 'onnx/model_fp16.onnx' },
} as const;
