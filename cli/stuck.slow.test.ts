/** Threads that read files don't keep a command from ending. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

test('one Ctrl-C ends a command while a reader hangs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stuck-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'work.ipynb');
  await writeFile(file, JSON.stringify({ cells: [{ cell_type: 'markdown', source: 'parse this for ever' }] }));
  const preload = pathToFileURL(join(ROOT, 'cli/testing/hanging.mjs')).href;
  const hanging = join(folder, 'hanging');
  const ended = await spawnCommand(['prepare', '--from', file, '--out', join(folder, 'out')], {
    env: { NODE_OPTIONS: `--import ${preload}`, HANGING_AT: hanging },
    onStart(child) {
      const watch = setInterval(() => {
        if (!existsSync(hanging)) return;
        clearInterval(watch);
        child.kill('SIGINT');
      }, 20);
      child.on('exit', () => clearInterval(watch));
    },
  });
  expect(ended.code).toBe(130);
  expect(ended.stderr).toContain('Stopped before the end');
  expect((await readdir(folder)).sort()).toEqual(['hanging', 'work.ipynb']);
});

test('a command that has read files ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'read-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'page.html');
  await writeFile(file, '<p>Call me Ishmael.</p>');
  const ended = await spawnCommand(['prepare', '--from', file, '--out', join(folder, 'out')]);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('1 document') as string });
});
