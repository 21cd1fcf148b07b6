/** Files under templates/ for exports: those of public/, and those built from our own source. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { buildPage } from './page.ts';
import { buildPrompt } from './served.ts';

/** [path] -> its builder. */
const BUILT: Readonly<Record<string, () => Promise<string>>> = {
  'page.html': buildPage,
  'service/prompt.mjs': buildPrompt,
};

/** The text of a template, from the source tree. */
export async function template(path: string): Promise<string> {
  const build = BUILT[path];
  if (build) return (built[path] ??= build());
  const folder = fileURLToPath(new URL('../public/templates/', import.meta.url));
  return readFile(join(folder, path), 'utf8');
}
const built: Record<string, Promise<string>> = {};

/** Serves the built files in development, always up to date, and emits them in the build. */
export function templatesPlugin(): Plugin {
  return {
    name: 'templates',
    configureServer({ middlewares, config }) {
      middlewares.use((request, response, next) => {
        const base = `${config.base}templates/`;
        const asked = (request.url ?? '').replace(/\?.*$/, '');
        const path = asked.startsWith(base) ? asked.slice(base.length) : '';
        const build = Object.hasOwn(BUILT, path) ? BUILT[path] : undefined;
        if (!build) {
          next();
          return;
        }
        build().then((text) => {
          response.setHeader('Content-Type', `text/${path.endsWith('.html') ? 'html' : 'javascript'}; charset=utf-8`);
          response.end(text);
        }, next);
      });
    },
    async generateBundle() {
      for (const [path, build] of Object.entries(BUILT))
        this.emitFile({ type: 'asset', fileName: `templates/${path}`, source: await build() });
    },
  };
}
