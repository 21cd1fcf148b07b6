/** Web service of a classifier, called by real clients and compared with the app. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { network } from '../../../models/network';
import { type Classified, classifier } from '../../../sample/classify';
import { labelsOf, probabilitiesOf } from '../../../sample/labelsOf';
import { copyOf, type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { untrainedClassifier } from '../../../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../../../testing/wasm';
import type { Exported } from '../../format';

interface Result {
  labels: string[];
  probabilities: { label: string; probability: number }[];
  tokens: number;
  read: number;
  windows: number;
}
interface Reply {
  notice: string;
  results: Result[];
  usage: object;
}
const json = { 'Content-Type': 'application/json' };
const LABELS = ['ham', 'spam', 'neither'];
const TEXTS = ['Call me Ishmael.', 'a', 'It is not down in any map; true places never are, and so on.', 'naïve 鯨'];
const servers: Service[] = [];
const folders: string[] = [];
async function serve(folder: string, env: Record<string, string> = {}): Promise<Service> {
  const server = await startService(folder, env);
  servers.push(server);
  return server;
}
async function folderOf(exported: Exported): Promise<string> {
  const folder = await serviceFolder(exported);
  folders.push(folder);
  return folder;
}
async function ours({ info, snapshot, tokenizer }: Exported, texts: readonly string[]): Promise<readonly Classified[]> {
  const net = await network(info.model, snapshot.tensors);
  const own = classifier(net, tokenizer);
  const found = await own.classify(texts);
  own.dispose();
  net.dispose();
  return found;
}
beforeAll(useSingleThreadWasm);
afterAll(async () => {
  for (const { process: child } of servers) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true });
});

describe('BERT', () => {
  let model: Exported;
  let service: Service;
  const ask = (body: object, init: RequestInit = {}): Promise<Response> =>
    fetch(`${service.url}/v1/classify`, { method: 'POST', headers: json, body: JSON.stringify(body), ...init });
  const replyTo = async (body: object): Promise<Reply> => (await (await ask(body)).json()) as Reply;
  beforeAll(async () => {
    model = await untrainedClassifier('bert', { labels: LABELS });
    service = await serve(await folderOf(model), { MAX_TEXTS: '20' });
  }, 120_000);

  test('its folder is complete, without unfilled template values', async () => {
    const names = await readdir(folders[0]!);
    for (const name of ['server.mjs', 'classify.mjs', 'labels.mjs', 'tensors.mjs', 'tokenizer.json', 'model_fp16.onnx'])
      expect(names).toContain(name);
    const readme = await readFile(join(folders[0]!, 'README.md'), 'utf8');
    expect(readme).not.toContain('{{');
    expect(readme).toContain('POST /v1/classify');
    expect(readme).toContain('Labels: `ham`, `spam`, `neither`.');
    expect(readme).not.toContain('completions');
    // Such a text is truncated, as the README says.
    expect(readme).not.toMatch(/400 .*longer than/);
    expect(readme).toMatch(/A text longer than \d+ tokens is truncated/);
    expect(await readFile(join(folders[0]!, 'package.json'), 'utf8')).toContain('classifies text');
  });

  test("gives the app's labels and probabilities, also for texts longer than the context", async () => {
    const found = await ours(model, TEXTS);
    const { results, usage, notice } = await replyTo({ texts: TEXTS, model: model.name });
    expect(notice).toMatch(/^Judged by a machine/);
    expect(usage).toEqual({ prompt_tokens: 87, total_tokens: 87 });
    expect(results.map(({ tokens, read, windows }) => [tokens, read, windows])).toEqual(
      found.map(({ tokens, read, windows }) => [tokens, read, windows]),
    );
    expect(results[2]).toMatchObject({ tokens: 60, read: 31, windows: 1 });
    for (const [i, { labels, probabilities }] of results.entries()) {
      expect(probabilities.map(({ label }) => label).toSorted()).toEqual(LABELS.toSorted());
      for (const { label, probability } of probabilities)
        expect(probability).toBeCloseTo(found[i]!.probabilities[LABELS.indexOf(label)]!, 2);
      expect(labels).toEqual([probabilities[0]!.label]);
    }
    const [alone] = (await replyTo({ text: TEXTS[2] })).results;
    expect(alone!.probabilities[0]!.probability).toBeCloseTo(results[2]!.probabilities[0]!.probability, 3);
  });

  test('gives no label below the requested confidence, and no more labels than requested', async () => {
    const [sure] = (await replyTo({ text: 'a', at_least: 0 })).results;
    const { probability } = sure!.probabilities[0]!;
    expect((await replyTo({ text: 'a', at_least: probability - 1e-6 })).results[0]!.labels).toHaveLength(1);
    const [unsure] = (await replyTo({ text: 'a', at_least: 1, top_k: 2 })).results;
    expect(unsure).toMatchObject({ labels: [] });
    expect(unsure!.probabilities).toHaveLength(2);
  });

  const long = 'x'.repeat(300_000);
  test.each<[string, number, string | null, unknown, RequestInit?]>([
    ['nothing', 400, 'text', {}],
    ['a list for an object', 400, null, []],
    ['null for an object', 400, null, null],
    ['a number for an object', 400, null, 7],
    ['a text that is a number', 400, 'text', { text: 5 }],
    ['a text that is null', 400, 'text', { text: null }],
    ['a text that is a list', 400, 'text', { text: ['a'] }],
    ['an empty text', 400, 'text', { text: '' }],
    ['half of a surrogate pair', 400, 'text', { text: 'a\ud800' }],
    ['texts that are a text', 400, 'texts', { texts: 'a' }],
    ['texts that are an object', 400, 'texts', { texts: { 0: 'a' } }],
    ['no texts', 400, 'texts', { texts: [] }],
    ['too many texts', 400, 'texts', { texts: new Array(21).fill('a') }],
    ['texts of which one is a number', 400, 'texts', { texts: ['a', 5] }],
    ['texts of which one is empty', 400, 'texts', { texts: ['a', ''] }],
    ['texts of which one has half of a pair', 400, 'texts', { texts: ['a', '\udc00'] }],
    ['text and texts', 400, 'texts', { text: 'a', texts: ['a'] }],
    ['at_least above 1', 400, 'at_least', { text: 'a', at_least: 1.01 }],
    ['at_least below 0', 400, 'at_least', { text: 'a', at_least: -0.1 }],
    ['at_least as a text', 400, 'at_least', { text: 'a', at_least: '0.5' }],
    ['top_k of 0', 400, 'top_k', { text: 'a', top_k: 0 }],
    ['top_k of 1001', 400, 'top_k', { text: 'a', top_k: 1001 }],
    ['top_k that is no whole number', 400, 'top_k', { text: 'a', top_k: 1.5 }],
    ['an unknown parameter', 400, 'temperature', { text: 'a', temperature: 1 }],
    ['a parameter that is no word', 400, 'body', { text: 'a', 'x y': 1 }],
    ['another model', 404, 'model', { text: 'a', model: 'bert-base' }],
    ['a model that is a number', 400, 'model', { text: 'a', model: 5 }],
    ['no JSON', 400, null, {}, { body: '{' }],
    ['no UTF-8', 400, null, {}, { body: Uint8Array.of(0x7b, 0xff, 0x7d) }],
    ['a form', 415, null, {}, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
    ['a compressed body', 415, null, {}, { headers: { ...json, 'Content-Encoding': 'gzip' } }],
    ['too long a body', 413, null, { text: long }],
  ])('refuses %s: %i', async (_, status, param, body, init) => {
    const response = await ask(body as object, init);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error['message']).toMatch(/\.$/);
  });

  test('answers other paths with 404, and other methods with the allowed one', async () => {
    const written = await fetch(`${service.url}/v1/completions`, { method: 'POST', headers: json, body: '{}' });
    expect(written.status).toBe(404);
    expect(await written.json()).toMatchObject({
      error: { message: expect.stringMatching(/classifies text/) as string },
    });
    const got = await fetch(`${service.url}/v1/classify`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
  });

  test('answers 200 requests at once or tells when to retry, and logs none of their texts', async () => {
    const all = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const response = await ask({ text: `Secret text number ${i}` });
        const body = (await response.json()) as Partial<Reply>;
        return { status: response.status, retry: response.headers.get('retry-after'), results: body.results };
      }),
    );
    const answered = all.filter(({ status }) => status === 200);
    expect(answered.length).toBeGreaterThanOrEqual(4);
    for (const { results } of answered) expect(results).toHaveLength(1);
    for (const { retry } of all.filter(({ status }) => status !== 200)) expect(Number(retry)).toBeGreaterThan(0);
    expect(all.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect((await ask({ text: 'a' })).status).toBe(200);
    expect(JSON.stringify(service.log)).not.toContain('Secret');
  });

  test('requires its key, and continues after a client disconnects', async () => {
    const own = await serve(await copyOf(folders[0]!), { API_KEY: 'secret' });
    const asked = (headers: HeadersInit): Promise<Response> =>
      fetch(`${own.url}/v1/classify`, { method: 'POST', headers, body: JSON.stringify({ text: 'a' }) });
    expect((await asked(json)).status).toBe(401);
    expect((await asked({ ...json, Authorization: 'Bearer secret' })).status).toBe(200);
    const gone = new AbortController();
    const waiting = ask({ texts: TEXTS }, { signal: gone.signal });
    gone.abort();
    await expect(waiting).rejects.toThrow();
    expect((await ask({ text: 'a' })).status).toBe(200);
  });
});

describe.each([
  ['gpt', 'last'],
  ['llama', 'last'],
  ['llama', 'mean'],
] as const)('%s that scores the %s', (id, pooling) => {
  test('reads long texts in windows like the app, and uses the configured threshold', async () => {
    const exported = await untrainedClassifier(id, { labels: LABELS, pooling, inWindows: true });
    const decided = { ...exported, info: { ...exported.info, decision: { temperature: 2, atLeast: 1 } } };
    const { url } = await serve(await folderOf(decided));
    const found = await ours(exported, TEXTS);
    const response = await fetch(`${url}/v1/classify`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ texts: TEXTS }),
    });
    const { results } = (await response.json()) as Reply;
    expect(results.map(({ windows }) => windows)).toEqual([1, 1, 2, 1]);
    for (const [i, { labels, probabilities, read, tokens }] of results.entries()) {
      expect(read).toBe(tokens);
      expect(labels).toEqual([]);
      for (const { label, probability } of probabilities)
        expect(probability).toBeCloseTo(found[i]!.probabilities[LABELS.indexOf(label)]!, 2);
    }
  }, 120_000);
});

test('gives a text with several labels those that are more likely than not', async () => {
  const exported = await untrainedClassifier('bert', { labels: LABELS, several: true });
  const { url } = await serve(await folderOf(exported));
  const body = JSON.stringify({ texts: TEXTS });
  const { results } = (await (
    await fetch(`${url}/v1/classify`, { method: 'POST', headers: json, body })
  ).json()) as Reply;
  for (const [i, { probabilities: own }] of (await ours(exported, TEXTS)).entries())
    expect(results[i]!.labels.toSorted()).toEqual(LABELS.filter((_, place) => own[place]! > 0.5).toSorted());
}, 120_000);

test.each([
  ['gpt', 'a head of zeros', 0, (name: string) => name.startsWith('score')],
  ['llama', 'weights near the largest of 16 bits', 60_000, (name: string) => !name.endsWith('.bias')],
] as const)(
  '%s with %s reports that its outputs overflow, and returns no labels',
  async (id, _, value, isChanged) => {
    const { snapshot, ...rest } = await untrainedClassifier(id, { labels: LABELS });
    const tensors = new Map(
      [...snapshot.tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: isChanged(name) ? data.map((x) => (x < 0 ? -value : value)) : data },
      ]),
    );
    const { url } = await serve(await folderOf({ ...rest, snapshot: { ...snapshot, tensors } }));
    const body = JSON.stringify({ texts: TEXTS });
    const response = await fetch(`${url}/v1/classify`, { method: 'POST', headers: json, body });
    expect(response.status).toBe(500);
    const message = expect.stringMatching(
      /gives the same score to everything: .*its outputs overflow.* Export an earlier step of its training\.$/,
    ) as string;
    expect(await response.json()).toEqual({ error: { message, type: 'server_error', param: null, code: 'overflow' } });
  },
  120_000,
);

test('non-finite scores are an overflow, and equal scores of one text among others are not', async () => {
  // The service has both templates in one folder.
  const folder = await folderOf(await untrainedClassifier('gpt', { labels: LABELS }));
  const { checkOverflow } = (await import(join(folder, 'overflow.mjs'))) as {
    checkOverflow(scores: Float32Array, count: number): void;
  };
  for (const scores of [
    [NaN, 0, 1],
    [0, Infinity, 1],
    [1, 2, 3, 4, -Infinity, 5],
  ])
    expect(() => checkOverflow(Float32Array.from(scores), 3)).toThrow(
      /gives scores that are not finite: .* overflow\. /,
    );
  expect(() => checkOverflow(Float32Array.of(1, 1, 1, 2, 2, 2), 3)).toThrow(/the same score to everything/);
  for (const scores of [[1, 1, 1, 1, 2, 1], [5, 4, 3], [7]])
    expect(() => checkOverflow(Float32Array.from(scores), Math.min(3, scores.length))).not.toThrow();
});

test('gives the labels of page and terminal at any threshold, with one and several labels', async () => {
  const code: string = '../../../../../public/templates/service/classify.mjs';
  const { reportOf } = (await import(code)) as {
    reportOf(classified: object, classes: object, asked: { topK: number; atLeast: number }): Result;
  };
  const scores = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 });
  const atLeast = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(scores, atLeast, fc.boolean(), (own, min, several) => {
      const result = reportOf({ scores: own }, { labels: LABELS, several }, { topK: 3, atLeast: min });
      const classes = { labels: LABELS, pooling: 'first', ...(several && { several }) } as const;
      expect([...result.labels].sort()).toEqual([...labelsOf(classes, probabilitiesOf(own, several), min)].sort());
    }),
  );
  const result = reportOf({ scores: [-1, 0.1, 3] }, { labels: LABELS, several: true }, { topK: 3, atLeast: 0.2 });
  expect(result.labels).toEqual(['neither', 'spam', 'ham']);
});
