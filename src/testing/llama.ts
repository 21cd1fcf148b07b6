import { getLlama, type Llama, LlamaLogLevel, NoBinaryFoundError } from 'node-llama-cpp';

/**
 * llama.cpp on the CPU; null if the platform has no binary. Uses one thread: several would busy-wait for each other,
 * which takes minutes on a shared processor.
 */
export const openLlama = (): Promise<Llama | null> =>
  getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: 1,
  }).catch((error: unknown) => {
    if (error instanceof NoBinaryFoundError) return null;
    throw error;
  });
