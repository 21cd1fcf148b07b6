import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { normalizer } from './normalize.mjs';
import { byteLevel } from './text.mjs';

/** @typedef {import('./api.mjs').Engine} Engine */

/** In the log. */
export const NAME = 'llama.cpp';

/**
 * The model on llama.cpp.
 * @param {(name: string) => string} here the path of a file
 * @param {import('./model.mjs').Model} model
 * @param {import('./settings.mjs').Settings} settings
 * @param {(message: string) => void} complain
 * @returns {Promise<Engine>}
 */
export async function loadEngine(here, { files, more = {} }, { parallel, threads, gpu }, complain) {
  const modelPath = here(files[0] ?? '');
  const normalize = normalizer(more['normalizers']);
  // For Macs with Apple's processors there is one binary, which can use Metal; without layers there, it does not.
  const metal = process.platform === 'darwin' && process.arch === 'arm64';
  const llama = await getLlama({
    gpu: gpu || metal ? 'auto' : false,
    build: 'never', // prebuilt only: a server does not compile
    logLevel: LlamaLogLevel.error,
    logger: (_, message) => complain(message.trim()),
  });
  const model = await llama.loadModel({ modelPath, ...(!gpu && { gpuLayers: 0 }) });
  const length = model.trainContextSize;
  const { tokens: pieces } = model.fileInfo.metadata.tokenizer.ggml;
  const end = model.tokens.eos;
  /** @type {import('node-llama-cpp').Token[]} */
  const ends = Object(more['chat']).ends ?? [];
  if (length === undefined || end === null) throw new Error(`${modelPath} has no context length or end-of-text token.`);
  const context = await model.createContext({
    contextSize: length + 1, // one is kept free by node-llama-cpp, which would shift the others for it
    sequences: parallel,
    threads: threads > 0 ? threads : usefulThreads(statSync(modelPath).size),
  });
  const free = Array.from({ length: parallel }, () => context.getSequence());

  /** No special token is among them, whatever the text. @param {string} text */
  const encode = (text) => model.tokenize(normalize(text), false);

  return {
    context: length,
    tokenize(text) {
      const ids = encode(text);
      return ids.length === 0 ? [end] : ids;
    },
    ...(more['chat'] !== undefined && { prompt: await chatPrompt(more['chat'], encode) }),
    bytes: (id) =>
      model.isSpecialToken(/** @type {import('node-llama-cpp').Token} */ (id))
        ? NOTHING
        : byteLevel(String(pieces[id] ?? '')),

    async *generate(ids, { temperature, topP, seed, maxTokens }, signal) {
      const sequence = free.pop();
      if (sequence === undefined) throw new Error('More completions than sequences.');
      try {
        let window = /** @type {import('node-llama-cpp').Token[]} */ ([...ids]);
        for (let made = 0, round = 0; ; round++) {
          await sequence.clearHistory();
          // Greedy where the temperature is 0. Each round has numbers of its own.
          const options = { temperature, topP, topK: 0, minP: 0, seed: (seed + round) >>> 0, yieldEogToken: true };
          for await (const id of sequence.evaluate(window, options)) {
            if (signal.aborted || model.isEogToken(id) || ends.includes(id)) return;
            yield id;
            window.push(id);
            made += 1;
            if (made === maxTokens) return;
            if (window.length > length) break;
          }
          // The text no longer fits: it is read again from half a context further on.
          window = window.slice(Math.max(1, Math.floor(length / 2)));
        }
      } finally {
        free.push(sequence);
      }
    },
  };
}

/**
 * The model's chat template, which is run by a package that a model without one does not need.
 * @param {unknown} chat @param {(text: string) => number[]} encode @returns {Promise<NonNullable<Engine['prompt']>>}
 */
async function chatPrompt(chat, encode) {
  const { prompter } = await import(new URL('prompt.mjs', import.meta.url).href);
  return prompter(chat, encode);
}

/** Threads wait for each other at every layer: for a small model that takes longer than the work. @param {number} bytes */
const usefulThreads = (bytes) => Math.min(availableParallelism(), Math.ceil(bytes / 32e6));
const NOTHING = new Uint8Array();
