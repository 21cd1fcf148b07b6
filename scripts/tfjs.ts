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
    load(id) {
      if (id === NONE) return 'module.exports = {};';
      return id === PARTS ? { code: IMPORTS, moduleSideEffects: true } : null;
    },
  };
}
const NONE = '\0tensorflow.cjs';
const PARTS = '\0tensorflow.js';
const IMPORTS = `
import '@tensorflow/tfjs-core/dist/register_all_gradients';
export * from '@tensorflow/tfjs-core';
`;
