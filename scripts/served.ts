/** Modules of the exported web service from the app's own code: built, readable, with external packages. */
import { fileURLToPath } from 'node:url';

/** prompt.mjs: builds the prompt of a chat model. */
export async function buildPrompt(): Promise<string> {
  const { build } = await import('vite'); // late: a command that builds nothing starts without it
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry: fileURLToPath(new URL('../src/core/chat/served.ts', import.meta.url)), formats: ['es'] },
      rolldownOptions: { external: ['@huggingface/jinja'] },
    },
  });
  const [{ output = [] } = {}] = [result].flat() as { output?: readonly { type: string; code?: string }[] }[];
  const [chunk, ...more] = output;
  if (chunk?.code === undefined || more.length > 0) throw new Error('prompt.mjs was not built in one piece');
  return chunk.code;
}
