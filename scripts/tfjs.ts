import type { Plugin } from 'vite';

/**
 * Keeps only the core and gradients of TensorFlow.js. Its package also imports layers, a converter, data readers, every
 * op as a method and two backends, over half of its size, which no bundler can drop (docs/decisions/0051). The page,
 * which only names modules of workers, gets none.
 */
export function tfjsPlugin(where: 'page' | 'workers'): Plugin {
  return {
    name: 'TensorFlow.js',
    apply: 'build',
    enforce: 'pre',
    resolveId(source) {
      if (where === 'page') return source.startsWith('@tensorflow/') ? NONE : null;
      return source === '@tensorflow/tfjs' ? PARTS : null;
    },
    // Each of its thousands of files begins with the same notice, which every minifier keeps: once is enough.
    transform: (code, id) => (id.includes('/@tensorflow/tfjs-') ? { code: code.replace(NOTICE, ''), map: null } : null),
    load(id) {
      if (id === NONE) return 'module.exports = {};';
      return id === PARTS ? { code: IMPORTS, moduleSideEffects: true } : null;
    },
  };
}
const NONE = '\0tensorflow.cjs';
const PARTS = '\0tensorflow.js';
const NOTICE = /\/\*\*?\s*\*?\s*@license[^]*?\*\//g;
const IMPORTS = `
/**
 * @license
 * TensorFlow.js. Copyright 2017 to 2024 Google LLC. Licensed under the Apache License, Version 2.0:
 * https://www.apache.org/licenses/LICENSE-2.0
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
export * from '@tensorflow/tfjs-core';
`;
