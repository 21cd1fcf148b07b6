/**
 * Caches compiled kernels' resources per user of this machine, so that each clone compiles only kernels that no run has
 * compiled. Deleting the cache loses nothing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Needs } from './isa';

/** Version of the file format. Raise it when `Needs` changes. */
const FORMAT = 1;
/** Maximum kernels per file: about four versions of all kernels. */
const MAX_KERNELS = 20_000;
/** Age after which the file of unused compilers is removed. */
const MAX_AGE_MS = 60 * 86_400_000;

export interface NeedsCache {
  get(kernel: string): Needs | undefined;
  set(kernel: string, needs: Needs): void;
  /** Writes the file atomically. Kernels of this run come first and stay longest. */
  save(): void;
}

export const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

export const userCache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'homegrown/isa');

/** @param compilers identifies everything besides its code that determines a kernel: the GPU and its compilers */
export function needsCache(compilers: readonly string[], folder = userCache()): NeedsCache {
  const file = join(folder, `${sha256(String(FORMAT), ...compilers)}.json`);
  const saved = new Map(Object.entries(readCache(file)));
  const used = new Map<string, Needs>();
  let isChanged = false;
  return {
    get(kernel) {
      const needs = saved.get(kernel);
      if (needs) used.set(kernel, needs);
      return needs;
    },
    set(kernel, needs) {
      used.set(kernel, needs);
      isChanged = true;
    },
    save() {
      if (!isChanged) return;
      const kernels = [...new Map([...used, ...[...saved].filter(([kernel]) => !used.has(kernel))])].slice(
        0,
        MAX_KERNELS,
      );
      const text = JSON.stringify(Object.fromEntries(kernels));
      try {
        mkdirSync(folder, { recursive: true });
        const part = `${file}.${process.pid}`;
        writeFileSync(part, `${sha256(text)}\n${text}`);
        renameSync(part, file);
        for (const other of readdirSync(folder).map((name) => join(folder, name))) {
          if (Date.now() - statSync(other).mtimeMs > MAX_AGE_MS) rmSync(other, { force: true });
        }
      } catch {
        // The next run compiles again.
      }
    },
  };
}

/** Reads a cache file; empty if it is missing. Removes a damaged file. */
function readCache(file: string): Record<string, Needs> {
  try {
    const [hash, text = ''] = readFileSync(file, 'utf8').split('\n');
    if (hash === sha256(text)) return JSON.parse(text) as Record<string, Needs>;
    rmSync(file, { force: true });
  } catch {
    // No file yet.
  }
  return {};
}
