// npm start: serves the model in this folder over HTTP. README.md tells how to use it.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Api } from './api.mjs';
import { loadEngine, NAME } from './engine.mjs';
import { readModel } from './model.mjs';
import { readSettings } from './settings.mjs';
import { checkWeights } from './weights.mjs';

// A reader of the log that goes away takes the log with it, not the server.
process.stdout.on('error', () => undefined);
/** One line of JSON an event. @param {Record<string, unknown>} event */
const log = (event) => console.log(JSON.stringify({ time: new Date().toISOString(), ...event }));
/** @type {(error: unknown) => never} */
const fail = (error) => {
  log({ event: 'failed', error: error instanceof Error ? error.message : String(error) });
  process.exit(1);
};

/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
/** @type {ReturnType<typeof readModel>} */
let model;
/** @type {import('./settings.mjs').Settings} */
let settings;
try {
  model = readModel(here('model.json'));
  settings = readSettings(process.env);
} catch (error) {
  fail(error);
}

const api = new Api(model, settings, (notes) => log({ event: 'request', ...notes }));
const server = createServer(
  // A request has to arrive within these times; answers may take as long as TIMEOUT_SECONDS allows.
  { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1000 },
  (request, response) => void api.handle(request, response),
);
server.once('error', fail);
server.listen(settings.port, settings.host, () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  log({ event: 'listening', url: `http://${settings.host}:${port}`, model: model.id });
});

const began = Date.now();
Promise.all(model.files.map((file) => checkWeights(here(file), file)))
  .then(() => loadEngine(here, model, settings, (message) => log({ event: NAME, message })))
  .then((engine) => {
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
