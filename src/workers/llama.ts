import { Wllama } from '@wllama/wllama';
import wasm from '@wllama/wllama/esm/wasm/wllama.wasm?url';
import { HomegrownError } from '../core/base/errors';
import type { SecondEngine } from '../core/verify/compare';
import { z } from '../core/base/zod';
import { engineFile } from './engineFile';

/** llama.cpp on WebAssembly, as wllama builds it: on the processor, with one thread, remembering in 32 bits. */
export async function llama(file: Blob, context: number): Promise<SecondEngine> {
  const messages: string[] = [];
  const note = (...words: unknown[]): void => void messages.push(words.map(String).join(' '));
  const logger = { debug: () => undefined, log: () => undefined, warn: () => undefined, error: note };
  const engine = new Wllama(
    { default: URL.createObjectURL(await engineFile(wasm, 'llama.cpp')) },
    { suppressNativeLog: true, logger },
  );
  engine.setCompat(null); // It would be fetched from elsewhere.
  try {
    await engine.loadModel([file], {
      ...{ n_ctx: context, n_threads: 1, n_gpu_layers: 0, n_parallel: 1, warmup: false },
      ...{ cache_type_k: 'f32', cache_type_v: 'f32', flash_attn: false, seed: 1 },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HomegrownError(
      'bad-file',
      `llama.cpp did not open it: ${[why, ...messages].join('; ').slice(0, 300)}`,
      'The file is written, and is not checked.',
    );
  }
  const vocabulary = engine.getModelMetadata().hparams.nVocab;
  return {
    name: 'llama.cpp',
    async scores(ids) {
      const result: unknown = await engine.createCompletion({
        prompt: [...ids] as unknown as string[],
        ...{ max_tokens: 1, temperature: 0, logprobs: vocabulary },
      });
      const first = completion.parse(result).choices[0]?.logprobs.content[0];
      const scores = new Float32Array(vocabulary).fill(NaN);
      for (const { id, logprob } of first?.top_logprobs ?? []) scores[id] = logprob;
      return scores;
    },
  };
}

/** What llama.cpp's server answers, as far as it is read. */
const completion = z.object({
  choices: z.array(
    z.object({
      logprobs: z.object({
        content: z.array(
          z.object({ top_logprobs: z.array(z.object({ id: z.int().nonnegative(), logprob: z.number() })) }),
        ),
      }),
    }),
  ),
});
