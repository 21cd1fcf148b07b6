import { glueDeserialize, glueSerialize } from '@wllama/wllama/src/glue/glue';
import llamaCpp, { type LlamaModule } from '@wllama/wllama/src/single-thread/wllama.js';
import wasm from '@wllama/wllama/src/single-thread/wllama.wasm?url';
import { badFile } from '../core/base/errors';
import { z } from '../core/base/zod';
import type { SecondEngine } from '../core/verify/compare';
import type { ModelChoice } from '../core/models/network';
import { ownFile } from './ownFile';

/** llama.cpp on WebAssembly, with one thread and keys and values in f32. Each text is read from its start. */
export async function llama(file: Uint8Array, { config: { context }, vocabulary }: ModelChoice): Promise<SecondEngine> {
  const send = await startLlama(file);
  send('load', {
    _name: 'load_req',
    model_paths: ['/model.gguf'],
    use_mmap: false,
    use_mlock: false,
    n_gpu_layers: 0,
    seed: 0,
    n_ctx: context,
    n_ctx_auto: false,
    n_batch: context,
    n_seq_max: 1,
    n_threads: 1,
    cache_type_k: 'f32',
    cache_type_v: 'f32',
    flash_attn: false,
  });
  return {
    name: 'llama.cpp',
    scores(ids) {
      send('kv_clear', { _name: 'kvcc_req' });
      send('decode', { _name: 'deco_req', tokens: ids, skip_logits: false });
      const { tokens, probs } = distribution.parse(send('get_logits', { _name: 'glog_req', top_k: -1 }));
      const scores = new Float32Array(vocabulary).fill(NaN);
      for (const [i, token] of tokens.entries()) scores[token] = Math.log(probs[i]!);
      return Promise.resolve(scores);
    },
  };
}
/** The whole vocabulary, most likely token first. */
const distribution = z.object({ tokens: z.array(z.int()), probs: z.array(z.number()) });

/** Sends a message and returns the answer. */
type Send = (action: string, message: object) => unknown;

async function startLlama(file: Uint8Array): Promise<Send> {
  const wasmBinary = await (await ownFile(wasm, 'llama.cpp')).arrayBuffer();
  let lastError = '';
  const module = await new Promise<LlamaModule>((resolve, reject) => {
    const options = {
      noInitialRun: true as const,
      wasmBinary,
      print: () => undefined,
      printErr: (line: string) => (lastError = /@@ERROR@@(.*)/.exec(line)?.[1] ?? lastError),
      onRuntimeInitialized: () => {
        resolve(options as unknown as LlamaModule);
      },
      onAbort: (what: unknown) => {
        reject(badFile(`llama.cpp stopped: ${String(what)}`));
      },
    };
    llamaCpp(options);
  });
  module.FS_createDataFile('/', 'model.gguf', file, true, true, true);
  module.cwrap('wllama_start', 'string', [])();
  const allocate = module.cwrap('wllama_malloc', 'bigint', ['number', 'bigint']);
  const runAction = module.cwrap('wllama_action', 'bigint', ['string', 'bigint']);
  return (action, message) => {
    const bytes = glueSerialize(message);
    const address = Number(allocate(BigInt(bytes.length), 0));
    module.HEAPU8.set(bytes, address);
    const answer = Number(runAction(action, BigInt(address)));
    if (answer === 0) throw badFile(`llama.cpp failed to ${action}: ${lastError}`);
    // The length of the answer overwrites the start of the message.
    const length = new DataView(module.HEAPU8.buffer).getUint32(address, true);
    const reply = success.parse(glueDeserialize(module.HEAPU8.slice(answer, answer + length)));
    if (!reply.success) throw badFile(`llama.cpp failed to ${action}: ${reply.message ?? lastError}`);
    return reply;
  };
}
const success = z.looseObject({ success: z.boolean(), message: z.string().optional() });
