/** The real commands, each in a process of its own, as a terminal starts them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ended } from './run';

export const CLI = fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url));

export interface SpawnOptions {
  /** Instead of `node scripts/cli.mjs`: how it is started. */
  by?: readonly [string, ...string[]];
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Standard output is this file descriptor. */
  stdout?: number;
  onStart?: (child: ChildProcess) => void;
  /** Called with all of the output so far, whenever some has come; may send signals. */
  onOutput?: (child: ChildProcess, stdout: string, stderr: string) => void;
}

/** A command from its start to its end. */
export function spawnCommand(
  args: readonly string[],
  { by, cwd, env, stdout, onStart, onOutput }: SpawnOptions = {},
): Promise<Ended> {
  const [program, ...first] = by ?? [process.execPath, CLI];
  const child = spawn(program, [...first, ...args], {
    ...(cwd !== undefined && { cwd }),
    // As from a terminal, without the environment of a test run.
    env: { ...process.env, NODE_OPTIONS: '', npm_lifecycle_event: '', ...env },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  onStart?.(child);
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  const take = (name: 'stdout' | 'stderr') => (data: Buffer) => {
    ended[name] += data.toString();
    onOutput?.(child, ended.stdout, ended.stderr);
  };
  child.stdout?.on('data', take('stdout'));
  child.stderr!.on('data', take('stderr'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}
