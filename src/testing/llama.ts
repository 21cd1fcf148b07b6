import { getLlama, type Llama, LlamaLogLevel, NoBinaryFoundError } from 'node-llama-cpp';

/**
 * llama.cpp on the processor; null where there is no binary for the platform. One thread: several wait for each other in a
 * loop, which takes minutes where the processor is shared.
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
