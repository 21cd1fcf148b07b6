/** Web services of encoders and encoder-decoders on onnxruntime, compared with the app. */
import * as tf from '@tensorflow/tfjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import { modelSpec } from '../../../models';
import { network } from '../../../models/network';
import type { Filled } from '../../../sample/candidates';
import { fill } from '../../../sample/fill';
import { write } from '../../../sample/write';
import { beginningTokenizer } from '../../../../testing/beginningTokenizer';
import { copyOf, project, type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { untrainedBert, untrainedT5 } from '../../../../testing/untrainedModels';
import type { Exported } from '../../format';

const json = { 'Content-Type': 'application/json' };
const servers: Service[] = [];
const folders: string[] = [];
async function serve(model: Exported, env: Record<string, string> = {}): Promise<Service> {
  const folder = await serviceFolder(model);
  folders.push(folder);
  const server = await startService(folder, env);
  servers.push(server);
  return server;
}
beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterAll(async () => {
  for (const { process: child } of servers) child.kill('SIGKILL');
  for (const folder of folders) await rm(folder, { recursive: true });
});

describe('BERT', () => {
  const text = 'It was the [MASK] and ___.';
  let model: Exported;
  let service: Service;
  let ours: Filled;
  beforeAll(async () => {
    model = await untrainedBert();
    const net = await network(model.info.model, model.snapshot.tensors);
    ours = await fill(net, model.tokenizer, text, 4);
    net.dispose();
    service = await serve(model, { QUEUE: '0', PARALLEL: '1' });
  }, 120_000);
  const ask = (body: object, init: RequestInit = {}) =>
    fetch(`${service.url}/v1/fill-mask`, { method: 'POST', headers: json, body: JSON.stringify(body), ...init });

  test('the folder is complete, pins tested versions, and has no unfilled template values', async () => {
    const names = await readdir(folders[0]!);
    for (const name of ['Dockerfile', '.dockerignore', 'README.md', 'tokenizer.json', 'model_fp16.onnx', 'engine.mjs'])
      expect(names).toContain(name);
    expect(names).not.toContain('model.gguf');
    const read = async (path: string) =>
      JSON.parse(await readFile(path, 'utf8')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const { dependencies } = await read(join(folders[0]!, 'package.json'));
    const known = await read(project('package.json'));
    const ours = { ...known.devDependencies, ...known.dependencies };
    expect(dependencies).toEqual(Object.fromEntries(Object.keys(dependencies).map((name) => [name, ours[name]])));
    const readme = await readFile(join(folders[0]!, 'README.md'), 'utf8');
    expect(readme).not.toContain('{{');
    expect(readme).toContain('POST /v1/fill-mask');
    expect(readme).not.toContain('llama');
  });

  test('fills blanks like the app', async () => {
    const response = await ask({ text, top_k: 4, model: model.name });
    expect(response.status).toBe(200);
    const reply = (await response.json()) as {
      text: string;
      notice: string;
      blanks: { token: number; token_str: string; score: number }[][];
      usage: object;
    };
    expect(reply.notice).toMatch(/^Written by a machine/);
    expect(reply.usage).toEqual({ prompt_tokens: 19, total_tokens: 19 });
    expect(reply.blanks.map((blank) => blank.map(({ token, token_str: word }) => [token, word]))).toEqual(
      ours.blanks.map((blank) => blank.map(({ id, text: word }) => [id, word])),
    );
    for (const [i, blank] of reply.blanks.entries())
      for (const [j, { score }] of blank.entries()) expect(score).toBeCloseTo(ours.blanks[i]![j]!.probability, 2);
    expect(reply.text).toBe(`It was the${ours.blanks[0]![0]!.text} and${ours.blanks[1]![0]!.text}.`);
    expect(((await (await ask({ text: '[MASK]' })).json()) as typeof reply).blanks[0]).toHaveLength(5);
  });

  test.each([
    ['no text', 400, 'text', {}],
    ['text that is none', 400, 'text', { text: 5 }],
    ['half a surrogate pair', 400, 'text', { text: '___\ud800' }],
    ['no blank', 400, 'text', { text: 'whale' }],
    ['too long a text', 400, 'text', { text: `[MASK]${'x'.repeat(40)}` }],
    ['top_k of 0', 400, 'top_k', { text: '___', top_k: 0 }],
    ['top_k of 101', 400, 'top_k', { text: '___', top_k: 101 }],
    ['an unknown parameter', 400, 'top_p', { text: '___', top_p: 1 }],
    ['another model', 404, 'model', { text: '___', model: 'bert-base' }],
  ])('%s: %i', async (_, status, param, body) => {
    const response = await ask(body);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error['message']).toMatch(/\.$/);
  });

  test('writes no text, and refuses invalid JSON', async () => {
    const written = await fetch(`${service.url}/v1/completions`, { method: 'POST', headers: json, body: '{}' });
    expect(written.status).toBe(404);
    expect(await written.json()).toMatchObject({
      error: { message: expect.stringMatching(/The model fills blanks/) as string },
    });
    expect((await ask({}, { body: '{' })).status).toBe(400);
    expect((await ask({ text: 'x'.repeat(300_000) })).status).toBe(413);
    expect((await fetch(`${service.url}/v1/fill-mask`)).status).toBe(405);
  });

  test('the log has counts and times, and never the text', async () => {
    await service.reported((line) => line['blanks'] === 2);
    expect(JSON.stringify(service.log)).not.toContain('It was');
  });

  test("doesn't start with a flipped bit or a truncated file", async () => {
    for (const change of [
      (file: Buffer) => {
        file[Math.floor(file.length / 2)]! ^= 1;
        return file;
      },
      (file: Buffer) => file.subarray(0, file.length - 100),
    ]) {
      const copy = await copyOf(folders[0]!);
      folders.push(copy);
      const path = join(copy, 'model_fp16.onnx');
      await writeFile(path, change(await readFile(path)));
      expect(await refused(copy)).toMatch(
        /model_fp16\.onnx is damaged: its tensors have the hash|Couldn't read model_fp16\.onnx/,
      );
    }
  });

  test("doesn't start with a non-finite f16, even with a correct hash, and names the tensor", async () => {
    const name = 'bert.encoder.layer.0.intermediate.dense.weight';
    const { shape, data } = model.snapshot.tensors.get(name)!;
    for (const value of [NaN, 1e6]) {
      const tensors = new Map([...model.snapshot.tensors, [name, { shape, data: data.with(5, value) }]]);
      const folder = await serviceFolder({ ...model, snapshot: { ...model.snapshot, tensors } });
      folders.push(folder);
      expect(await refused(folder)).toMatch(/Can't serve model_fp16\.onnx: \S+\[\d+\] is not a finite number/);
    }
  });

  /** Output of a service that doesn't start. */
  async function refused(cwd: string): Promise<string> {
    const child = spawn(process.execPath, ['server.mjs'], { cwd, env: { PORT: '0' } });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    return output;
  }
});

describe.runIf(modelSpec('t5').onnx)('T5', () => {
  let model: Exported;
  let service: Service;
  beforeAll(async () => {
    model = await untrainedT5();
    service = await serve(model);
  }, 120_000);

  /** The app's answer to a text. */
  async function answered({ info, snapshot, tokenizer }: Exported, text: string): Promise<number[]> {
    const net = await network(info.model, snapshot.tensors);
    const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length: 12, beams: 1, lengthPenalty: 1 };
    const ids: number[] = [];
    for await (const { id } of write(net, tokenizer, text, settings, unwatched)) ids.push(id);
    net.dispose();
    return ids;
  }

  test("gives the app's answers, whole and streamed, and samples the same text for the same seed", async () => {
    const ids = await answered(model, 'the whale');
    const ask = { model: model.name, prompt: 'the whale', max_tokens: 12, temperature: 0 };
    const { choices, usage } = await service.client.completions.create(ask);
    expect(choices[0]!.text).toBe(model.tokenizer.decode(ids));
    expect(usage).toMatchObject({ prompt_tokens: 10, completion_tokens: ids.length });
    const pieces: string[] = [];
    for await (const event of await service.client.completions.create({ ...ask, stream: true }))
      pieces.push(event.choices[0]?.text ?? '');
    expect(pieces.join('')).toBe(choices[0]!.text);
    const by = async (seed: number) =>
      (await service.client.completions.create({ ...ask, temperature: 1, seed })).choices[0]!.text;
    expect(await by(5)).toBe(await by(5));
    await expect(service.client.completions.create({ ...ask, prompt: 'x'.repeat(40) })).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
  });

  test('reads a text after the tokens that its tokenizer puts first, like the app', async () => {
    const beginning = { ...model, tokenizer: await beginningTokenizer() };
    expect(beginning.tokenizer.size).toBe(model.tokenizer.size);
    const ids = await answered(beginning, 'the whale');
    expect(ids).not.toEqual(await answered(model, 'the whale'));
    const { client } = await serve(beginning);
    const ask = { model: model.name, prompt: 'the whale', max_tokens: 12, temperature: 0 };
    const { choices, usage } = await client.completions.create(ask);
    expect(choices[0]!.text).toBe(beginning.tokenizer.decode(ids));
    expect(usage).toMatchObject({ prompt_tokens: 11, completion_tokens: ids.length });
  });
});
