/** What other engines make of files that we write, to be held against our own scores. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Llama, Token } from 'node-llama-cpp';
import type { Exported } from '../export/format';
import { ggufFile } from '../export/gguf';
import { onnxFile } from '../export/onnx';
import { readBytes } from '../files/byteSource';
import { emptyCaches, int64, onWasm } from './onnxruntime';

/** Scores [T V] of onnxruntime on WASM. */
export async function onnxScores(exported: Exported, ids: readonly number[]): Promise<Float32Array> {
  const session = await onWasm(await readBytes(await onnxFile(exported, 'f32')));
  const inputs = { input_ids: int64([ids]), attention_mask: int64([ids.map(() => 1)]) };
  const { logits } = await session.run({ ...emptyCaches(session), ...inputs });
  await session.release();
  return logits!.data as Float32Array;
}

/**
 * Of each place, the total variation between what llama.cpp and our scores [T V] expect next.
 * @param folder for its file
 */
export async function llamaDistances(
  llama: Llama,
  exported: Exported,
  ids: readonly number[],
  ours: Float32Array,
  folder: string,
): Promise<readonly number[]> {
  const modelPath = join(folder, 'model.gguf');
  await writeFile(modelPath, await readBytes(ggufFile(exported, 'F32')));
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 64, batchSize: 64, threads: 1 });
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const seen = await context
    .getSequence()
    .controlledEvaluate(ids.map((id) => [id as Token, { generateNext: { probabilities: true, options } }]));
  const { vocabulary } = exported.info.model;
  const distances = seen.map((after, at) => {
    const weights = Array.from(ours.subarray(at * vocabulary, (at + 1) * vocabulary), Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const { probabilities } = after!.next;
    // One that it does not tell makes the distance no number.
    const apart = weights.map((weight, id) => Math.abs(weight / total - (probabilities!.get(id as Token) ?? NaN)));
    return apart.reduce((a, b) => a + b) / 2;
  });
  await model.dispose();
  return distances;
}
