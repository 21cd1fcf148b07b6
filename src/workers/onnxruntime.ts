import * as ort from 'onnxruntime-web/wasm';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { ModelChoice } from '../core/models/network';
import type { SecondEngine } from '../core/verify/compare';
import { ownFile } from './ownFile';

/** onnxruntime on WebAssembly, with one thread. Each text is read from its beginning. */
export async function onnxruntime(file: Uint8Array, { vocabulary }: ModelChoice): Promise<SecondEngine> {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await (await ownFile(wasm, 'onnxruntime')).arrayBuffer();
  const session = await ort.InferenceSession.create(file);
  const caches = emptyCaches(session);
  return {
    name: 'onnxruntime',
    async scores(ids) {
      const row = (values: readonly number[]): ort.Tensor =>
        new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
      const { logits } = await session.run(
        { input_ids: row(ids), attention_mask: row(ids.map(() => 1)), ...caches },
        ['logits'], // [1, T, V]
      );
      return ((await logits!.getData()) as Float32Array).slice(-vocabulary);
    },
  };
}

/** Before anything has been read. */
const emptyCaches = ({ inputMetadata }: ort.InferenceSession): Record<string, ort.Tensor> =>
  Object.fromEntries(
    inputMetadata.flatMap((input) => {
      if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
      const shape = input.shape.map((size) => (typeof size === 'number' ? size : size === 'batch_size' ? 1 : 0));
      return [[input.name, new ort.Tensor('float32', [], shape)] as const];
    }),
  );
