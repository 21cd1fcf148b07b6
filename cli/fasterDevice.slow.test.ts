/** Device that `--device auto` chooses on this machine, which has no GPU. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, STEP_ALONE, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faster-'));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));

test('a long run is measured on WASM and on the software adapter, uses the faster, and says so', async () => {
  const tiny = TINY.slice(0, TINY.indexOf('--device'));
  let isStopped = false;
  const long = ['grow', '--text', path('text.txt'), ...tiny, '--steps', '1000000', '--out', path('model')];
  const ended = await spawnCommand(long, {
    onOutput(child, _, stderr) {
      if (!isStopped && stderr.includes('step 0: ')) child.kill('SIGINT');
      isStopped ||= stderr.includes('step 0: ');
    },
  });
  expect(ended.code).toBe(0);
  const { device } = JSON.parse(await readFile(path('model/homegrown.json'), 'utf8')) as { device: string };
  const [, faster, wasm, adapter] =
    /^Using (.+), which is faster: WASM takes (.+) per step, (.+) (?:takes .+ per step|none finished in time)\.$/m.exec(
      ended.stderr,
    ) ?? [];
  expect(wasm, ended.stderr).toBeDefined();
  expect(['WASM', adapter]).toContain(faster);
  expect(device).toBe(faster === 'WASM' ? 'WASM' : `${adapter}, WebGPU`);
}, 240_000);

test('sample and evaluate choose a device by themselves too', async () => {
  const sampled = await spawnCommand(['sample', '--from', path('model'), '--tokens', '3']);
  expect(sampled).toMatchObject({ code: 0, stderr: expect.stringMatching(STEP_ALONE) as string });
  const evaluated = await spawnCommand(['evaluate', '--from', path('model'), '--metrics', 'loss', '--json']);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect(lines(evaluated.stdout)[0]).toHaveProperty('metrics.loss.value');
}, 120_000);
