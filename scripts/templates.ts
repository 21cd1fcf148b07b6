/** The files under templates/, which exports carry along: those of public/, and the offline page, which is built. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { buildPage } from './page.ts';

/** The text of a template, from the source tree. */
export async function template(path: string): Promise<string> {
  if (path === PAGE) return (built ??= buildPage());
  const folder = fileURLToPath(new URL('../public/templates/', import.meta.url));
  return readFile(join(folder, path), 'utf8');
}
let built: Promise<string> | undefined;
const PAGE = 'page.html';

/** Serves the offline page in development, as new as its source, and emits it in the build. */
export function pagePlugin(): Plugin {
  return {
    name: 'offline page',
    configureServer({ middlewares, config }) {
      middlewares.use((request, response, next) => {
        if ((request.url ?? '').replace(/\?.*$/, '') !== `${config.base}templates/${PAGE}`) {
          next();
          return;
        }
        buildPage().then((text) => {
          response.setHeader('Content-Type', 'text/html; charset=utf-8');
          response.end(text);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: `templates/${PAGE}`, source: await buildPage() });
    },
  };
}
