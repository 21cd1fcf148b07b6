/** The memory that prepare takes doesn't grow with the text. */
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lines } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

const MB = 1e6;
const PEAK = new URL('testing/peakMemory.mjs', import.meta.url).href;

/** Distinct lines, so that no rule finds repeats; `place` makes files differ. */
async function writeText(path: string, bytes: number, place: number): Promise<void> {
  const file = await open(path, 'w');
  let written = 0;
  for (let line = 0; written < bytes;) {
    let piece = '';
    while (piece.length < MB)
      piece += `In chapter ${place} on page ${line++} the crew of ship ${(line * 7919) % 10007} saw whale ${line % 613}.\n`;
    await file.write(piece);
    written += piece.length;
  }
  await file.close();
}

/** Bytes of the process of `prepare` that took the most. */
async function peakOf(folder: string, name: string, sizes: readonly number[]): Promise<number> {
  const [from, peaks] = [join(folder, name), join(folder, `${name}-peaks`)];
  await mkdir(from);
  await mkdir(peaks);
  for (const [i, size] of sizes.entries()) await writeText(join(from, `${i}.txt`), size, i);
  const ended = await spawnCommand(['prepare', '--from', from, '--out', join(folder, `${name}-out`), '--json'], {
    env: { NODE_OPTIONS: `--import=${PEAK}`, PEAK_FOLDER: peaks },
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(lines(ended.stdout).at(-1)).toMatchObject({ documents: sizes.length, refused: [] });
  const all = await Promise.all((await readdir(peaks)).map((file) => readFile(join(peaks, file), 'utf8')));
  return Math.max(...all.map(Number));
}

test('240 MB of text take far less memory than their size, and leave no temporary file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const sizes = [...Array<number>(10).fill(4 * MB), 100 * MB, 100 * MB];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const small = await peakOf(folder, 'small', [MB]);
  const large = await peakOf(folder, 'large', sizes);
  console.log(`${(small / MB).toFixed(0)} MB at 1 MB of text, ${(large / MB).toFixed(0)} MB at ${total / MB} MB`);
  expect((large - small) / total).toBeLessThan(0.6);
  expect((await readdir(folder)).sort()).toEqual([
    'large',
    'large-out',
    'large-peaks',
    'small',
    'small-out',
    'small-peaks',
  ]);
}, 600_000);

test('a kill during reading leaves no temporary file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const from = join(folder, 'in');
  await mkdir(from);
  for (let i = 0; i < 4; i++) await writeText(join(from, `${i}.txt`), MB, i);
  const killAt = new URL('testing/killAt.mjs', import.meta.url).href;
  const ended = await spawnCommand(['prepare', '--from', from, '--out', join(folder, 'out'), '--json'], {
    env: { NODE_OPTIONS: `--import=${killAt}`, KILL_AT: '3', KILL_UNDER: from },
  });
  expect(lines(ended.stdout).at(-1)).toHaveProperty('error');
  expect(ended.code).not.toBe(0);
  expect(await readdir(folder)).toEqual(['in']);
}, 120_000);
