import type { ByteStream } from '../../../files/byteSource';
import { hashTensors, NO_HASH, TENSORS_SHA256 } from '../../../checkpoint/tensorsHash';
import { modelSpec } from '../../../models';
import type { OnnxForward } from '../../../models/interop';
import type { ModelChoice } from '../../../models/network';
import { elsewhere, weightsOf } from '../../weights';
import type { Exported } from '../../format';
import { describingFiles } from '../huggingFace/write';
import { graphBuilder, type Precision } from '../../../onnx/graph';
import { chunksOf, type LazyBytes, totalLength } from '../../../onnx/lazyBytes';
import { model } from '../../../onnx/proto';

/** Writes a folder that transformers.js opens. */
export async function onnxFiles(exported: Exported, precision: Precision): Promise<readonly ByteStream[]> {
  const { dtype, suffix } = VARIANTS[precision];
  const graphs = Object.entries(await graphsOf(exported.info.model));
  return [
    // Without this field, transformers.js requests 8-bit weights when it runs on WASM.
    ...describingFiles(exported, { 'transformers.js_config': { dtype } }),
    ...graphs.map(([name, graph]) => graphFile(exported, precision, graph, `onnx/${name}${suffix}.onnx`)),
  ];
}

/** Writes a graph with its weights, without the rest of the folder. @param name of the graph, if several */
export async function onnxFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  name = WHOLE,
): Promise<ByteStream> {
  return graphFile(exported, precision, (await graphsOf(exported.info.model))[name]!, `${name}.onnx`);
}

/** Graphs by their file names. */
async function graphsOf({ id }: ModelChoice): Promise<Readonly<Record<string, OnnxForward>>> {
  const { onnx } = await modelSpec(id).onnx!();
  return typeof onnx === 'function' ? { [WHOLE]: onnx } : onnx;
}
const WHOLE = 'model';

function graphFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  forward: OnnxForward,
  name: string,
): ByteStream {
  const choice = exported.info.model;
  const g = graphBuilder(choice.id, weightsOf(exported), precision);
  forward(g, elsewhere(choice));
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

/** Names that transformers.js expects. */
const VARIANTS = {
  f32: { dtype: 'fp32', suffix: '' },
  f16: { dtype: 'fp16', suffix: '_fp16' },
} as const;
