/** The real commands, as a terminal starts them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const CLI = fileURLToPath(new URL('../../scripts/cli.mjs', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}
interface Where {
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
export function run(args: readonly string[], { by, cwd, env, stdout, onStart, onOutput }: Where = {}): Promise<Ended> {
  const [program, ...first] = by ?? [process.execPath, CLI];
  const child = spawn(program, [...first, ...args], {
    ...(cwd !== undefined && { cwd }),
    // As from a terminal: what a test run has around it is not there.
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

/** Each line of standard output, which is JSON. */
export const lines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A model that is made in a second. */
export const TINY = [
  '--layers',
  '1',
  '--heads',
  '2',
  '--width',
  '16',
  '--context',
  '16',
  '--batch',
  '4',
  '--tokenizer',
  'bytes',
  '--device',
  'wasm',
] as const;
