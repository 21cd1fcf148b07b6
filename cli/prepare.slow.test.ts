/** prepare that is stopped, or that npm calls by itself. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spawnCommand } from './testing/spawnCommand';

test('Ctrl-C leaves nothing half written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = (...names: string[]) => join(folder, ...names);
  await mkdir(path('in'));
  for (let i = 0; i < 400; i++)
    await writeFile(
      path('in', `many-${i}.txt`),
      `${i} The whale came up beside the boat, and nobody said a word, for it was very near. `,
    );
  const before = await readdir(folder);
  const args = ['prepare', '--from', path('in'), '--report', path('r'), '--out', path('o'), '--json'];
  let isSent = false;
  const ended = await spawnCommand(args, {
    onStart: (child) => {
      const again = (): void => {
        if (isSent) return;
        isSent = true;
        child.kill('SIGINT');
      };
      setTimeout(again, 1500);
    },
  });
  const after = await readdir(folder);
  if (ended.code === 0) expect(after.sort()).toEqual([...before, 'r', 'o'].sort());
  else expect(after).toEqual(before);
}, 60_000);

test('npm runs the script prepare when it has installed or linked something, which prepares nothing', async () => {
  const called = (npm_command: string) =>
    spawnCommand(['prepare'], { env: { npm_lifecycle_event: 'prepare', npm_command } });
  expect(await called('link')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await called('run-script')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^--from is missing/) as string,
  });
}, 60_000);
