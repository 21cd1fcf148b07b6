// npm start: serves the model in this folder over HTTP. README.md tells how to use it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Api } from './api.mjs';
import { loadEngine } from './engine.mjs';
import { readSettings } from './settings.mjs';

/** One line of JSON an event. @param {Record<string, unknown>} event */
const log = (event) => console.log(JSON.stringify({ time: new Date().toISOString(), ...event }));
/** @param {unknown} error @returns {never} */
const fail = (error) => {
  log({ event: 'failed', error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
};

/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const model = /** @type {{ id: string, created: number, file: string }} */ (
  JSON.parse(readFileSync(here('model.json'), 'utf8'))
);
/** @type {import('./settings.mjs').Settings} */
let settings;
try {
  settings = readSettings(process.env);
} catch (error) {
  fail(error);
}

const api = new Api(model, settings, (notes) => log({ event: 'request', ...notes }));
const server = createServer((request, response) => void api.handle(request, response));
// A request has to arrive within these times; answers may take as long as TIMEOUT_SECONDS allows.
server.headersTimeout = 10_000;
server.requestTimeout = 30_000;
server.once('error', fail);
server.listen(settings.port, settings.host, () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  log({ event: 'listening', url: `http://${settings.host}:${port}`, model: model.id });
});

const began = Date.now();
loadEngine(here(model.file), settings, (message) => log({ event: 'llama.cpp', message })).then((engine) => {
  api.engine = engine;
  log({ event: 'ready', ms: Date.now() - began, context: engine.context, parallel: settings.parallel });
}, fail);

/** No new requests; those under way may finish within the grace. @param {string} reason */
const stop = (reason) => {
  if (api.stopping) return;
  api.stopping = true;
  log({ event: 'stopping', reason });
  setTimeout(() => api.abort(), settings.graceMs).unref();
  server.close(() => {
    log({ event: 'stopped' });
    process.exit(0);
  });
  // Clients keep connections open for a next request, which will not come.
  setInterval(() => server.closeIdleConnections(), 100).unref();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
