import { randomInt, randomUUID } from 'node:crypto';
import { parseCompletion } from './completion.mjs';
import { ApiError, otherModel } from './errors.mjs';
import { checkHost, checkKey, checkOrigin, corsHeaders, EventStream, readJson, sendJson } from './http.mjs';
import { Queue } from './queue.mjs';
import { TextStream } from './text.mjs';

/** @typedef {import('./http.mjs').Request} Request */
/** @typedef {import('./http.mjs').Response} Response */
/** @typedef {Record<string, string | number | boolean>} Notes what the log says of a request; never its text */

/** What is asked of the model, over HTTP. */
export class Api {
  /**
   * @param {{ id: string, created: number }} model
   * @param {import('./settings.mjs').Settings} settings
   * @param {(notes: Notes) => void} log
   */
  constructor(model, settings, log) {
    this.model = model;
    this.settings = settings;
    this.log = log;
    this.queue = new Queue(settings.parallel, settings.queue);
    /** @type {import('./engine.mjs').Engine | null} Null until the model is loaded. */
    this.engine = null;
    /** @type {Set<AbortController>} Completions that wait or are written. */
    this.underway = new Set();
    this.stopping = false;
  }

  /** Ends what is under way. */
  abort() {
    for (const controller of this.underway) controller.abort(new ApiError(503, STOPPING));
  }

  /** @param {Request} request @param {Response} response */
  async handle(request, response) {
    const began = Date.now();
    const path = pathOf(request).replace(/^\/v1\/models\/.*/, ONE_MODEL);
    const route = this.routes[path];
    /** @type {Notes} */
    const notes = { id: randomUUID(), method: request.method ?? '', route: route ? path : 'unknown' };
    response.setHeader('X-Request-Id', String(notes['id']));
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cache-Control', 'no-store');
    for (const [name, value] of Object.entries(corsHeaders(request, this.settings.corsOrigins))) {
      response.setHeader(name, value);
    }
    try {
      await this.answer(route, request, response, notes);
    } catch (error) {
      this.refuse(error, response, notes);
    }
    this.log({ ...notes, status: response.statusCode, ms: Date.now() - began });
  }

  /** @type {Record<string, Partial<Record<string, (request: Request, response: Response, notes: Notes) => unknown>>>} */
  routes = {
    '/health': { GET: (_, response) => this.health(response) },
    '/v1/models': { GET: (request, response) => this.models(request, response) },
    [ONE_MODEL]: { GET: (request, response) => this.oneModel(request, response) },
    '/v1/completions': { POST: (request, response, notes) => this.complete(request, response, notes) },
  };

  /** @param {Api['routes'][string] | undefined} route @param {Request} request @param {Response} response @param {Notes} notes */
  async answer(route, request, response, notes) {
    // Whoever looks after containers asks for their health by numbers.
    if (notes['route'] !== '/health') {
      checkHost(request, this.settings.hosts);
      checkOrigin(request, this.settings.corsOrigins);
    }
    if (!route) {
      throw new ApiError(
        404,
        `There is ${Object.keys(this.routes).join(', ')} here. The model continues text; it does not chat.`,
      );
    }
    if (request.method === 'OPTIONS' && this.settings.corsOrigins.length > 0) {
      response.writeHead(204).end();
      return;
    }
    const handler = route[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
    if (!handler) {
      const allow = Object.keys(route).join(', ');
      throw new ApiError(405, `Only ${allow} is understood here.`, { headers: { Allow: allow } });
    }
    await handler(request, response, notes);
  }

  /** @param {unknown} error @param {Response} response @param {Notes} notes */
  refuse(error, response, notes) {
    const known = error instanceof ApiError;
    if (response.destroyed) {
      notes['gone'] = true;
      return;
    }
    if (!known) notes['error'] = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const { status, body, headers } = known ? error : new ApiError(500, 'The server failed; its log says how.');
    if (response.headersSent) response.end(`data: ${JSON.stringify(body)}\n\n`);
    else sendJson(response, status, body, headers);
  }

  /** @param {Response} response */
  health(response) {
    const status = this.stopping ? 'stopping' : this.engine ? 'ready' : 'loading';
    sendJson(response, status === 'ready' ? 200 : 503, { status });
  }

  /** @param {Request} request @param {Response} response */
  models(request, response) {
    checkKey(request, this.settings.apiKey);
    sendJson(response, 200, { object: 'list', data: [this.described()] });
  }

  /** @param {Request} request @param {Response} response */
  oneModel(request, response) {
    checkKey(request, this.settings.apiKey);
    if (idIn(pathOf(request)) !== this.model.id) throw otherModel(this.model.id);
    sendJson(response, 200, this.described());
  }

  described() {
    const { id, created } = this.model;
    return { id, object: 'model', created, owned_by: 'homegrown' };
  }

  /** @param {Request} request @param {Response} response @param {Notes} notes */
  async complete(request, response, notes) {
    checkKey(request, this.settings.apiKey);
    const { engine, settings, model } = this;
    if (!engine || this.stopping) {
      const headers = { 'Retry-After': '5' };
      throw new ApiError(503, engine ? STOPPING : 'The model is not loaded yet.', { headers });
    }
    const asked = parseCompletion(await readJson(request, settings.bodyBytes), {
      model: model.id,
      maxTokens: settings.maxTokens,
    });
    const ids = engine.tokenize(asked.prompt);
    Object.assign(notes, { stream: asked.stream, promptTokens: ids.length });
    if (ids.length > engine.context) {
      throw new ApiError(400, `The prompt has ${ids.length} tokens; the model reads ${engine.context} at most.`, {
        code: 'context_length_exceeded',
        param: 'prompt',
      });
    }

    const controller = new AbortController();
    const { signal } = controller;
    const late = new ApiError(503, `It took longer than ${settings.timeoutMs / 1000} s.`, { code: 'timeout' });
    const timer = setTimeout(() => controller.abort(late), settings.timeoutMs);
    response.once('close', () => controller.abort(new Error('The client has gone.')));
    this.underway.add(controller);
    try {
      const arrived = Date.now();
      const leave = await this.queue.enter(signal);
      notes['queuedMs'] = Date.now() - arrived;
      try {
        await this.write(asked, ids, engine, response, signal, notes);
      } finally {
        leave();
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(timer);
      this.underway.delete(controller);
    }
  }

  /**
   * @param {import('./completion.mjs').Completion} asked
   * @param {number[]} ids
   * @param {import('./engine.mjs').Engine} engine
   * @param {Response} response
   * @param {AbortSignal} signal
   * @param {Notes} notes
   */
  async write(asked, ids, engine, response, signal, notes) {
    const head = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(Date.now() / 1000),
      model: this.model.id,
    };
    /** @param {string} text @param {'stop' | 'length' | null} reason */
    const choices = (text, reason) => [{ index: 0, text, logprobs: null, finish_reason: reason }];
    const events = asked.stream ? new EventStream(response, signal) : null;
    const text = new TextStream(engine.bytes, asked.stop);
    let whole = '';
    /** @param {string} piece */
    const add = async (piece) => {
      whole += piece;
      if (piece !== '') await events?.send({ ...head, choices: choices(piece, null) });
    };

    if (asked.echo) await add(asked.prompt);
    const sampling = { ...asked, seed: asked.seed ?? randomInt(2 ** 32) };
    let made = 0;
    for await (const id of engine.generate(ids, sampling, signal)) {
      made += 1;
      await add(text.push(id));
      if (text.stopped) break;
    }
    signal.throwIfAborted();
    await add(text.end());
    const reason = made === asked.maxTokens && !text.stopped ? 'length' : 'stop';
    const usage = { prompt_tokens: ids.length, completion_tokens: made, total_tokens: ids.length + made };
    Object.assign(notes, { completionTokens: made, finish: reason });

    if (!events) {
      sendJson(response, 200, { ...head, notice: NOTICE, choices: choices(whole, reason), usage });
      return;
    }
    await events.send({ ...head, notice: NOTICE, choices: choices('', reason) });
    if (asked.usage) await events.send({ ...head, choices: [], usage });
    await events.send('[DONE]');
    response.end();
  }
}

/** For whoever reads the text in the end. */
const NOTICE = 'Written by a machine: it may be false.';
const STOPPING = 'The server is stopping.';
const ONE_MODEL = '/v1/models/{id}';

/** @param {Request} request */
const pathOf = (request) => (request.url ?? '').split('?', 1)[0] ?? '';

/** The model that a path asks for; null for what is no UTF-8. @param {string} path */
function idIn(path) {
  try {
    return decodeURIComponent(path.slice('/v1/models/'.length));
  } catch {
    return null;
  }
}
