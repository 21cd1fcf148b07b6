import { randomInt, randomUUID } from 'node:crypto';
import { CHAT_FORM, idsOf, parseChat } from './chat.mjs';
import { idsOfTexts, parseClassify, reportOf } from './classify.mjs';
import { COMPLETION_FORM, parseCompletion } from './completion.mjs';
import { ApiError, checkLength, otherModel } from './errors.mjs';
import { parseFill } from './fill.mjs';
import {
  checkHost,
  checkKey,
  checkOrigin,
  corsHeaders,
  EventStream,
  idIn,
  pathOf,
  readJson,
  sendJson,
} from './http.mjs';
import { Queue } from './queue.mjs';
import { TextStream } from './text.mjs';

/** @typedef {import('./http.mjs').Request} Request */
/** @typedef {import('./http.mjs').Response} Response */
/** @typedef {Record<string, string | number | boolean>} Notes what the log says of a request; never its text */
/** @typedef {Record<string, Partial<Record<string, (request: Request, response: Response, notes: Notes) => unknown>>>} Routes */

/**
 * The model, loaded: it writes or answers, it fills blanks, or it tells texts apart.
 * @typedef {object} Engine
 * @property {number} context tokens that the model reads at once
 * @property {(text: string) => number[]} tokenize ids of a prompt; empty ones are as what begins a text
 * @property {(id: number) => Uint8Array} bytes that a token stands for: none for a special token, whose text only names it
 * @property {(ids: readonly number[], sampling: Sampling, signal: AbortSignal) => AsyncGenerator<number>} generate
 *   the ids that follow, without the one that ends a text; at most `parallel` calls at the same time
 * @property {(messages: readonly import('./chat.mjs').Message[]) => number[]} [prompt] ids that ask for an answer, as the
 *   model's chat template has it; absent: it has none
 * @property {(text: string) => Passage | null} [passage] where the blanks of a text are; null where it has none
 * @property {(passage: Passage, most: number) => Promise<Candidate[][]>} [fill] of each blank the likeliest, the best first
 * @property {(texts: readonly number[][], signal: AbortSignal) => Promise<import('./classify.mjs').Classified[]>} [classify]
 *
 * @typedef {object} Sampling
 * @property {number} temperature 0: always the likeliest
 * @property {number} topP
 * @property {number} seed
 * @property {number} maxTokens
 *
 * @typedef {'stop' | 'length' | null} Reason
 *
 * @typedef {object} Form how what is written is told
 * @property {string} id what ids begin with
 * @property {string} object
 * @property {string} event the object of each event of a stream
 * @property {object[] | null} opening of a stream
 * @property {(text: string, reason: Reason) => object[]} part of a stream
 * @property {(text: string, reason: Reason) => object[]} whole
 *
 * @typedef {object} Passage
 * @property {readonly string[]} pieces one more than there are blanks
 * @property {readonly string[]} spaces white space before each blank, which is in no piece
 * @property {readonly number[]} ids
 * @property {readonly number[]} places of the blanks among the ids
 *
 * @typedef {object} Candidate
 * @property {number} token
 * @property {string} token_str as it stands in the passage, the space before it too
 * @property {number} score its probability
 */

/** What is asked of the model, over HTTP. */
export class Api {
  /**
   * @param {import('./model.mjs').Model} model
   * @param {import('./settings.mjs').Settings} settings
   * @param {(notes: Notes) => void} log
   */
  constructor(model, settings, log) {
    this.model = model;
    this.settings = settings;
    this.log = log;
    this.queue = new Queue(settings.parallel, settings.queue);
    /** @type {Engine | null} Null until the model is loaded. */
    this.engine = null;
    /** @type {Set<AbortController>} Requests that wait or are answered. */
    this.underway = new Set();
    this.stopping = false;
    /** @type {Routes} */
    this.routes = {
      '/health': { GET: (_, response) => this.health(response) },
      '/v1/models': { GET: (request, response) => this.models(request, response) },
      [ONE_MODEL]: { GET: (request, response) => this.oneModel(request, response) },
      ...this.tasks()[model.task],
      ...(chats(model) && {
        '/v1/chat/completions': { POST: (request, response, notes) => this.chat(request, response, notes) },
      }),
    };
  }

  /** @returns {Record<import('./model.mjs').Model['task'], Routes>} */
  tasks() {
    /** @type {Routes} */
    const writes = {
      '/v1/completions': { POST: (request, response, notes) => this.complete(request, response, notes) },
    };
    return {
      'text-generation': writes,
      'text2text-generation': writes,
      'fill-mask': { '/v1/fill-mask': { POST: (request, response, notes) => this.fill(request, response, notes) } },
      'text-classification': {
        '/v1/classify': { POST: (request, response, notes) => this.classify(request, response, notes) },
      },
    };
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

  /** @param {Routes[string] | undefined} route @param {Request} request @param {Response} response @param {Notes} notes */
  async answer(route, request, response, notes) {
    // Whoever looks after containers asks for their health by numbers.
    if (notes['route'] !== '/health') {
      checkHost(request, this.settings.hosts);
      checkOrigin(request, this.settings.corsOrigins);
    }
    if (!route) {
      throw new ApiError(404, `Available: ${Object.keys(this.routes).join(', ')}. ${doesOf(this.model)}`);
    }
    if (request.method === 'OPTIONS' && this.settings.corsOrigins.length > 0) {
      response.writeHead(204).end();
      return;
    }
    const handler = route[request.method === 'HEAD' ? 'GET' : (request.method ?? '')];
    if (!handler) {
      const allow = Object.keys(route).join(', ');
      throw new ApiError(405, `Only ${allow} is supported here.`, { headers: { Allow: allow } });
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
    const { status, body, headers } = known ? error : new ApiError(500, 'Internal server error; see the server log.');
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
    const { settings, model } = this;
    const engine = this.loaded(request);
    const asked = parseCompletion(await readJson(request, settings.bodyBytes), {
      model: model.id,
      maxTokens: settings.maxTokens,
    });
    const ids = engine.tokenize(asked.prompt);
    Object.assign(notes, { stream: asked.stream, promptTokens: ids.length });
    checkLength('prompt', ids.length, engine.context);
    await this.inTurn(response, notes, (signal) =>
      this.write(asked, ids, COMPLETION_FORM, engine, response, signal, notes),
    );
  }

  /** @param {Request} request @param {Response} response @param {Notes} notes */
  async chat(request, response, notes) {
    const { settings, model } = this;
    const engine = this.loaded(request);
    if (!engine.prompt) throw new Error('The model has no chat template.');
    const { messages, ...rest } = parseChat(await readJson(request, settings.bodyBytes), {
      model: model.id,
      maxTokens: settings.maxTokens,
    });
    const ids = idsOf(messages, engine.prompt);
    Object.assign(notes, { stream: rest.stream, promptTokens: ids.length, messages: messages.length });
    checkLength('messages', ids.length, engine.context);
    // A conversation of which the beginning is not read any more is none: an answer ends where the context does.
    const maxTokens = Math.min(rest.maxTokens, engine.context + 1 - ids.length);
    const asked = { ...rest, maxTokens, prompt: '', echo: false };
    await this.inTurn(response, notes, (signal) => this.write(asked, ids, CHAT_FORM, engine, response, signal, notes));
  }

  /** @param {Request} request @param {Response} response @param {Notes} notes */
  async fill(request, response, notes) {
    const { settings, model } = this;
    const { passage: passageOf, fill, context } = this.loaded(request);
    if (!passageOf || !fill) throw new Error('The model fills no blanks.');
    const asked = parseFill(await readJson(request, settings.bodyBytes), { model: model.id });
    const passage = passageOf(asked.text);
    if (!passage) {
      throw new ApiError(400, 'text has no blank to fill: write [MASK] or ___ where a word is hidden.', {
        code: 'no_blank',
        param: 'text',
      });
    }
    const { ids, places, pieces } = passage;
    Object.assign(notes, { promptTokens: ids.length, blanks: places.length });
    checkLength('text', ids.length, context);
    const blanks = await this.inTurn(response, notes, async (signal) => {
      const found = await fill(passage, asked.topK);
      signal.throwIfAborted();
      return found;
    });
    sendJson(response, 200, {
      id: `fill-${randomUUID()}`,
      object: 'fill_mask',
      created: Math.floor(Date.now() / 1000),
      model: model.id,
      notice: NOTICE,
      text: pieces.map((piece, i) => piece + (blanks[i]?.[0]?.token_str ?? '')).join(''),
      blanks,
      usage: { prompt_tokens: ids.length, total_tokens: ids.length },
    });
  }

  /** @param {Request} request @param {Response} response @param {Notes} notes */
  async classify(request, response, notes) {
    const { settings, model } = this;
    const { tokenize, classify } = this.loaded(request);
    if (!classify) throw new Error('The model tells no texts apart.');
    const told = Object(model.more['classes']);
    const limits = { model: model.id, texts: settings.texts, atLeast: Number(told.atLeast) };
    const asked = parseClassify(await readJson(request, settings.bodyBytes), limits);
    const results = await this.inTurn(response, notes, async (signal) => {
      const texts = idsOfTexts(asked.texts, tokenize);
      Object.assign(notes, { texts: texts.length });
      const found = await classify(texts, signal);
      signal.throwIfAborted();
      return found;
    });
    const tokens = results.reduce((sum, one) => sum + one.tokens, 0);
    notes['promptTokens'] = tokens;
    sendJson(response, 200, {
      id: `classify-${randomUUID()}`,
      object: 'classification',
      created: Math.floor(Date.now() / 1000),
      model: model.id,
      notice: JUDGED,
      results: results.map((one) => reportOf(one, told, asked)),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  }

  /** The model, for whoever has the key. @param {Request} request @throws {ApiError} 401, 503 */
  loaded(request) {
    checkKey(request, this.settings.apiKey);
    if (this.engine && !this.stopping) return this.engine;
    const headers = { 'Retry-After': '5' };
    throw new ApiError(503, this.engine ? STOPPING : 'The model is still loading.', { headers });
  }

  /**
   * Does work for a request once it is its turn, and ends it where the client goes, or when it takes too long.
   * @template T
   * @param {Response} response @param {Notes} notes @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async inTurn(response, notes, work) {
    const { settings } = this;
    const controller = new AbortController();
    const { signal } = controller;
    const late = new ApiError(503, `The request took longer than ${settings.timeoutMs / 1000} s.`, { code: 'timeout' });
    const timer = setTimeout(() => controller.abort(late), settings.timeoutMs);
    response.once('close', () => controller.abort(new Error('The client has gone.')));
    this.underway.add(controller);
    try {
      const arrived = Date.now();
      const leave = await this.queue.enter(signal);
      notes['queuedMs'] = Date.now() - arrived;
      try {
        return await work(signal);
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
   * @param {Form} form
   * @param {Engine} engine
   * @param {Response} response
   * @param {AbortSignal} signal
   * @param {Notes} notes
   */
  async write(asked, ids, form, engine, response, signal, notes) {
    const events = asked.stream ? new EventStream(response, signal) : null;
    const head = {
      id: `${form.id}-${randomUUID()}`,
      object: events ? form.event : form.object,
      created: Math.floor(Date.now() / 1000),
      model: this.model.id,
    };
    const text = new TextStream(engine.bytes, asked.stop);
    let whole = '';
    /** @param {string} piece */
    const add = async (piece) => {
      whole += piece;
      if (piece !== '') await events?.send({ ...head, choices: form.part(piece, null) });
    };

    if (form.opening) await events?.send({ ...head, choices: form.opening });
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
      sendJson(response, 200, { ...head, notice: NOTICE, choices: form.whole(whole, reason), usage });
      return;
    }
    await events.send({ ...head, notice: NOTICE, choices: form.part('', reason) });
    if (asked.usage) await events.send({ ...head, choices: [], usage });
    await events.send('[DONE]');
    response.end();
  }
}

/** For whoever reads the text in the end. */
const NOTICE = 'Written by a machine: it may be false.';
/** For whoever is told of a label. */
const JUDGED = 'Judged by a machine: it may be wrong.';
/** @type {Record<import('./model.mjs').Model['task'], string>} */
const DOES = {
  'text-generation': 'The model continues text; it does not chat.',
  'fill-mask': 'The model fills blanks; it does not continue text.',
  'text2text-generation': 'The model answers an input text; it does not chat.',
  'text-classification': 'The model classifies text; it does not generate text.',
};
/** @param {import('./model.mjs').Model} model */
const chats = ({ more }) => more['chat'] !== undefined;
/** @param {import('./model.mjs').Model} model */
const doesOf = (model) => (chats(model) ? 'The model chats and continues text.' : DOES[model.task]);
const STOPPING = 'The server is stopping.';
const ONE_MODEL = '/v1/models/{id}';
