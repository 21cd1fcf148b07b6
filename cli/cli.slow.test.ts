import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lines, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

test('Ctrl-C stops at a step, saves, and reports the progress', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grow-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = join(folder, 'text.txt');
  await writeFile(text, 'Ein Wal — das ist kein Fisch. '.repeat(60));
  const settings = [...TINY, '--warmup', '2', '--steps', '100000', '--eval-every', '5'].with(
    TINY.indexOf('bytes'),
    'characters',
  );
  let interrupted = false;
  const stopped = await spawnCommand(['grow', '--text', text, ...settings, '--out', join(folder, 'model'), '--json'], {
    onOutput: (child) => {
      if (!interrupted) child.kill('SIGINT');
      interrupted = true;
    },
  });
  expect(stopped).toMatchObject({ code: 0, stderr: '' });
  const { step, out: saved } = lines(stopped.stdout).at(-1)!;
  expect(step).toBeLessThan(100_000);
  const info = JSON.parse(await readFile(join(saved as string, 'homegrown.json'), 'utf8')) as {
    state: { step: number };
  };
  expect(info.state.step).toBe(step);
});
