import type { Plugin } from 'vite';

/**
 * Of TensorFlow.js its core and gradients. Its package takes along layers, a converter, readers of data, every op as a method
 * and two backends, more than half of it, which no bundler can leave out (docs/decisions/0051). The page, which only names
 * what workers load, gets none.
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
    // Each of its some thousand files begins with the same notice, which every minifier keeps: once is enough.
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
