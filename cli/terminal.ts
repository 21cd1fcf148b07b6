/** What the commands share: files as sources, the device, signals, and how a failure ends a command. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, sep } from 'node:path';
import { badFile, HomegrownError } from '../src/core/base/errors';
import type { ByteSource } from '../src/core/checkpoint/byteSource';
import type { TextSource } from '../src/core/text';
import { installDawn } from '../src/core/testing/dawn';
import type { Device } from '../src/core/train/device';
import type { DeviceKind } from '../src/core/train/run';
import { cutsInFile } from './cuts';
import { UsageError } from './options';

export const DEVICES = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly (DeviceKind | 'auto')[];

/** Runs a command to its exit code: 2 for what was typed wrong, 1 for what went wrong. */
export async function command(run: (args: readonly string[]) => Promise<void>): Promise<void> {
  // TensorFlow.js and Dawn speak to the console; standard output is for results alone.
  console.log = console.info = console.warn = () => undefined;
  try {
    await run(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof HomegrownError)) throw error;
    process.stderr.write(
      `${error.message}${error instanceof HomegrownError && error.remedy ? ` ${error.remedy}` : ''}\n`,
    );
    process.exitCode = error instanceof UsageError || error.code === 'bad-settings' ? 2 : 1;
  }
}

export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Aborted by Ctrl-C, once: a second Ctrl-C ends the process at once. */
export function interruptible(): AbortSignal {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
  return abort.signal;
}

/** Dawn is there before the backend that looks for it is loaded. */
export async function openDevice(kind: DeviceKind | 'auto'): Promise<Device> {
  if (kind === 'auto' || kind === 'webgpu') installDawn();
  const { chooseDevice } = await import('../src/core/train/device');
  const { tune } = await import('../src/core/ops/tune');
  const wasm = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  const device = await chooseDevice(kind, `${dirname(wasm)}${sep}`);
  await tune(() => performance.now(), cutsInFile);
  return device;
}

export async function textFile(path: string): Promise<TextSource> {
  const size = await sizeOf(path);
  return {
    name: basename(path),
    size,
    stream: () => createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array>,
  };
}

export async function byteFile(path: string): Promise<ByteSource> {
  const size = await sizeOf(path);
  return {
    size,
    async read(offset, length) {
      const file = await open(path);
      try {
        const bytes = new Uint8Array(length);
        await file.read(bytes, 0, length, offset);
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch {
    throw badFile(`There is no file ${path}.`);
  }
  throw badFile(`${path} is not a file.`);
}
