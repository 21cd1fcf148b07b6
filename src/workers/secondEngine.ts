import { loaded } from '../core/base/load';
import type { ByteSource } from '../core/files/byteSource';
import type { ModelChoice } from '../core/models/network';
import { type Check, type EngineId, type EngineInputs, hasLongAddresses } from '../core/verify/check';
import type { SecondEngine } from '../core/verify/compare';
import { refusal } from '../core/verify/refusal';
import { ggufIn, openGguf } from './ggufIn';
import { checkOnnx } from './checkOnnx';
import { pageEngine } from './pageEngine';

/**
 * Returns the engine that opens a file's format, loaded from our own origin.
 * @throws HomegrownError `load-failed` if that fails, `bad-file` if the engine refuses the file, `out-of-memory`
 */
export async function secondEngine<E extends EngineId>(
  file: ByteSource,
  { engine, opens }: Pick<Check<E>, 'engine' | 'opens'>,
  model: ModelChoice,
): Promise<SecondEngine> {
  try {
    return await ENGINES[engine](await opens(file, model), model);
  } catch (error) {
    throw refusal(error);
  }
}

type Opened = SecondEngine | Promise<SecondEngine>;
/** Every available engine. */
const ENGINES: { readonly [E in EngineId]: (input: EngineInputs[E], model: ModelChoice) => Opened } = {
  llama: gguf,
  onnxruntime: onnx,
  page: pageEngine,
};

/** llama.cpp, or our own reader if that can't run. */
async function gguf(source: ByteSource, model: ModelChoice): Promise<SecondEngine> {
  const bytes = await source.read(0, source.size);
  const file = await openGguf(bytes);
  if (!hasLongAddresses()) return pageEngine(ggufIn(file, model));
  const { llama } = await loaded('llama.cpp', import('./llama'));
  return llama(bytes, model);
}

async function onnx(sources: readonly ByteSource[], model: ModelChoice): Promise<SecondEngine> {
  const { onnxruntime } = await loaded('onnxruntime', import('./onnxruntime'));
  const files = await Promise.all(sources.map((source) => source.read(0, source.size)));
  for (const bytes of files) await checkOnnx(bytes);
  return onnxruntime(files, model);
}
