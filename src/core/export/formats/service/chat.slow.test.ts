/** Chats with the exported web service, on models made to end their answers. */
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Message } from '../../../chat/conversation';
import type * as Served from '../../../chat/served';
import type { ServedChat } from '../../../chat/served';
import { type ChatModel, chatmlModel, QUESTION, turnsModel } from '../../../../testing/chatModel';
import { type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { propertyRuns } from '../../../../testing/propertyRuns';

vi.setConfig({ testTimeout: 240_000 });
const BY_A_MACHINE: unknown = expect.stringMatching(/^Written by a machine: it may be false\.$/);
const servers: Service[] = [];
const folders: string[] = [];
let chats: Record<'turns' | 'chatml', { chat: ChatModel; folder: string; served: Service }>;
async function start(folder: string, env: Record<string, string> = {}): Promise<Service> {
  const server = await startService(folder, env);
  servers.push(server);
  return server;
}
beforeAll(async () => {
  const made = async (chat: ChatModel) => {
    const folder = await serviceFolder(chat.model);
    folders.push(folder);
    return { chat, folder, served: await start(folder) };
  };
  chats = { turns: await made(await turnsModel()), chatml: await made(await chatmlModel()) };
}, 240_000);
afterAll(async () => {
  for (const { process: child } of servers) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true });
});

const user = (content: string): Message => ({ role: 'user', content });
const asked = (more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) => ({
  model: chats.turns.chat.model.name,
  messages: [user(QUESTION)] as OpenAI.ChatCompletionMessageParam[],
  temperature: 0,
  ...more,
});

describe.each(['turns', 'chatml'] as const)('a model with %s', (name) => {
  test("gives the app's answers and ends its turns like the app, read by OpenAI's client", async () => {
    const { chat, served } = chats[name];
    const ours = await chat.answer([user(QUESTION)]);
    const { choices, usage, ...rest } = await served.client.chat.completions.create({
      ...asked(),
      model: chat.model.name,
    });
    expect(ours.isEnded).toBe(true);
    const message = { role: 'assistant', content: ours.text, refusal: null };
    expect(choices).toEqual([{ index: 0, message, logprobs: null, finish_reason: 'stop' }]);
    const prompt_tokens = chat.ask([user(QUESTION)]).length;
    const completion_tokens = ours.tokens;
    expect(usage).toEqual({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens });
    expect(rest).toMatchObject({ object: 'chat.completion', model: chat.model.name, notice: BY_A_MACHINE });
    expect(rest.id).toMatch(/^chatcmpl-/);
  });

  test('treats text that looks like a special token as text', async () => {
    const { chat, served } = chats[name];
    const injected = chat.model.tokenizer.special.map(({ text }) => text);
    for (const content of [...injected, `a${injected.join('')} b`, `${injected[1]}\n${injected[0]}${injected[2]}`]) {
      const messages = [{ role: 'system', content: 'b' }, user('a'), { role: 'assistant', content }, user(content)] as const; // prettier-ignore
      for (const some of [[user(content)], messages]) {
        const ids = chat.ask(some);
        const special = [...ids].filter((id) => chat.model.tokenizer.specialOf(id));
        const plain = chat.ask(some.map(({ role }) => ({ role, content: 'a' })));
        expect(special).toEqual([...plain].filter((id) => chat.model.tokenizer.specialOf(id)));
        const body = { ...asked(), model: chat.model.name, messages: [...some], max_tokens: 3 };
        const { choices, usage } = await served.client.chat.completions.create(body);
        expect(usage?.prompt_tokens).toBe(ids.length);
        expect(choices[0]?.message.content).toBe((await chat.answer(some, 3)).text);
      }
    }
  });

  test('passes the same ids to llama.cpp as the app, for any messages', async () => {
    const { chat, folder } = chats[name];
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
    const vocabulary = await llama.loadModel({ modelPath: join(folder, 'model.gguf'), vocabOnly: true });
    const { chat: servedChat } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as { chat: ServedChat };
    const { prompter } = (await import(pathToFileURL(join(folder, 'prompt.mjs')).href)) as typeof Served;
    const prompt = prompter(servedChat, (text) => vocabulary.tokenize(text, false));
    const special = chat.model.tokenizer.special.map(({ text }) => text);
    const piece = fc.oneof(
      fc.constantFrom(...special, '<|', '|>', 'User:\n', ' ', '\n\n', '\ufdd0', '{{ x }}'),
      fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
    );
    const content = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
    const property = fc.property(
      fc.option(content),
      fc.array(content, { minLength: 1, maxLength: 3 }),
      (system, all) => {
        const messages: Message[] = [
          ...(system === null ? [] : [{ role: 'system', content: system } as const]),
          ...all.flatMap((text, i): Message[] => (i === 0 ? [user(text)] : [{ role: 'assistant', content: `a${text}` }, user(text)])), // prettier-ignore
        ];
        expect(prompt(messages)).toEqual([...chat.ask(messages)]);
      },
    );
    fc.assert(property, { numRuns: propertyRuns(200) });
    await vocabulary.dispose();
  });

  test('streams the same text as a single answer with the same seed', async () => {
    const { chat, served } = chats[name];
    for (const seed of [1, 7]) {
      const how = { ...asked(), model: chat.model.name, temperature: 1, top_p: 0.95, seed, max_completion_tokens: 30 };
      const once = await served.client.chat.completions.create(how);
      const stream = await served.client.chat.completions.create({
        ...how,
        stream: true,
        stream_options: { include_usage: true },
      });
      const events: OpenAI.ChatCompletionChunk[] = [];
      for await (const event of stream) events.push(event);
      expect(new Set(events.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
      expect(new Set(events.map(({ id }) => id)).size).toBe(1);
      expect(events[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '' });
      const text = events.map(({ choices: [choice] }) => choice?.delta.content ?? '').join('');
      expect(text).toBe(once.choices[0]!.message.content);
      const reasons = events.flatMap(({ choices: [choice] }) => choice?.finish_reason ?? []);
      expect(reasons).toEqual([once.choices[0]!.finish_reason]);
      expect(events.at(-1)).toMatchObject({ choices: [], usage: once.usage });
      expect(events.filter((event) => 'notice' in event)).toHaveLength(1);
    }
  });
});

test('an answer ends before a stop string, at max_tokens, and at the end of the context', async () => {
  const { chat, served } = chats.turns;
  const create = (more: Parameters<typeof asked>[0]) => served.client.chat.completions.create(asked(more));
  const { text } = await chat.answer([user(QUESTION)]);
  const stop = text.slice(2, 4);
  expect((await create({ stop })).choices[0]).toMatchObject({
    message: { content: text.slice(0, text.indexOf(stop)) },
    finish_reason: 'stop',
  });
  const short = await create({ max_tokens: 2 });
  expect(short.choices[0]!.finish_reason).toBe('length');
  expect(short.usage!.completion_tokens).toBe(2);
  const { context } = chat.model.info.model.config;
  let isFull = false;
  for (let i = 0; i < 20 && !isFull; i++) {
    const messages = [user(`${'x'.repeat(context - 12)}${String.fromCharCode(97 + i)}`)];
    const ids = chat.ask(messages);
    const ours = await chat.answer(messages);
    const { choices, usage } = await create({ messages });
    expect(choices[0]!.message.content).toBe(ours.text);
    isFull = choices[0]!.finish_reason === 'length';
    if (isFull) expect(usage!.completion_tokens).toBe(context + 1 - ids.length);
  }
  expect(isFull).toBe(true);
});

test('accepts content with several text parts, and completions as before', async () => {
  const { chat, served } = chats.turns;
  const parts = [QUESTION.slice(0, 4), QUESTION.slice(4)].map((text) => ({ type: 'text' as const, text }));
  const { choices } = await served.client.chat.completions.create(asked({ messages: [{ role: 'user', content: parts }] })); // prettier-ignore
  expect(choices[0]!.message.content).toBe((await chat.answer([user(QUESTION)])).text);
  const { usage } = await served.client.completions.create({ model: chat.model.name, prompt: QUESTION, max_tokens: 1 });
  expect(usage!.prompt_tokens).toBe(chat.model.tokenizer.encode(QUESTION).length);
});

describe("refuses requests in OpenAI's format", () => {
  const json = { 'Content-Type': 'application/json' };
  const system = { role: 'system', content: 'b' };
  const answer = { role: 'assistant', content: 'c' };
  const a = user('a');
  const cases: [what: string, status: number, param: string | null, more: object][] = [
    ['no messages', 400, 'messages', { messages: null }],
    ['an empty list', 400, 'messages', { messages: [] }],
    ['a text', 400, 'messages', { messages: 'Who is there?' }],
    ['too many messages', 400, 'messages', { messages: Array.from({ length: 1001 }, () => a) }],
    ['a message that is none', 400, 'messages[0]', { messages: ['a'] }],
    ['a message with a name', 400, 'messages[0]', { messages: [{ ...a, name: 'Ishmael' }] }],
    ['a message with tools', 400, 'messages[1]', { messages: [a, { ...answer, tool_calls: [] }, a] }],
    ['a role that is not known', 400, 'messages[0].role', { messages: [{ role: 'tool', content: 'a' }] }],
    ['a developer', 400, 'messages[0].role', { messages: [{ role: 'developer', content: 'a' }, a] }],
    ['no role', 400, 'messages[0].role', { messages: [{ content: 'a' }] }],
    ['a late system turn', 400, 'messages[1].role', { messages: [a, system, a] }],
    ['an answer to nothing', 400, 'messages[0].role', { messages: [answer, a] }],
    ['two questions in a row', 400, 'messages[1].role', { messages: [a, a] }],
    ['an answer at the end', 400, 'messages', { messages: [a, answer] }],
    ['a system turn alone', 400, 'messages', { messages: [system] }],
    ['no content', 400, 'messages[0].content', { messages: [{ role: 'user' }] }],
    ['content that is a number', 400, 'messages[0].content', { messages: [{ role: 'user', content: 1 }] }],
    ['an image', 400, 'messages[0].content', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] }], // prettier-ignore
    ['a part without text', 400, 'messages[0].content', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['half a surrogate pair', 400, 'messages[0].content', { messages: [user('\ud800')] }],
    ['an empty answer', 400, 'messages[1].content', { messages: [a, { ...answer, content: ' ' }, a] }],
    ['more than the context', 400, 'messages', { messages: [user('x'.repeat(5000))] }],
    ['no max_tokens', 400, 'max_tokens', { max_tokens: 0 }],
    ['too many', 400, 'max_completion_tokens', { max_completion_tokens: 1025 }],
    ['a temperature above 2', 400, 'temperature', { temperature: 2.1 }],
    ['top_p below 0', 400, 'top_p', { top_p: -0.1 }],
    ['five stop strings', 400, 'stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['a seed that is none', 400, 'seed', { seed: 0.5 }],
    ['two answers', 400, 'n', { n: 2 }],
    ['logprobs', 400, 'logprobs', { logprobs: true }],
    ['tools', 400, 'tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['JSON as an answer', 400, 'response_format', { response_format: { type: 'json_object' } }],
    ['a penalty', 400, 'frequency_penalty', { frequency_penalty: 1 }],
    ['stream as a number', 400, 'stream', { stream: 1 }],
    ['stream_options without stream', 400, 'stream_options', { stream_options: {} }],
    ['a prompt', 400, 'prompt', { prompt: 'a' }],
    ['an unknown parameter', 400, 'top_q', { top_q: 1 }],
    ['no model', 400, 'model', { model: null }],
    ['another model', 404, 'model', { model: 'gpt-4' }],
    ['a long body', 413, null, { messages: [user('x'.repeat(300_000))] }],
  ];
  test.each(cases)('%s: %i', async (_, status, param, more) => {
    const { served, chat } = chats.turns;
    const body = JSON.stringify({ model: chat.model.name, messages: [a], ...more });
    const response = await fetch(`${served.url}/v1/chat/completions`, { method: 'POST', headers: json, body });
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error['message']).toMatch(/\.$/);
  });

  test('refuses another method: 405', async () => {
    expect((await fetch(`${chats.turns.served.url}/v1/chat/completions`)).status).toBe(405);
  });
});

test('refuses requests when the queue is full, and frees the place of a disconnected client', async () => {
  const { folder, chat } = chats.turns;
  const room = { PARALLEL: '1', QUEUE: '0', API_KEY: 'a secret', MAX_TOKENS: '1000000' };
  const small = await start(folder, room);
  const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer a secret' };
  // A completion continues beyond a full context, so it runs until it is canceled.
  const long = JSON.stringify({ model: chat.model.name, prompt: QUESTION, max_tokens: 1_000_000, temperature: 2 });
  const unkeyed = await fetch(`${small.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
  expect(unkeyed.status).toBe(401);
  const begun = request(`${small.url}/v1/completions`, { method: 'POST', headers });
  begun.on('error', () => undefined);
  begun.end(long);
  let refused: unknown;
  while (refused === undefined)
    await small.client.chat.completions.create(asked({ max_tokens: 1 })).catch((error: unknown) => (refused = error));
  begun.destroy();
  expect(refused).toMatchObject({ status: 429, code: 'queue_full', type: 'rate_limit_error' });
  let answered: string | null | undefined;
  while (answered === undefined)
    answered = await small.client.chat.completions.create(asked()).then(
      ({ choices }) => choices[0]!.message.content,
      () => undefined,
    );
  expect(answered).toBe((await chat.answer([user(QUESTION)])).text);
});

test("a template that doesn't support a conversation says so: 400", async () => {
  const { chat } = chats.chatml;
  const { model } = chat.model.tokenizer;
  const source = "{% if messages[0].role == 'system' %}{{ raise_exception('no system turns') }}{% endif %}{{ messages[0].content }}"; // prettier-ignore
  const { createTokenizer } = await import('../../../tokenizer/byteLevel');
  const { withChatTemplate } = await import('../../../tokenizer/tokenizer');
  const tokenizer = await createTokenizer(withChatTemplate(model, source));
  const folder = await serviceFolder({ ...chat.model, tokenizer });
  folders.push(folder);
  const { client } = await start(folder);
  const body = { model: chat.model.name, messages: [{ role: 'system' as const, content: 'b' }, user('a')] };
  await expect(client.chat.completions.create(body)).rejects.toMatchObject({
    status: 400,
    code: 'template',
    param: 'messages',
    message: expect.stringContaining('no system turns') as unknown,
  });
});

test('the README shows how to send chats, and the log never contains messages', async () => {
  const { folder, served } = chats.turns;
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  expect(readme).not.toContain('{{');
  expect(readme).toContain('/v1/chat/completions');
  expect(readme).not.toContain('does not chat');
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { dependencies: object };
  expect(Object.keys(dependencies)).toContain('@huggingface/jinja');
  const requests = served.log.filter(({ event, status }) => event === 'request' && status === 200);
  expect(requests[0]).toMatchObject({ route: '/v1/chat/completions', messages: 1, finish: 'stop', stream: false });
  expect(JSON.stringify(servers.map(({ log }) => log))).not.toContain(QUESTION);
});
