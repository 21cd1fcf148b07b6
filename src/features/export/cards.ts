import type { FormatId } from '../../core/export/formats';

export type Precision = 'f32' | 'f16' | 'q8_0';
export const PRECISIONS: readonly { value: Precision; label: string }[] = [
  { value: 'f32', label: 'F32' },
  { value: 'f16', label: 'F16' },
  { value: 'q8_0', label: 'Q8_0' },
];

/** A card of the page: what a person gets, whatever formats that may be. */
export interface Card {
  name: string;
  purpose: string;
  opensIn: string;
  holds: string;
  /** The format that the card offers when so many bits are chosen. */
  format(precision: Precision): FormatId;
}

export const FOLDER: Card = {
  name: 'Hugging Face folder',
  purpose: 'Fine-tune it in Python, or publish it',
  opensIn: 'transformers, unchanged; and Homegrown, dropped back in',
  holds: 'zip: safetensors, tokenizer.json, config, README',
  format: () => 'hf',
};
export const GGUF: Card = {
  name: 'GGUF',
  purpose: 'Write with it in a desktop program',
  opensIn: 'llama.cpp, LM Studio, Ollama',
  holds: 'one file, tokenizer inside',
  format: (precision) => `gguf-${precision}`,
};
export const ONNX: Card = {
  name: 'ONNX',
  purpose: 'Run it inside a web page or an app',
  opensIn: 'onnxruntime, transformers.js',
  holds: 'zip: model.onnx, tokenizer.json, config, README',
  // There is none with 8 bits.
  format: (precision) => (precision === 'f32' ? 'onnx-f32' : 'onnx-f16'),
};
export const PAGE: Card = {
  name: 'Offline page',
  purpose: 'Give it to someone who has only a browser',
  opensIn: 'any browser, by double-click, no server',
  holds: 'one HTML file with the model inside',
  format: () => 'html',
};
export const SERVICE: Card = {
  name: 'Web service',
  purpose: 'Call it from your own program',
  opensIn: 'Node or Docker, as /v1/completions in OpenAI’s style',
  holds: 'zip: GGUF, server, Dockerfile, README; npm start runs it',
  format: () => 'service',
};
export const CLUSTER: Card = {
  name: 'Cluster hand-over',
  purpose: 'Go on training on bigger machines',
  opensIn: 'PyTorch, one script; it goes on from this step',
  holds: 'zip: weights, optimizer’s state, tokens, train.py',
  format: () => 'pytorch',
};

/** As cards and their sizes name the bits. */
export const BITS: Readonly<Record<FormatId, string>> = {
  hf: 'F32',
  safetensors: 'F32',
  'gguf-f32': 'F32',
  'gguf-f16': 'F16',
  'gguf-q8_0': 'Q8_0',
  'onnx-f32': 'F32',
  'onnx-f16': 'F16',
  html: 'F32',
  service: 'F16',
  pytorch: 'F32',
};
