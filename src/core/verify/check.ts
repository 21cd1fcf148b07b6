/** Verification of an exported file against the model that it was written from. */
import { loaded } from '../base/load';
import type { ByteSource } from '../files/byteSource';
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import type { ReadBack } from './readBack';

/** Input of each second engine; workers/secondEngine.ts has the engines. */
export interface EngineInputs {
  /** llama.cpp: a GGUF file. */
  llama: ByteSource;
  /** ONNX graphs with their weights: one, or an encoder's and its decoder's. */
  onnxruntime: readonly ByteSource[];
  /** The offline page's forward pass, separate from the training one: weights read back from the file. */
  page: ReadBack;
}
export type EngineId = keyof EngineInputs;

export type Check<E extends EngineId = EngineId> = {
  [K in E]: {
    engine: K;
    /** Finds the engine's input in the file. @throws if it is missing */
    opens(file: ByteSource, model: ModelChoice): EngineInputs[K] | Promise<EngineInputs[K]>;
    bound: Bound;
  };
}[E];

/** Sentence that says why no engine here can open a file of such a model; null if one can. */
export function uncheckable(check: Pick<Check, 'engine'> | null, { id }: Pick<ModelChoice, 'id'>): string | null {
  if (!check) return 'An adapter without its base can’t be verified here';
  const { engine } = check;
  const { label, page, huggingFace } = modelSpec(id);
  const isReadByUs = engine === 'page' || (engine === 'llama' && !hasLongAddresses());
  // The page's forward pass knows weights by Hugging Face's names.
  if (!isReadByUs || (page && huggingFace)) return null;
  return `No second engine here supports ${label} models`;
}

/** Whether the browser has 64-bit memory, which our llama.cpp needs. Safari lacks it, so uses our own reader. */
export const hasLongAddresses = (): boolean => WebAssembly.validate(MEMORY64);
/** WebAssembly module with only a 64-bit memory. */
const MEMORY64 = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 4, 1);

/** Loads the readers of our files, which share no code with the writers. */
export const readers = () => loaded('The verifier', import('./readBack'));

/** Maximum difference of two engines, as formats store fewer bits: of logits, or with 8 bits, of distributions. */
export interface Bound {
  of: 'difference' | 'variation';
  most: number;
}
/** Bound if both engines compute in 32 bits. */
export const BOUND_OF_F32: Bound = { of: 'difference', most: 1e-3 };
/** Bound if weights, or a lookup table of the engine, have 16 bits. */
export const BOUND_OF_F16: Bound = { of: 'difference', most: 5e-2 };
