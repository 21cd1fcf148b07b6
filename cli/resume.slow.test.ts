/** A run that continues in its folder and is stopped there, with the real command. */
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readModel } from '../node/folders/readModel';
import { lines, run, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

test('its saves go into its folder from the first on, and a stop there is saved there', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'resume-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = (...names: string[]) => join(folder, ...names);
  await writeFile(path('whale.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
  const begun = ['--text', 'whale.txt', ...TINY, '--schedule', 'constant', '--eval-every', '4', '--steps', '8'];
  expect(await run(['grow', ...begun, '--out', 'stopped', '--json'], { cwd: folder })).toMatchObject({ code: 0 });
  const inStopped: boolean[] = [];
  const ended = await spawnCommand(
    ['grow', '--json', '--resume', 'stopped', '--steps', '100000', '--save-every', '1'],
    {
      cwd: folder,
      onOutput(child) {
        if (inStopped.length === 0) child.kill('SIGINT');
        inStopped.push(existsSync(path('stopped.stopped')));
      },
    },
  );
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(inStopped).not.toContain(true);
  const { step, out } = lines(ended.stdout).at(-1)!;
  expect(step).toBeGreaterThan(8);
  expect(out).toBe('stopped');
  expect((await readModel(path('stopped'))).info!.state.step).toBe(step);
}, 120_000);
