import type { Plugin } from 'vite';

/**
 * wllama's script of llama.cpp as a module that receives its options. wllama itself loads the script into a worker from
 * a blob, which the strict headers forbid.
 */
export function llamaPlugin(): Plugin {
  return {
    name: 'llama.cpp',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/@wllama\/wllama\/src\/single-thread\/wllama\.js(?:\?|$)/.test(id)) return null;
      const start = 'var Module=typeof Module!="undefined"?Module:{};';
      if (!code.startsWith(start)) this.error(`wllama’s script does not begin with ${start}`);
      return { code: `export default (Module) => {${code.slice(start.length)}};`, map: null };
    },
  };
}
