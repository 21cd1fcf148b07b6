import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { project, type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { greedy, trainedModels } from '../../../../testing/trainedModel';
import type { Exported } from '../../format';

let folder: string;
let model: Exported;
let prompt: string;
/** Greedy continuation of the prompt by this engine. */
let continuation: string;
/** Beyond the model's context. */
const LENGTH = 90;
/** Notice to readers of generated text. */
const BY_A_MACHINE: unknown = expect.stringMatching(/^Written by a machine: it may be false\.$/);
const servers: Service[] = [];
let plain: Service;

async function start(env: Record<string, string> = {}): Promise<Service> {
  const server = await startService(folder, env);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  model = (await trainedModels())[0]!;
  const { tokenizer } = model;
  prompt = 'It was the whale';
  continuation = tokenizer.decode(await greedy(model, tokenizer.encode(prompt), LENGTH));
  folder = await serviceFolder(model);
  plain = await start();
}, 240_000); // Whichever test needs the models first trains them.
afterAll(async () => {
  for (const { process: child } of servers) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const ask = (more: Partial<OpenAI.CompletionCreateParamsNonStreaming> = {}) => ({
  model: model.name,
  prompt,
  max_tokens: LENGTH,
  temperature: 0,
  ...more,
});

test('the folder is complete, pins tested versions, and has no unfilled template values', async () => {
  const names = await readdir(folder);
  for (const name of ['Dockerfile', '.dockerignore', 'README.md', 'MODEL_CARD.md', 'model.gguf', 'package.json']) {
    expect(names).toContain(name);
  }
  interface Package {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  }
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Package;
  const { dependencies } = await read(join(folder, 'package.json'));
  const ours = await read(project('package.json'));
  const known = { ...ours.devDependencies, ...ours.dependencies };
  expect(dependencies).toEqual(Object.fromEntries(Object.keys(dependencies).map((name) => [name, known[name]])));
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  expect(readme).not.toContain('{{');
  expect(readme).toContain(`"model": "${model.name}"`);
});

describe("OpenAI's client", () => {
  test('gets our own text, also beyond the context', async () => {
    expect(LENGTH).toBeGreaterThan(model.info.model.config.context);
    const { choices, usage, ...rest } = await plain.client.completions.create(ask());
    expect(choices).toEqual([{ index: 0, text: continuation, logprobs: null, finish_reason: 'length' }]);
    const promptTokens = model.tokenizer.encode(prompt).length;
    expect(usage).toEqual({
      prompt_tokens: promptTokens,
      completion_tokens: LENGTH,
      total_tokens: promptTokens + LENGTH,
    });
    expect(rest).toMatchObject({ object: 'text_completion', model: model.name, notice: BY_A_MACHINE });
  });

  test('gives the same as a stream, for a list of one, with the prompt echoed, and concurrently with other requests', async () => {
    const streamed = async (): Promise<string[]> => {
      const stream = await plain.client.completions.create({
        ...ask(),
        stream: true,
        stream_options: { include_usage: true },
        prompt: [prompt],
        echo: true,
      });
      const pieces: string[] = [];
      let usage: OpenAI.CompletionUsage | undefined;
      let reason: string | null = null;
      const noticed: unknown[] = [];
      for await (const event of stream) {
        if ('notice' in event) noticed.push([event.notice, event.choices[0]?.finish_reason]);
        pieces.push(...event.choices.map(({ text }) => text));
        reason = event.choices[0]?.finish_reason ?? reason;
        usage = event.usage ?? usage;
      }
      expect(usage?.completion_tokens).toBe(LENGTH);
      expect(reason).toBe('length');
      expect(noticed).toEqual([[BY_A_MACHINE, 'length']]); // once, at the end
      return pieces;
    };
    for (const pieces of await Promise.all(Array.from({ length: 6 }, streamed))) {
      expect(pieces.length).toBeGreaterThan(20);
      expect(pieces.join('')).toBe(prompt + continuation);
    }
  });

  test('ends before a stop string at any position', async () => {
    for (const at of [0, 1, 7, 20, 33]) {
      const stop = continuation.slice(at, at + 4);
      const { choices } = await plain.client.completions.create(ask({ stop: ['never there', stop] }));
      expect(choices[0]).toMatchObject({
        text: continuation.slice(0, continuation.indexOf(stop)),
        finish_reason: 'stop',
      });
    }
    // The beginning of a stop string at the very end is text.
    const stop = `${continuation.slice(-3)} but not this`;
    expect((await plain.client.completions.create(ask({ stop }))).choices[0]).toMatchObject({ text: continuation });
  });

  test('samples by the seed', async () => {
    const at = (seed: number) => plain.client.completions.create(ask({ temperature: 1, top_p: 0.95, seed }));
    const [one, again, other] = [await at(7), await at(7), await at(8)];
    expect(one.choices).toEqual(again.choices);
    expect(one.choices).not.toEqual(other.choices);
  });

  test('lists the model, and begins a text from nothing', async () => {
    const { data } = await plain.client.models.list();
    const created = Math.floor(model.info.createdAt / 1000);
    expect(data).toEqual([{ id: model.name, object: 'model', created, owned_by: 'homegrown' }]);
    expect(await (await fetch(`${plain.url}/health`)).json()).toEqual({ status: 'ready' });
    const { usage } = await plain.client.completions.create(ask({ prompt: '' }));
    expect(usage?.prompt_tokens).toBe(1);
  });
});

describe("refuses requests in OpenAI's format", () => {
  const body = (more: object) => JSON.stringify({ model: model.name, prompt: 'x', ...more });
  const json = { 'Content-Type': 'application/json' };
  interface Case {
    what: string;
    status: number;
    param?: string | null;
    path?: string;
    init?: () => RequestInit;
    more?: object;
  }
  const cases: Case[] = [
    { what: 'no prompt that is a string', status: 400, param: 'prompt', more: { prompt: 5 } },
    { what: 'several prompts', status: 400, param: 'prompt', more: { prompt: ['a', 'b'] } },
    { what: 'token ids', status: 400, param: 'prompt', more: { prompt: [1, 2] } },
    { what: 'half a surrogate pair', status: 400, param: 'prompt', more: { prompt: '\ud800' } },
    { what: 'a prompt beyond the context', status: 400, param: 'prompt', more: { prompt: 'x'.repeat(5000) } },
    { what: 'no max_tokens', status: 400, param: 'max_tokens', more: { max_tokens: 0 } },
    { what: 'too many max_tokens', status: 400, param: 'max_tokens', more: { max_tokens: 1025 } },
    { what: 'a fraction of a token', status: 400, param: 'max_tokens', more: { max_tokens: 1.5 } },
    { what: 'a temperature above 2', status: 400, param: 'temperature', more: { temperature: 2.1 } },
    { what: 'a temperature as text', status: 400, param: 'temperature', more: { temperature: '1' } },
    { what: 'top_p below 0', status: 400, param: 'top_p', more: { top_p: -0.1 } },
    { what: 'five stop strings', status: 400, param: 'stop', more: { stop: ['a', 'b', 'c', 'd', 'e'] } },
    { what: 'an empty stop string', status: 400, param: 'stop', more: { stop: '' } },
    { what: 'a seed that is none', status: 400, param: 'seed', more: { seed: 0.5 } },
    { what: 'two completions', status: 400, param: 'n', more: { n: 2 } },
    { what: 'logprobs', status: 400, param: 'logprobs', more: { logprobs: 1 } },
    { what: 'a suffix', status: 400, param: 'suffix', more: { suffix: 'x' } },
    { what: 'a penalty', status: 400, param: 'presence_penalty', more: { presence_penalty: 1 } },
    { what: 'stream_options without stream', status: 400, param: 'stream_options', more: { stream_options: {} } },
    { what: 'stream as a number', status: 400, param: 'stream', more: { stream: 1 } },
    { what: 'an unknown parameter', status: 400, param: 'top_q', more: { top_q: 1 } },
    { what: 'no model', status: 400, param: 'model', more: { model: null } },
    { what: 'another model', status: 404, param: 'model', more: { model: 'gpt-4' } },
    { what: 'a list', status: 400, init: () => ({ method: 'POST', headers: json, body: '[]' }) },
    { what: 'no JSON', status: 400, init: () => ({ method: 'POST', headers: json, body: '{' }) },
    {
      what: 'no UTF-8',
      status: 400,
      init: () => ({ method: 'POST', headers: json, body: Uint8Array.of(34, 255, 34) }),
    },
    { what: 'text', status: 415, init: () => ({ method: 'POST', body: body({}) }) },
    { what: 'a long body', status: 413, more: { prompt: 'x'.repeat(300_000) } },
    { what: 'another method', status: 405, init: () => ({ method: 'GET' }) },
    { what: 'a chat', status: 404, path: '/v1/chat/completions', more: {} },
    { what: 'another path', status: 404, path: '/constructor', init: () => ({ method: 'GET' }) },
  ];
  test.each(cases)('$what: $status', async ({ status, param = null, path = '/v1/completions', init, more }) => {
    const response = await fetch(
      `${plain.url}${path}`,
      init?.() ?? { method: 'POST', headers: json, body: body(more!) },
    );
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error['message']).toMatch(/\.$/);
  });

  test('refuses a long body without a stated length: 413', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${plain.url}/v1/completions`, { method: 'POST', headers: json }, (response) => {
        resolve(response.statusCode);
        response.resume();
      });
      sent.on('error', reject);
      sent.write('x'.repeat(300_000));
    });
    expect(status).toBe(413);
  });

  test('keeps answering after a client disconnects during its body', async () => {
    const sent = request(`${plain.url}/v1/completions`, {
      method: 'POST',
      headers: { ...json, 'Content-Length': 100 },
    });
    sent.on('error', () => undefined);
    await new Promise((resolve) => sent.write('{ "model":', resolve));
    sent.destroy();
    expect((await plain.client.completions.create(ask())).choices[0]?.text).toBe(continuation);
  });
});

describe('a server with a small queue', () => {
  let small: Service;
  const origin = 'https://example.org';
  beforeAll(async () => {
    const room = { PARALLEL: '1', QUEUE: '1', MAX_TOKENS: '1000000', GRACE_SECONDS: '0' };
    small = await start({ ...room, API_KEY: 'a secret', CORS_ORIGIN: `${origin}, https://example.com` });
  });
  /** Starts a completion that doesn't end by itself. */
  async function endless() {
    const stream = await small.client.completions.create({ ...ask({ max_tokens: 1_000_000 }), stream: true });
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    return { stop: () => stream.controller.abort(), events };
  }

  test('requires its key, except for its health check', async () => {
    for (const headers of [{}, { Authorization: 'Bearer a secre' }, { Authorization: 'a secret' }]) {
      const response = await fetch(`${small.url}/v1/models`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error: { type: 'authentication_error', code: 'invalid_api_key' } });
    }
    const wrong = new OpenAI({ baseURL: `${small.url}/v1`, apiKey: 'wrong', maxRetries: 0 });
    await expect(wrong.completions.create(ask())).rejects.toBeInstanceOf(APIError);
    expect((await fetch(`${small.url}/health`)).status).toBe(200);
  });

  test('allows only configured origins to read it', async () => {
    const allowed = async (url: string, from: string, method = 'GET') =>
      (await fetch(`${url}/v1/models`, { method, headers: { Origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed(small.url, origin)).toBe(origin);
    expect(await allowed(small.url, origin, 'OPTIONS')).toBe(origin);
    expect(await allowed(small.url, 'https://example.net')).toBeNull();
    expect(await allowed(plain.url, origin)).toBeNull();
    expect((await fetch(`${plain.url}/v1/models`, { method: 'OPTIONS' })).status).toBe(405);
  });

  test('queues one request, refuses the next, and continues after a client disconnects', async () => {
    const first = await endless();
    const second = small.client.completions.create(ask());
    // The second is queued once a third is refused because the queue is full.
    let refused: unknown;
    while (!(refused instanceof APIError)) {
      const third = small.client.completions.create(ask({ max_tokens: 1 }), { timeout: 300 });
      refused = await third.then(
        () => null,
        (error: unknown) => (error instanceof APIError && error.status === 429 ? error : null),
      );
    }
    expect(refused).toMatchObject({ status: 429, code: 'queue_full', type: 'rate_limit_error' });
    expect(Number((refused.headers as Headers).get('retry-after'))).toBeGreaterThanOrEqual(1);
    first.stop();
    expect((await second).choices[0]?.text).toBe(continuation);
    await small.reported((line) => line['gone'] === true && line['stream'] === true);
  });

  test('frees the place of a client that disconnects during an unstreamed answer', async () => {
    const body = JSON.stringify(ask({ max_tokens: 1_000_000 }));
    const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer a secret' };
    const hung = request(`${small.url}/v1/completions`, { method: 'POST', headers });
    hung.on('error', () => undefined);
    hung.end(body);
    await new Promise((resolve) => setTimeout(resolve, 300));
    hung.destroy();
    expect((await small.client.completions.create(ask())).choices[0]?.text).toBe(continuation);
  });

  test('stops on a signal, and ends running requests with a reason', async () => {
    const { events } = await endless();
    const exit = once(small.process, 'exit');
    small.process.kill('SIGTERM');
    const ended = async (): Promise<void> => {
      while (!(await events.next()).done);
    };
    await expect(ended()).rejects.toThrow('The server is stopping.');
    expect(await exit).toEqual([0, null]);
    expect(small.log.at(-1)).toMatchObject({ event: 'stopped' });
  });
});

test('ends a request that takes too long', async () => {
  const hasty = await start({ TIMEOUT_SECONDS: '1', MAX_TOKENS: '1000000' });
  const late = hasty.client.completions.create(ask({ max_tokens: 1_000_000 }));
  await expect(late).rejects.toMatchObject({ status: 503, code: 'timeout' });
});

test('names an invalid setting, and starts nothing', async () => {
  const child = spawn(process.execPath, ['server.mjs'], { cwd: folder, env: { PORT: 'eighty' } });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(output).toContain('PORT must be a whole number from 0 to 65535, not eighty.');
});

test('the log has counts and times, and never the text', () => {
  const requests = plain.log.filter(({ event }) => event === 'request');
  expect(requests.length).toBeGreaterThan(30);
  expect(requests[0]).toMatchObject({
    route: '/v1/completions',
    status: 200,
    completionTokens: LENGTH,
    finish: 'length',
    stream: false,
  });
  const everything = JSON.stringify(servers.map(({ log }) => log));
  for (const secret of [prompt, continuation.slice(0, 10), 'a secret', 'constructor']) {
    expect(everything).not.toContain(secret);
  }
});
