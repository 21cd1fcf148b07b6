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

/** A folder that transformers.js opens. */
export async function onnxFiles(exported: Exported, precision: Precision): Promise<readonly ByteStream[]> {
  const { dtype, suffix } = VARIANTS[precision];
  const graphs = Object.entries(await graphsOf(exported.info.model));
  return [
    // Without it, transformers.js asks for 8-bit weights where it runs on wasm.
    ...describingFiles(exported, { 'transformers.js_config': { dtype } }),
    ...graphs.map(([name, graph]) => graphFile(exported, precision, graph, `onnx/${name}${suffix}.onnx`)),
  ];
}

/** The graph with its weights, without the files around it; of several the one of that name. */
export async function onnxFile(
  exported: Pick<Exported, 'info' | 'snapshot'>,
  precision: Precision,
  name = WHOLE,
): Promise<ByteStream> {
  return graphFile(exported, precision, (await graphsOf(exported.info.model))[name]!, `${name}.onnx`);
}

/** By the names of their files. */
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

/** Names that transformers.js looks for. */
const VARIANTS = {
  f32: { dtype: 'fp32', suffix: '' },
  f16: { dtype: 'fp16', suffix: '_fp16' },
} as const;
