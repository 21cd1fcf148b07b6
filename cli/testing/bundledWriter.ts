import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** writer.ts as one file in `folder`: it is started sixty times, and finding and translating its sources is most of a start. */
export async function bundledWriter(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    root: path('../..'),
    build: {
      ssr: path('writer.ts'),
      outDir: join(folder, 'writer'),
      target: 'es2023',
      rolldownOptions: { output: { entryFileNames: 'writer.mjs' } },
    },
  });
  await symlink(path('../../node_modules'), join(folder, 'node_modules'), 'junction');
  return join(folder, 'writer/writer.mjs');
}
