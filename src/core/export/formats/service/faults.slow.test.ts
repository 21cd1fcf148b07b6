/** The exported web service with malicious clients and damaged files. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readGgufFileInfo } from 'node-llama-cpp';
import { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { copyOf, project, type Service, serviceFolder, startService } from '../../../../testing/runningService';
import { trainedModels } from '../../../../testing/trainedModel';
import type { Exported } from '../../format';

/** One test starts several servers, each with llama.cpp. */
vi.setConfig({ testTimeout: 240_000 });

let folder: string;
let model: Exported;
let plain: Service;
/** Offsets in model.gguf: start of the tensors, and a tensor in f16. */
let weightsAt: { start: number; half: number };
const made: string[] = [];
const children: ChildProcess[] = [];
const servers: Service[] = [];
const start = async (env: Record<string, string> = {}, where = folder): Promise<Service> => {
  const server = await startService(where, env);
  servers.push(server);
  return server;
};
beforeAll(async () => {
  model = (await trainedModels())[0]!;
  folder = await serviceFolder(model);
  made.push(folder);
  const { infoEndOffset, tensorInfo } = await readGgufFileInfo(join(folder, 'model.gguf'));
  const half = tensorInfo!.find(({ name }) => name === 'blk.1.ffn_down.weight')!;
  weightsAt = { start: infoEndOffset!, half: Number(half.fileOffset) };
  plain = await start();
}, 240_000);
afterAll(async () => {
  for (const child of [...children, ...servers.map((server) => server.process)]) child.kill('SIGKILL');
  for (const each of made) await rm(each, { recursive: true });
});
const copy = async (): Promise<string> => {
  const other = await copyOf(folder);
  made.push(other);
  return other;
};

/** Log and exit code of a server that can't start. */
async function ended(
  where: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: where,
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: output.trimEnd().split('\n') };
}
const failure = (lines: readonly string[]): string => {
  const { event, error } = JSON.parse(lines.at(-1)!) as Record<string, string>;
  expect(event).toBe('failed');
  return error!;
};

interface Answer {
  status: number;
  error: Record<string, unknown>;
}
/** Sends a request with headers that fetch doesn't allow. */
const ask = (url: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => (body += data.toString()));
      response.on('end', () => {
        const { error } = (body === '' ? {} : JSON.parse(body)) as { error?: Record<string, unknown> };
        resolve({ status: response.statusCode!, error: error ?? {} });
      });
    });
    sent.on('error', reject);
    sent.end();
  });

describe('a page of another origin', () => {
  test("can't reach it through a DNS name that resolves to this machine", async () => {
    const port = new URL(plain.url).port;
    for (const Host of ['127.0.0.1', `localhost:${port}`, 'LOCALHOST', '[::1]:9', `127.0.0.1:${port}`, 'localhost.']) {
      expect((await ask(`${plain.url}/v1/models`, { Host })).status, Host).toBe(200);
    }
    const elsewhere = [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '192.168.1.9',
    ];
    for (const Host of [...elsewhere, '127.0.0.1@evil.example']) {
      for (const path of ['/v1/models', `/v1/models/${model.name}`, '/v1/completions']) {
        const { status, error } = await ask(`${plain.url}${path}`, { Host }, path.endsWith('ions') ? 'POST' : 'GET');
        expect(status, Host).toBe(421);
        expect(error).toMatchObject({ type: 'invalid_request_error', code: 'host_not_allowed' });
        expect(error['message']).toContain('HOSTS');
      }
    }
    expect(JSON.stringify(plain.log)).not.toContain('evil');
    // Container health checks ask by IP address.
    expect((await ask(`${plain.url}/health`, { Host: '10.1.2.3:8080' })).status).toBe(200);
  });

  test('is refused by its origin, also with a body that needs no preflight', async () => {
    for (const Origin of ['https://evil.example', 'null', 'http://localhost:3000']) {
      const { status, error } = await ask(`${plain.url}/v1/models`, { Origin });
      expect(status).toBe(403);
      expect(error).toMatchObject({ type: 'invalid_request_error', code: 'origin_not_allowed' });
      const body = JSON.stringify({ model: model.name, prompt: 'x', max_tokens: 1 });
      const sent = await fetch(`${plain.url}/v1/completions`, { method: 'POST', headers: { Origin }, body });
      expect(sent.status).toBe(403);
    }
  });

  test('is accepted for configured names and origins, and for HOST itself', async () => {
    const open = await start({
      HOST: '127.0.0.2',
      API_KEY: 'k',
      HOSTS: 'model.example, Other.example',
      CORS_ORIGIN: 'https://a.example',
    });
    const headers = { Authorization: 'Bearer k' };
    const url = `http://127.0.0.2:${new URL(open.url).port}/v1/models`;
    for (const Host of ['model.example', 'MODEL.example:443', 'other.example', '127.0.0.2:80', 'localhost']) {
      expect((await ask(url, { ...headers, Host })).status, Host).toBe(200);
    }
    expect((await ask(url, { ...headers, Host: 'more.model.example' })).status).toBe(421);
    expect((await ask(url, { ...headers, Origin: 'https://a.example' })).status).toBe(200);
    expect((await ask(url, { ...headers, Origin: 'https://b.example' })).status).toBe(403);
    const any = await start({ HOSTS: '*' });
    expect((await ask(`${any.url}/v1/models`, { Host: 'evil.example' })).status).toBe(200);
  });
});

test('refuses to start on a public address without a key, unless that is allowed', async () => {
  for (const HOST of ['0.0.0.0', '::', 'example.org']) {
    const { code, lines } = await ended(folder, { HOST });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(failure(lines)).toMatch(/API_KEY.*ALLOW_NO_KEY=1/);
  }
  expect(failure((await ended(folder, { HOST: '0.0.0.0', ALLOW_NO_KEY: 'yes' })).lines)).toMatch(
    /ALLOW_NO_KEY must be 1/,
  );
  for (const env of [{ API_KEY: 'k' }, { ALLOW_NO_KEY: '1' }]) {
    const server = await start({ HOST: '0.0.0.0', ...env });
    const url = `http://127.0.0.1:${new URL(server.url).port}/v1/models`;
    expect((await ask(url, {})).status).toBe('API_KEY' in env ? 401 : 200);
    expect((await ask(url, { Host: 'evil.example' })).status).toBe(421);
    server.process.kill('SIGKILL');
  }
});

describe('the only model', () => {
  test("is found by OpenAI's client, and no other model is", async () => {
    expect(await plain.client.models.retrieve(model.name)).toMatchObject({ id: model.name, object: 'model' });
    for (const id of ['gpt-4', 'a/b', 'ünï', '']) {
      const refused = await plain.client.models.retrieve(id === '' ? 'x/' : id).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(APIError);
      expect(refused).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
    }
    expect((await ask(`${plain.url}/v1/models/%E0%A4%A`, {})).status).toBe(404); // invalid UTF-8
    expect((await ask(`${plain.url}/v1/models/${model.name}`, {}, 'POST')).status).toBe(405);
    expect((await ask(`${plain.url}/v1/models/${model.name}`, {}, 'HEAD')).status).toBe(200);
    expect(JSON.stringify(plain.log)).not.toContain('gpt-4');
  });

  test('may have slashes in its name, encoded or not', async () => {
    const where = await copy();
    const described = JSON.parse(await readFile(join(where, 'model.json'), 'utf8')) as object;
    await writeFile(join(where, 'model.json'), JSON.stringify({ ...described, id: 'me/my model' }));
    const server = await start({ API_KEY: 'k' }, where);
    expect((await server.client.models.retrieve('me/my model')).id).toBe('me/my model');
    expect((await ask(`${server.url}/v1/models/me/my%20model`, { Authorization: 'Bearer k' })).status).toBe(200);
    expect((await ask(`${server.url}/v1/models/me/my%20model`, {})).status).toBe(401);
  });
});

/** Opens a connection and collects everything received over it. */
function raw(server: Service): { socket: Socket; closed: Promise<string> } {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => (heard += data.toString()));
  socket.on('error', () => undefined);
  return { socket, closed: new Promise((resolve) => socket.once('close', () => resolve(heard))) };
}
const HEAD = 'POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('over a raw connection', () => {
  test('answers 413 to an oversized body, chunked or with a length, even if all of it is sent first', async () => {
    const piece = Buffer.alloc(1 << 20, 0x20);
    const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
    for (const chunked of [true, false]) {
      const { socket, closed } = raw(plain);
      socket.write(`${HEAD}${chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${24 * piece.length}`}\r\n\r\n`);
      // A client that reads nothing until it has sent everything.
      socket.pause();
      for (let i = 0; i < 24; i++)
        await promisify((data: Buffer, done: () => void) => socket.write(data, done))(chunked ? chunk : piece);
      if (chunked) socket.write('0\r\n\r\n');
      socket.resume();
      const heard = await closed;
      expect(heard).toMatch(/^HTTP\/1\.1 413 /);
      expect(JSON.parse(heard.slice(heard.indexOf('\r\n\r\n')))).toMatchObject({
        error: { type: 'invalid_request_error' },
      });
    }
    expect((await plain.client.models.list()).data).toHaveLength(1);
  });

  test('closes the connection of an endless body after its 413', async () => {
    const { socket, closed } = raw(plain);
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const sending = setInterval(() => socket.write(`10000\r\n${' '.repeat(0x10000)}\r\n`), 20);
    const heard = await closed;
    clearInterval(sending);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('closes a connection with slow headers after the configured 10 s', async () => {
    const { socket, closed } = raw(await start()); // New: a server checks at intervals from its start.
    socket.write('GET /v1/models HTTP/1.1\r\nX-Slow: ');
    const trickle = setInterval(() => socket.write('a'), 500);
    // Twice the time, by this machine's clock.
    const bound = new Promise<string>((resolve) => setTimeout(() => resolve('not cut'), 20_000).unref());
    const first = await Promise.race([closed, bound]);
    clearInterval(trickle);
    socket.destroy();
    expect(first).toMatch(/^HTTP\/1\.1 408 /);
  });
});

test('survives a log reader that disconnects', async () => {
  const server = await start();
  server.process.stdout!.destroy();
  for (let i = 0; i < 20; i++) expect((await ask(`${server.url}/v1/models`, {})).status).toBe(200);
  const { choices } = await server.client.completions.create({ model: model.name, prompt: 'The', max_tokens: 3 });
  expect(choices).toHaveLength(1);
  expect(server.process.exitCode).toBeNull();
  const exit = once(server.process, 'exit');
  server.process.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

describe('a damaged folder', () => {
  test.each([
    ['missing', null],
    ['no JSON', '{ "id": '],
    ['a list', '[]'],
    ['null', 'null'],
    ['without its name', '{ "created": 1, "file": "model.gguf" }'],
    ['with numbers for names', '{ "id": 1, "created": 1, "file": 2 }'],
  ])('model.json is %s: reports one line and ends', async (_, text) => {
    const where = await copy();
    if (text === null) await rm(join(where, 'model.json'));
    else await writeFile(join(where, 'model.json'), text);
    const { code, lines } = await ended(where);
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(failure(lines)).toMatch(/^model\.json .*\.$/);
  });

  /** Exit of a server whose model.gguf was changed by `change`. */
  const changed = async (change: (file: Buffer) => Buffer | null): Promise<{ code: number | null; error: string }> => {
    const where = await copy();
    const file = change(await readFile(join(where, 'model.gguf')));
    if (file) await writeFile(join(where, 'model.gguf'), file);
    else await rm(join(where, 'model.gguf'));
    const { code, lines } = await ended(where);
    return { code, error: failure(lines) };
  };

  test("doesn't start with a flipped bit in its weights, or a truncated or missing file", async () => {
    for (const share of [0, 0.31, 0.77, 1]) {
      const { code, error } = await changed((file) => {
        const at = weightsAt.start + Math.floor(share * (file.length - 1 - weightsAt.start));
        file[at]! ^= 1 << Math.floor(share * 7);
        return file;
      });
      expect(code).toBe(1);
      expect(error).toMatch(/^model\.gguf is damaged: its tensors have the hash [0-9a-f]{12}…, .* again/);
    }
    expect((await changed((file) => file.subarray(0, file.length - 1000))).error).toMatch(/^model\.gguf is damaged/);
    expect((await changed((file) => file.subarray(0, 1000))).error).toMatch(
      /^model\.gguf is damaged: it has 1000 bytes instead of/,
    );
    expect((await changed(() => Buffer.from('GIF89a'))).error).toMatch(/^Couldn't read model\.gguf/);
    expect((await changed(() => null)).error).toMatch(/^Couldn't read model\.gguf/);
  });

  test("doesn't start with a non-finite weight, even with a correct hash, and names the tensor", async () => {
    for (const [name, theirs] of [
      ['transformer.h.0.mlp.c_fc.bias', 'blk.0.ffn_up.bias'],
      ['transformer.ln_f.weight', 'output_norm.weight'],
    ] as const) {
      const { shape, data } = model.snapshot.tensors.get(name)!;
      const tensors = new Map([...model.snapshot.tensors, [name, { shape, data: data.with(5, NaN) }]]);
      const where = await serviceFolder({ ...model, snapshot: { ...model.snapshot, tensors } });
      made.push(where);
      const { code, lines } = await ended(where);
      expect(code).toBe(1);
      expect(failure(lines)).toBe(
        `Can't serve model.gguf: ${theirs}[5] is not a finite number. Its training diverged: export an earlier step.`,
      );
    }
  });

  test('finds a non-finite f16', async () => {
    const { error } = await changed((file) => {
      const hash = (from: number): string => createHash('sha256').update(file.subarray(from)).digest('hex');
      const [start, at] = [weightsAt.start, weightsAt.half];
      const key = file.indexOf(hash(start));
      expect(key).toBeGreaterThan(0);
      file.writeUInt16LE(0x7e00, at + 2 * 7);
      file.write(hash(start), key);
      return file;
    });
    expect(error).toMatch(/^Can't serve model\.gguf: blk\.1\.ffn_down\.weight\[7\] is not a finite number\./);
  });
});

describe('its packages', () => {
  const npm = promisify(execFile);
  /** Result of `npm ci` with these two files, without a network. */
  const dryRun = async (change: (text: string) => string): Promise<string> => {
    const where = await mkdtemp(join(tmpdir(), 'service-'));
    made.push(where);
    for (const name of ['package.json', 'package-lock.json']) {
      const text = await readFile(project(`public/templates/service/${name}`), 'utf8');
      await writeFile(join(where, name), name === 'package.json' ? change(text) : text);
    }
    const args = ['ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    return npm('npm', args, { cwd: where }).then(
      () => 'agrees',
      (error: unknown) => (error as { stderr: string }).stderr,
    );
  };

  test('are locked to the versions in package.json, and come from npm alone', async () => {
    expect(await dryRun((text) => text)).toBe('agrees');
    // npm looks up packages that the lock file lacks, and finds no match, or nothing in an empty cache.
    const refused = /in sync|notarget|ENOTCACHED/;
    expect(await dryRun((text) => text.replace(/("node-llama-cpp": ")[^"]+/, '$13.0.0'))).toMatch(refused);
    const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; resolved?: string; integrity?: string }>;
    };
    const ours = JSON.parse(await readFile(project('package-lock.json'), 'utf8')) as { packages: typeof packages };
    const name = 'node_modules/node-llama-cpp';
    expect(packages[name]!.version).toBe(ours.packages[name]!.version);
    const bare: string[] = [];
    for (const [path, { resolved, integrity }] of Object.entries(packages)) {
      expect(resolved).toBeUndefined(); // works with any configured registry
      if (integrity === undefined) bare.push(path);
      else expect(integrity).toMatch(/^sha512-/);
    }
    // The lock file's registry has no binaries for other systems: only their version is locked.
    const elsewhere = ['linux-riscv64', 'mac-arm64-metal', 'mac-x64', 'win-arm64', 'win-x64'];
    expect(bare).toEqual(['', ...elsewhere.map((system) => `node_modules/@node-llama-cpp/${system}`)]);
  });

  test('are installed in the image from that lock file, on a maintained Node', async () => {
    const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(/^FROM node:\$\{NODE\}-slim$/m);
    expect(Number(/^ARG NODE=(\d+)$/m.exec(dockerfile)?.[1])).toBeGreaterThanOrEqual(24);
    expect(dockerfile).toMatch(/^RUN npm ci /m);
    // Only Docker's registry has digests: one line says how to look one up.
    expect(dockerfile).toMatch(/^# .*`docker buildx imagetools inspect node:24-slim`.*@sha256:/m);
  });
});
