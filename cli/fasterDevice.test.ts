/** Which device `auto` is where there is no GPU. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faster-'));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));
const tiny = TINY.slice(0, TINY.indexOf('--device'));

/** Stopped as soon as it trains. */
async function grow(...args: string[]): Promise<{ said: string; ran: string }> {
  let isStopped = false;
  const ended = await run(['grow', '--text', path('text.txt'), ...tiny, '--out', path('model'), ...args], {
    onOutput(child, _, stderr) {
      if (!isStopped && stderr.includes('step 0: ')) child.kill('SIGINT');
      isStopped ||= stderr.includes('step 0: ');
    },
  });
  expect(ended.code).toBe(0);
  const { device } = JSON.parse(await readFile(path('model/homegrown.json'), 'utf8')) as { device: string };
  await rm(path('model'), { recursive: true });
  return { said: ended.stderr, ran: device };
}

test('a long run is measured on WASM and on the software adapter, goes by the faster, and says so', async () => {
  const { said, ran } = await grow('--steps', '1000000');
  const [, faster, wasm, adapter] =
    /^(.+) is faster here: WASM takes (.+) a step, (.+) (?:takes .+ a step|made none in time)\.$/m.exec(said) ?? [];
  expect(wasm, said).toBeDefined();
  expect(['WASM', adapter]).toContain(faster);
  expect(ran).toBe(faster === 'WASM' ? 'WASM' : `${adapter}, WebGPU`);
}, 240_000);

test('a short run is on WASM, without a look at what it would take elsewhere', async () => {
  const ended = await run(['grow', '--text', path('text.txt'), ...tiny, '--steps', '2', '--out', path('short')]);
  expect(ended.stderr).toMatch(/^WASM is taken: the run needs about .+, and to try .+ might not pay\.$/m);
  expect(await readFile(path('short/homegrown.json'), 'utf8')).toContain('"device": "WASM"');
  const json = await run(['grow', '--text', path('text.txt'), ...tiny, '--steps', '2', '--out', path('j'), '--json']);
  expect(json).toMatchObject({ code: 0, stderr: '' });
  expect(lines(json.stdout).at(-1)).toMatchObject({ device: 'wasm' });
}, 120_000);
