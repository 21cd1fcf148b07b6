import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

/**
 * The model on llama.cpp.
 * @typedef {object} Engine
 * @property {number} context tokens that the model reads at once
 * @property {(text: string) => number[]} tokenize
 * @property {(id: number) => Uint8Array} bytes that a token stands for: none for a special token, whose text only names it
 * @property {(ids: readonly number[], sampling: Sampling, signal: AbortSignal) => AsyncGenerator<number>} generate
 *   the ids that follow, without the one that ends a text; at most `parallel` calls at the same time
 * @property {() => Promise<void>} dispose
 *
 * @typedef {object} Sampling
 * @property {number} temperature 0: always the likeliest
 * @property {number} topP
 * @property {number} seed
 * @property {number} maxTokens
 */

/**
 * @param {string} modelPath
 * @param {{ parallel: number, threads: number, gpu: boolean }} settings
 * @param {(message: string) => void} complain
 * @returns {Promise<Engine>}
 */
export async function loadEngine(modelPath, { parallel, threads, gpu }, complain) {
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
  if (length === undefined || end === null) throw new Error(`${modelPath} names no context length or end of text.`);
  const context = await model.createContext({
    contextSize: length + 1, // one is kept free by node-llama-cpp, which would shift the others for it
    sequences: parallel,
    threads: threads > 0 ? threads : usefulThreads(statSync(modelPath).size),
  });
  const free = Array.from({ length: parallel }, () => context.getSequence());

  return {
    context: length,
    tokenize: (text) => (text === '' ? [end] : model.tokenize(text, false)),
    bytes: (id) =>
      model.isSpecialToken(/** @type {import('node-llama-cpp').Token} */ (id))
        ? NOTHING
        : bytesOf(String(pieces[id] ?? '')),
    dispose: () => llama.dispose(),

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
            if (signal.aborted || model.isEogToken(id)) return;
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

/** Threads wait for each other at every layer: for a small model that takes longer than the work. @param {number} bytes */
const usefulThreads = (bytes) => Math.min(availableParallelism(), Math.ceil(bytes / 32e6));

/** A token as it is written in a byte-level vocabulary: one character a byte, in GPT-2's alphabet. @param {string} piece */
function bytesOf(piece) {
  return Uint8Array.from(piece, (character) => BYTES.get(character) ?? 0);
}
const NOTHING = new Uint8Array();
const BYTES = new Map(alphabet());

/** 188 printable bytes stand for themselves, the others follow from U+0100 on. @returns {Generator<[string, number]>} */
function* alphabet() {
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    yield [String.fromCodePoint(printable ? byte : next++), byte];
  }
}
