/** Failed commands print one line with a remedy, or one line of JSON, and exit with a code for the cause. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOneLine } from './testing/oneLine';
import { type Ended, lines, run, TINY, STEP_ALONE } from './testing/run';
import { CLI, spawnCommand } from './testing/spawnCommand';

let folder: string;
const mounts: string[] = [];
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failures-'));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  expect(await run(['grow', ...grow('model'), '--steps', '1'])).toMatchObject({ code: 0 });
}, 120_000);
afterAll(async () => {
  for (const mounted of mounts) spawnSync('umount', [mounted]);
  await rm(folder, { recursive: true });
});
const grow = (out: string) => ['--text', path('text.txt'), ...TINY, '--out', path(out), '--json'];

/** Mounts a separate file system at `name`; false if this process may not mount. */
function mount(name: string, options: string): boolean {
  mkdirSync(path(name));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path(name)]);
  if (status === 0) mounts.push(path(name));
  return status === 0;
}

test('an unknown command lists the commands that exist', async () => {
  const { scripts } = JSON.parse(await readFile(join(CLI, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const names = Object.keys(scripts).filter((name) => scripts[name] === `node scripts/cli.mjs ${name}`);
  expect(names.length).toBeGreaterThan(3);
  for (const args of [['groww'], [], ['../cli/grow']]) {
    const ended = await spawnCommand(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expectOneLine(ended, null, new RegExp(names.join(', ')));
  }
});

test('a full disk, a read-only one and a name too long leave nothing behind', async ({ skip }) => {
  if (!mount('full', 'size=16k') || !mount('locked', 'ro')) skip('This process may not mount file systems.');
  const write = (out: string) => run(['grow', ...grow(out), '--steps', '2']);
  const [full, locked, long] = await Promise.all([write('full/model'), write('locked/model'), write('n'.repeat(250))]);
  expect(full.code).toBe(1);
  expectOneLine(full, 'storage-full', /no space left on device/);
  expect(await readdir(path('full'))).toEqual([]);
  expect(locked.code).toBeGreaterThan(0);
  expectOneLine(locked, lastCode(locked), /read-only file system|can't be written/);
  expect(long.code).toBeGreaterThan(0);
  expectOneLine(long, lastCode(long), /ENAMETOOLONG|can't be written/);

  const exported = await run(['export', '--from', path('model'), '--format', 'gguf-f32', '--out', path('full/m.gguf')]);
  expect(exported.code).toBe(1);
  expectOneLine(exported, null, /no space left on device/);
  expect(await readdir(path('full'))).toEqual([]);
});
test('a disk that fills up while a run saves costs neither the older model nor the newest save', async ({ skip }) => {
  const sizes = await Promise.all(
    (await readdir(path('model'))).map(async (name) => (await stat(path('model', name))).size),
  );
  const pages = sizes.reduce((sum, size) => sum + Math.ceil(size / 4096), 0);
  // Space for the older model and a save of the next one, but not for a second draft.
  if (!mount('filling', `size=${Math.round(2.5 * pages) * 4}k`)) skip('This process may not mount file systems.');
  await cp(path('model'), path('filling', 'model'), { recursive: true });
  const older = await readFile(path('filling', 'model', 'model.safetensors'));
  const ended = await run(['grow', ...grow('filling/model'), '--steps', '20']);
  expect(ended.code).toBe(1);
  expectOneLine(
    ended,
    'storage-full',
    /no space left on device .*The last checkpoint is in .*model\.stopped; the model in .* is unchanged/,
  );
  expect(await step('filling/model.stopped')).toBe(0);
  expect((await readFile(path('filling', 'model', 'model.safetensors'))).equals(older)).toBe(true);
  expect((await readdir(path('filling'))).sort()).toEqual(['model', 'model.stopped']);
});
const lastCode = ({ stdout }: Ended) => (lines(stdout).at(-1)!['error'] as { code: string }).code;

test('a full standard output is reported; a closed one ends the command without a message', async () => {
  const device = await open('/dev/full', 'w');
  const sample = ['sample', '--from', path('model'), '--tokens', '40', '--device', 'wasm'];
  const full = await spawnCommand(sample, { stdout: device.fd });
  await device.close();
  expect(full.code).toBe(1);
  expect(full.stderr).toMatch(
    /^Saved model: step \d+[^\n]*\nStandard output can't be written: no space left on device[^\n]*\n$/,
  );

  const node = `${process.execPath} ${CLI}`;
  const through = (command: string[], filter: string) =>
    spawnCommand([`set -o pipefail; ${node} "$@" | ${filter}; echo "\${PIPESTATUS[0]}"`, 'bash', ...command], {
      by: ['bash', '-c'],
    });
  const [read, grown] = await Promise.all([
    through([...sample.slice(0, -3), '100000', '--device', 'wasm'], 'head -c 3 > /dev/null'),
    through(['grow', ...grow('piped'), '--steps', '100000', '--eval-every', '5'], 'head -n 1 > /dev/null'),
  ]);
  expect(read).toMatchObject({ stdout: '141\n', stderr: expect.stringMatching(STEP_ALONE) as string });
  // Saves the trained steps before it ends.
  expect(grown).toMatchObject({ stdout: '0\n', stderr: '' });
  expect(await step('piped')).toBeLessThan(100_000);
});
const step = async (out: string): Promise<number> =>
  (JSON.parse(await readFile(path(out, 'homegrown.json'), 'utf8')) as { state: { step: number } }).state.step;

describe('internal errors', () => {
  const env = { NODE_OPTIONS: '--import "data:text/javascript,delete globalThis.MessageChannel"' };
  test('are one line that says whose fault they are; the stack is shown on request', async () => {
    const ended = await spawnCommand(['grow', ...grow('out')], { env });
    expect(ended.code).toBe(1);
    expectOneLine(ended, 'bug', /Homegrown has a bug.*MessageChannel is not defined.*HOMEGROWN_DEBUG=1/);
    const debugged = await spawnCommand(['grow', ...grow('out')], { env: { ...env, HOMEGROWN_DEBUG: '1' } });
    expect(debugged.code).toBe(1);
    expect(debugged.stderr).toMatch(/\n +at .*job\.ts/);
  });
  test('are reported if a command waits for an event that never comes', async () => {
    const deaf = 'globalThis.MessageChannel=class{port1={};port2={postMessage(){}}}';
    const ended = await spawnCommand(['grow', ...grow('out')], {
      env: { NODE_OPTIONS: `--import "data:text/javascript,${deaf}"` },
    });
    expect(ended.code).toBe(1);
    expectOneLine(ended, 'bug', /Homegrown has a bug: it waited for an event that can't occur/);
  });
  test('that end the process are reported by its parent', async () => {
    // Bundles the command first, which needs a larger heap.
    expect((await spawnCommand(['bench', '--help'])).code).toBe(0);
    const [heap, killed, broken] = await Promise.all([
      spawnCommand(['bench', 'tokenizer', '--json'], { env: { NODE_OPTIONS: '--max-old-space-size=24' } }),
      spawnCommand(['grow', ...grow('killed'), '--steps', '100000', '--eval-every', '5'], {
        onOutput: ({ pid }) => spawnSync('pkill', ['-KILL', '-P', String(pid)]),
      }),
      spawnCommand(['grow', ...grow('out')], {
        env: { NODE_OPTIONS: '--import "data:text/javascript,throw Error(\'no\')"' },
      }),
    ]);
    expect(heap.code).toBe(1);
    expectOneLine(heap, 'out-of-memory', /Memory ran out/);
    expect(killed.code).toBe(137);
    expectOneLine(killed, 'killed', /^Signal SIGKILL ended the command/);
    expect(broken.code).toBe(1);
  });
});

describe('a stop', () => {
  test.each([
    ['read', 'SIGINT', 130],
    ['cut', 'SIGTERM', 143],
  ] as const)('while a text is %s ends by %s with code %i', async (work, signal, code) => {
    const pipe = path(`${work}.txt`);
    spawnSync('mkfifo', [pipe]);
    const args = ['--text', pipe, '--tokenizer', 'bpe:60000', '--out', path('out'), '--json'];
    let stop: () => void = () => undefined;
    const ending = spawnCommand(['grow', ...args], { onStart: (child) => (stop = () => child.kill(signal)) });
    const writer = await open(pipe, 'w'); // waits for who reads
    if (work === 'read') stop();
    await writer.writeFile(manyWords()).catch(() => undefined); // a stopped command reads no more
    await writer.close();
    if (work === 'cut') setTimeout(stop, 500);
    const ended = await ending;
    expect(ended.code).toBe(code);
    expectOneLine(ended, 'stopped', /Stopped.*Nothing was changed/);
    expect(await readdir(folder)).not.toContain('out');
  });
  /** So many different words that training a tokenizer takes seconds. */
  const manyWords = (): string =>
    Array.from({ length: 600_000 }, (_, i) => `${((i * 2654435761) >>> 0).toString(36)} `).join('');

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s saves the trained steps', async (signal) => {
    const out = `by-${signal}`;
    const ended = await spawnCommand(['grow', ...grow(out), '--steps', '100000', '--eval-every', '5'], {
      onOutput: once((child) => void child.kill(signal)),
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(lines(ended.stdout).at(-1)).toMatchObject({ step: await step(out) });
    expect(await step(out)).toBeLessThan(100_000);
  });

  test('requested twice ends at once, whatever the command does', async () => {
    const never = path('never');
    spawnSync('mkfifo', [never]);
    const began = spawnCommand(['grow', '--text', never, '--out', path('out'), '--json'], {
      by: [
        'bash',
        '-c',
        // npm and the terminal both send the first signal; it counts once.
        `"$@" & until command=$(pgrep -P $! -f compiled.mjs); do sleep 0.05; done; kill -STOP $command
        kill -INT $!; kill -INT $!; sleep 1.5; kill -0 $! && echo alive
        while kill -INT $! 2> /dev/null; do sleep 1.5; done; wait $!`,
        'bash',
        process.execPath,
        CLI,
      ],
    });
    const ended = await began;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^alive\n/);
    expectOneLine(ended, null, /at once/);
  });
});

/** The first output alone. */
function once<T>(act: (child: T) => void): (child: T) => void {
  let acted = false;
  return (child) => {
    if (!acted) act(child);
    acted = true;
  };
}

test.each(['SIGKILL', 'SIGTERM'] as const)('npm ended by %s also ends grow, which saves first', async (signal) => {
  const out = `npm-${signal}`;
  await cp(path('model'), path(out), { recursive: true });
  const older = await readFile(path(out, 'model.safetensors'));
  let workers: number[] = [];
  const { stdout } = await spawnCommand(['--', ...grow(out), '--steps', '100000', '--eval-every', '5'], {
    by: ['npm', 'run', '--silent', 'grow'],
    cwd: join(CLI, '../..'),
    onOutput: (npm, stdout) => {
      if (workers.length > 0 || !stdout.includes('"step":5,')) return;
      workers = descendants(npm.pid!);
      npm.kill(signal);
    },
  });
  expect(workers.length).toBeGreaterThan(1);
  await expect.poll(() => workers.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  const [events, last] = [lines(stdout), lines(stdout).at(-1)!];
  const saved = basename(last['out'] as string);
  expect(await step(saved)).toBe(last['step']);
  expect(await step(saved)).toBeLessThan(100_000);
  expect(await step(saved)).toBeGreaterThanOrEqual(5);
  // The new model replaces the older one only if an evaluation of that step is better than at step 0.
  const evaluated = events.slice(0, -1).at(-1)!;
  const isBetter = evaluated['step'] === last['step'] && evaluated['valLoss']! < events[0]!['valLoss']!;
  expect(saved).toBe(isBetter ? out : `${out}.stopped`);
  if (!isBetter) expect((await readFile(path(out, 'model.safetensors'))).equals(older)).toBe(true);
});
function descendants(pid: number): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  const children = stdout.split('\n').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
