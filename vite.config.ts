import react from '@vitejs/plugin-react';
import { defineConfig, type Connect, type Plugin } from 'vite';
import { headersFor, hostFiles } from './headers.config.ts';
import { llamaPlugin } from './scripts/llama.ts';
import { samplesPlugin } from './scripts/samples.ts';
import { pagePlugin } from './scripts/templates.ts';

/** The strict headers on every response of the dev and preview servers, and as files for hosts in the build. */
function headersPlugin(): Plugin {
  const strict: Connect.NextHandleFunction = (request, response, next) => {
    for (const [name, value] of Object.entries(headersFor(request.url ?? '/'))) response.setHeader(name, value);
    next();
  };
  /** Vite's own dev client needs a nonce for its inline styles and script, and a socket for reloading. */
  const relaxed: Connect.NextHandleFunction = (request, response, next) => {
    for (const [name, value] of Object.entries(headersFor(request.url ?? '/'))) {
      if (name === 'Connection-Allowlist') continue;
      response.setHeader(name, name === 'Content-Security-Policy' ? forDevelopment(value) : value);
    }
    next();
  };
  return {
    name: 'headers',
    configureServer: (server) => {
      server.middlewares.use(relaxed);
    },
    configurePreviewServer: (server) => {
      server.middlewares.use(strict);
    },
    generateBundle() {
      for (const { name, text } of hostFiles()) this.emitFile({ type: 'asset', fileName: name, source: text });
    },
  };
}
const forDevelopment = (policy: string): string =>
  policy
    .split('; ')
    .filter((directive) => !/trusted-types/.test(directive))
    .map((directive) => {
      if (directive.startsWith('script-src ')) return `${directive} 'nonce-dev'`;
      if (directive.startsWith('style-src ')) return `${directive} 'nonce-dev'`;
      if (directive.startsWith('connect-src')) return "connect-src 'self' ws:";
      return directive;
    })
    .join('; ');

export default defineConfig(({ command }) => ({
  plugins: [react(), headersPlugin(), samplesPlugin(), pagePlugin(), llamaPlugin()],
  optimizeDeps: { exclude: ['@wllama/wllama'] },
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
    plugins: () => [llamaPlugin()],
    rolldownOptions: {
      output: { entryFileNames: 'workers/[name]-[hash].js', chunkFileNames: 'workers/[name]-[hash].js' },
    },
  },
}));
