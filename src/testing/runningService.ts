/** Writes the exported web service to a folder and starts it as its README says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { template } from '../../scripts/templates';
import { readBytes } from '../core/files/byteSource';
import type { Exported } from '../core/export/format';
import { service } from '../core/export/formats/service/format';

export const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Writes the service with the packages of our own tests. */
export async function serviceFolder(model: Exported): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'service-'));
  for (const file of await service.files(model, { withOptimizer: false, template })) {
    await writeFile(join(folder, file.name), await readBytes(file));
  }
  await symlink(project('node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** Copies the folder to another place. */
export async function copyOf(folder: string): Promise<string> {
  const other = await mkdtemp(join(tmpdir(), 'service-'));
  await cp(folder, other, { recursive: true, verbatimSymlinks: true });
  return other;
}

export interface Service {
  url: string;
  client: OpenAI;
  /** Log lines so far. */
  log: Record<string, unknown>[];
  /** Resolves with the first log line, past or future, that satisfies `is`. */
  reported(is: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  process: ChildProcess;
}

/** Resolves when the model is loaded. */
export async function startService(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const child = spawn(process.execPath, ['server.mjs'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const log: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  let partialLine = '';
  child.stdout.on('data', (data: Buffer) => {
    const lines = (partialLine + data.toString()).split('\n');
    partialLine = lines.pop()!;
    log.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    for (const listener of listeners) listener();
  });
  const reported: Service['reported'] = (is) =>
    new Promise((resolve) => {
      const check = (): void => {
        const line = log.find(is);
        if (!line) return;
        listeners.delete(check);
        resolve(line);
      };
      listeners.add(check);
      check();
    });
  const { url } = await reported(({ event }) => event === 'listening');
  await reported(({ event }) => event === 'ready');
  const client = new OpenAI({ baseURL: `${String(url)}/v1`, apiKey: env['API_KEY'] ?? 'none', maxRetries: 0 });
  return { url: String(url), client, log, reported, process: child };
}
