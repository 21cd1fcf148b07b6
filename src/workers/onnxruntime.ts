import * as ort from 'onnxruntime-web/wasm';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { ModelChoice } from '../core/models/network';
import type { SecondEngine } from '../core/verify/compare';
import { asDistribution } from '../core/verify/asDistribution';
import { ownFile } from './ownFile';

/**
 * onnxruntime on WebAssembly, with one thread. Each text is read from its start.
 * @param files one graph, or that of an encoder and that of its decoder
 */
export async function onnxruntime(files: readonly Uint8Array[], model: ModelChoice): Promise<SecondEngine> {
  const { vocabulary } = model;
  const { classes } = model.config;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await (await ownFile(wasm, 'onnxruntime')).arrayBuffer();
  const sessions: ort.InferenceSession[] = [];
  for (const file of files) sessions.push(await ort.InferenceSession.create(file));
  const encoder = sessions.find(({ outputNames }) => outputNames.includes(MEMORY));
  const session = sessions.find((candidate) => candidate !== encoder)!;
  const caches = emptyCaches(session);
  const row = (values: readonly number[]): ort.Tensor =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const withMask = (ids: readonly number[]) => ({ input_ids: row(ids), attention_mask: row(ids.map(() => 1)) });

  /** Bytes read besides the answer. */
  async function encodeSource(source: readonly number[]): Promise<Record<string, ort.Tensor>> {
    const { input_ids, attention_mask } = withMask(source);
    const { [MEMORY]: memory } = await encoder!.run({ input_ids, attention_mask }, [MEMORY]);
    return { encoder_hidden_states: memory!, encoder_attention_mask: attention_mask };
  }
  return {
    name: 'onnxruntime',
    async scores(ids, { at = ids.length - 1, source } = {}) {
      const inputs = source ? { input_ids: row(ids), ...(await encodeSource(source)) } : withMask(ids);
      const { logits } = await session.run({ ...inputs, ...caches }, ['logits']); // [1, T, V], of a classifier [1, labels]
      if (classes) return asDistribution(classes, (await logits!.getData()) as Float32Array);
      return ((await logits!.getData()) as Float32Array).slice(at * vocabulary, (at + 1) * vocabulary);
    },
  };
}
const MEMORY = 'last_hidden_state';

/** Before anything has been read. */
const emptyCaches = ({ inputMetadata }: ort.InferenceSession): Record<string, ort.Tensor> =>
  Object.fromEntries(
    inputMetadata.flatMap((input) => {
      if (!input.isTensor || !input.name.startsWith('past_key_values.')) return [];
      const shape = input.shape.map((size) => (typeof size === 'number' ? size : size === 'batch_size' ? 1 : 0));
      return [[input.name, new ort.Tensor('float32', [], shape)] as const];
    }),
  );
