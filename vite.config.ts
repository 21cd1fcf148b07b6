import react from '@vitejs/plugin-react';
import { defineConfig, type Connect, type Plugin } from 'vite';
import { headersFor, hostFiles, metaPolicy } from './headers.config.ts';
import { chunksPlugin } from './scripts/chunks.ts';
import { fontLicensesPlugin } from './scripts/fonts.ts';
import { firstPagePlugin } from './scripts/firstPage.ts';
import { llamaPlugin } from './scripts/llama.ts';
import { offlinePlugin } from './scripts/offline.ts';
import { samplesPlugin } from './scripts/samples.ts';
import { templatesPlugin } from './scripts/templates.ts';
import { tfjsPlugin } from './scripts/tfjs.ts';
import { zodPlugin } from './scripts/zod.ts';

/** The strict headers on every response of the dev and preview servers; in the build as files for hosts, and the page's policy in the page. */
function headersPlugin(): Plugin {
  const send =
    (adapted: (policy: string) => string): Connect.NextHandleFunction =>
    (request, response, next) => {
      for (const [name, value] of Object.entries(headersFor(request.url ?? '/')))
        response.setHeader(name, name === 'Content-Security-Policy' ? adapted(value) : value);
      next();
    };
  return {
    name: 'headers',
    configureServer: ({ middlewares }) => void middlewares.use(send(forDevelopment)),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(send((policy) => policy)),
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle }) =>
        bundle && [
          {
            tag: 'meta',
            attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy() },
            injectTo: 'head-prepend',
          },
        ],
    },
    generateBundle() {
      for (const { name, text } of hostFiles()) this.emitFile({ type: 'asset', fileName: name, source: text });
    },
  };
}
/** Sends files as they are: the preview server is on this computer, where compressing takes longer than sending. */
const uncompressedPlugin = (): Plugin => ({
  name: 'uncompressed preview',
  configurePreviewServer: ({ middlewares }) =>
    void middlewares.use(({ headers }, _, next) => {
      delete headers['accept-encoding'];
      next();
    }),
});

/** Vite's own client has an inline script and inline styles, and tells of changes through a socket of the same origin. */
const forDevelopment = (policy: string): string =>
  policy
    .split('; ')
    .map((directive) => {
      if (/^(script|style)-src /.test(directive)) return `${directive} 'nonce-dev'`;
      return directive.startsWith('connect-src') ? "connect-src 'self'" : directive;
    })
    .join('; ');

export default defineConfig(({ command }) => ({
  plugins: [
    react(),
    tfjsPlugin('page'),
    zodPlugin(),
    chunksPlugin(),
    firstPagePlugin(),
    headersPlugin(),
    uncompressedPlugin(),
    fontLicensesPlugin(),
    samplesPlugin(),
    templatesPlugin(),
    llamaPlugin(),
    offlinePlugin(),
  ],
  // Named, as what only a worker imports is otherwise found when it first asks for it, and then every page reloads.
  optimizeDeps: { entries: ['index.html', 'src/workers/role.worker.ts'], exclude: ['@wllama/wllama'] },
  // Without this answers vary by Origin, which modules are asked for with: the service worker would find none in the browser's cache.
  preview: { cors: false },
  html: command === 'serve' ? { cspNonce: 'dev' } : {},
  build: {
    target: 'es2023',
    // Older targets get light-dark() rewritten into something that a chosen theme cannot reach.
    cssTarget: ['chrome125', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  // Workers live under one path, because their own responses carry their policy (headers.config.ts).
  worker: {
    format: 'es',
    plugins: () => [llamaPlugin(), tfjsPlugin('workers'), zodPlugin()],
    rolldownOptions: {
      output: { entryFileNames: 'workers/[name]-[hash].js', chunkFileNames: 'workers/[name]-[hash].js' },
    },
  },
}));
