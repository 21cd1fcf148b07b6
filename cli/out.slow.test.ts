/** An older model in a folder that a run writes to, or that an export is killed in, with the real commands. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { unfinishedIn } from '../node/folders/listed';
import { aroundModel, growHere, stepIn } from './testing/aroundModel';
import { type Ended, lines, run } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

vi.setConfig({ testTimeout: 180_000 });

const { at, model, older } = aroundModel();

/** `onLine` gets the number of lines on standard output so far, and may send a signal: SIGKILL to the command itself. */
function spawnHere(
  name: 'grow' | 'export',
  args: readonly string[],
  onLine: (count: number, kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return spawnCommand([name, ...args], {
    cwd: at(),
    env: { HOME: at('home'), ...env },
    onOutput: (child, stdout) =>
      onLine(stdout.split('\n').length - 1, (signal) => {
        if (signal === 'SIGKILL') spawnSync('pkill', ['-KILL', '-P', String(child.pid)]);
        else child.kill(signal);
      }),
  });
}
/** For `env`: kills the command before this call that changes files under `folder`. */
const killedAt = (call: number, folder: string) => ({
  NODE_OPTIONS: `--import ${new URL('testing/killAt.mjs', import.meta.url).href}`,
  KILL_UNDER: folder,
  KILL_AT: String(call),
});

describe('an older model stays', () => {
  test('when the next run is stopped and is not better than at its beginning', async () => {
    const before = await older();
    const args = growHere('--steps', '100000', '--eval-every', '1', '--learning-rate', '1', '--warmup', '0');
    const ended = await spawnHere('grow', [...args, '--out', 'src/older'], (count, kill) => {
      if (count === 3) kill('SIGHUP');
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const events = lines(ended.stdout);
    expect(events.at(-1)!['valLoss']).toBeGreaterThan(events[0]!['valLoss'] as number);
    expect(events.at(-1)).toMatchObject({ out: 'src/older.stopped' });
    expect(await older()).toEqual(before);
    expect(await stepIn(`${model()}.stopped`)).toBe(events.at(-1)!['step']);
  });

  test('when the next run is killed, and its newest save is in sight', async () => {
    const before = await older();
    let isWatched = false;
    const endless = growHere('--steps', '100000', '--eval-every', '1000000', '--out', 'src/older');
    const ended = await spawnHere('grow', endless, (_, kill) => {
      if (isWatched) return;
      isWatched = true;
      void (async () => {
        while ((await stepIn(`${model()}.stopped`).catch(() => 0)) < 200) await wait(100);
        kill('SIGKILL');
      })();
    });
    expect(ended.code).toBe(137);
    expect(await older()).toEqual(before);
    // Opening the model would keep it for good.
    const { step } = (await unfinishedIn(`${model()}.stopped`))!;
    expect(step).toBeGreaterThanOrEqual(200);

    const next = await run(['grow', ...growHere('--steps', '20', '--out', 'src/older')], { cwd: at() });
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(lines(next.stdout).at(-1)).toMatchObject({ step: 20, out: 'src/older' });
    expect(await stepIn(model())).toBe(20);
    expect((await fs.readdir(at('src'))).sort()).toEqual(['older', 'older.stopped']);
    expect(await fs.readFile(join(model(), 'notes.txt'), 'utf8')).toBe('notes');

    const further = growHere('--steps', String(step + 10), '--eval-every', '1000000');
    await fs.cp(`${model()}.stopped`, `${model()}.stopped-2`, { recursive: true }); // a copy of a leftover is none
    expect(await run(['grow', ...further, '--out', 'src/older'], { cwd: at() })).toMatchObject({
      code: 0,
      stderr: 'Removed leftovers of killed runs: src/older.stopped.\n',
    });
    expect((await fs.readdir(at('src'))).sort()).toEqual(['older', 'older.stopped-2']);
  }, 300_000);

  test('until the next run is stopped after an evaluation shows progress', async () => {
    const args = growHere('--steps', '100000', '--eval-every', '1', '--learning-rate', '1e-2', '--warmup', '0');
    const ended = await spawnHere('grow', [...args, '--out', 'src/older'], (count, kill) => {
      if (count === 10) kill('SIGTERM');
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const events = lines(ended.stdout);
    expect(events.at(-1)!['valLoss']).toBeLessThan(events[0]!['valLoss'] as number);
    expect(events.at(-1)).toMatchObject({ out: 'src/older' });
    expect(await stepIn(model())).toBe(events.at(-1)!['step']);
    expect(await fs.readdir(at('src'))).toEqual(['older']);
  });

  test('or a complete one replaces it, wherever an export is killed, and sample opens it', async () => {
    const args = ['--from', 'src/older', '--format', 'hf', '--out', 'copy'];
    expect(await run(['export', ...args], { cwd: at() })).toMatchObject({ code: 0 });
    await fs.writeFile(at('copy', 'notes.txt'), 'notes');
    // With copies: one new folder, ten files moved aside, ten copied in after creating their folders, one check.
    for (const call of [3, 12, 21]) {
      const ended = await spawnHere('export', args, undefined, killedAt(call, at('copy')));
      expect(ended.code).toBe(137);
      const sampled = await run(['sample', '--from', 'copy', '--tokens', '4', '--device', 'wasm'], { cwd: at() });
      expect(sampled.code).toBe(0);
      expect(await stepIn(at('copy'))).toBe(30);
      expect(await fs.readFile(at('copy', 'notes.txt'), 'utf8')).toBe('notes');
      expect((await fs.readdir(at())).filter((name) => name.startsWith('.'))).toEqual([]);
    }
  }, 300_000);
});
