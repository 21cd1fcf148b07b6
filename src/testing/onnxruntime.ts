import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-web/wasm';

/** Opens a model in the wasm build of onnxruntime, which browsers run. */
export function onWasm(file: Uint8Array): Promise<ort.InferenceSession> {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary ??= Uint8Array.from(readFileSync(join(folder, 'ort-wasm-simd-threaded.wasm'))).buffer;
  return ort.InferenceSession.create(file);
}

/** int64 [rows, columns] */
export const int64 = (rows: readonly (readonly number[])[]): ort.Tensor =>
  new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);

/** Empty caches of a decoder, for one row. */
export const emptyCaches = ({ inputMetadata }: ort.InferenceSession): Record<string, ort.Tensor> =>
  Object.fromEntries(
    inputMetadata.flatMap((input) => {
      if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
      const shape = input.shape.map((size) => (typeof size === 'number' ? size : size === 'batch_size' ? 1 : 0));
      return [[input.name, new ort.Tensor('float32', [], shape)] as const];
    }),
  );
