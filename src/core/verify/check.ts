/** How a file of a format is held against the model that it was written from. */
import { loaded } from '../base/load';
import type { ByteSource } from '../files/byteSource';
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import type { ReadBack } from './readBack';

/** What each second engine is given; workers/secondEngine.ts has the engines. */
export interface EngineInputs {
  /** llama.cpp: a GGUF file. */
  llama: ByteSource;
  /** ONNX graphs with their weights: one, or an encoder's and its decoder's. */
  onnxruntime: readonly ByteSource[];
  /** The offline page's forward pass, which is not the one that trains: weights that were read back. */
  page: ReadBack;
}
export type EngineId = keyof EngineInputs;

export type Check<E extends EngineId = EngineId> = {
  [K in E]: {
    engine: K;
    /** What the engine is given, found in the file. @throws an error where it is not there */
    opens(file: ByteSource, model: ModelChoice): EngineInputs[K] | Promise<EngineInputs[K]>;
    bound: Bound;
  };
}[E];

/** Why no engine here can open a file of such a model, in a sentence; null where one can. */
export function uncheckable(check: Pick<Check, 'engine'> | null, { id }: Pick<ModelChoice, 'id'>): string | null {
  if (!check) return 'An adapter without its base can’t be verified here';
  const { engine } = check;
  const { label, page, huggingFace } = modelSpec(id);
  const isReadByUs = engine === 'page' || (engine === 'llama' && !hasLongAddresses());
  // The page's forward pass knows weights by Hugging Face's names.
  if (!isReadByUs || (page && huggingFace)) return null;
  return `No second engine here supports ${label} models`;
}

/** llama.cpp's build has addresses of 64 bits, which Safari does not know: there, our own reader opens its files. */
export const hasLongAddresses = (): boolean => WebAssembly.validate(MEMORY64);
/** A module with nothing but a memory with addresses of 64 bits. */
const MEMORY64 = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 4, 1);

/** What reads our files back, apart from what writes them. */
export const readers = () => loaded('The verifier', import('./readBack'));

/** How far apart two engines may be, since a format keeps fewer bits: logits, or with 8 bits whole distributions. */
export interface Bound {
  of: 'difference' | 'variation';
  most: number;
}
/** Where both engines reckon in 32 bits. */
export const BOUND_OF_F32: Bound = { of: 'difference', most: 1e-3 };
/** Where weights, or a table that the engine looks values up in, have 16 bits. */
export const BOUND_OF_F16: Bound = { of: 'difference', most: 5e-2 };
