/** prepare stopped, waiting at a pipe, next to concurrent runs, or called by npm itself. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lines } from './testing/run';
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

test('npm runs the script prepare after an install or link, which does nothing', async () => {
  const called = (npm_command: string) =>
    spawnCommand(['prepare'], { env: { npm_lifecycle_event: 'prepare', npm_command } });
  expect(await called('link')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await called('run-script')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^--from is missing/) as string,
  });
}, 60_000);

/** Starts three `prepare` commands with one `--out`; each waits at its own pipe. */
async function waitingAtPipes(onWaiting: (pipes: readonly string[], children: readonly ChildProcess[]) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pipes = ['a', 'b', 'c'].map((name) => join(folder, `${name}.txt`));
  for (const pipe of pipes) spawnSync('mkfifo', [pipe]);
  const children: ChildProcess[] = [];
  const waiting = new Set<string>();
  const ended = await Promise.all(
    pipes.map((pipe) =>
      spawnCommand(['prepare', '--from', pipe, '--out', join(folder, 'out'), '--json'], {
        onStart: (child) => void children.push(child),
        onOutput: (_, __, stderr) => {
          if (waiting.has(pipe) || !stderr.includes(`Waiting for a program to write to the pipe ${pipe}.`)) return;
          waiting.add(pipe);
          if (waiting.size === pipes.length) onWaiting(pipes, children);
        },
      }),
    ),
  );
  return { folder, ended };
}

test('prepare says that it waits at a pipe, and one Ctrl-C ends it', async () => {
  const { folder, ended } = await waitingAtPipes((_, children) => {
    for (const child of children) child.kill('SIGINT');
  });
  expect(ended.map(({ code }) => code)).toEqual([130, 130, 130]);
  for (const { stderr } of ended) expect(stderr).toMatch(/Press Ctrl-C to stop\.\nStopped before the end/);
  expect((await readdir(folder)).sort()).toEqual(['a.txt', 'b.txt', 'c.txt']);
}, 120_000);

test('three commands with one --out keep every result, and later ones say where theirs is', async () => {
  const { folder, ended } = await waitingAtPipes((pipes) => {
    for (const pipe of pipes) void writeFile(pipe, `The sea of ${pipe} is wide and deep, and whales swim in it.`);
  });
  expect(ended.map(({ code }) => code).sort()).toEqual([0, 3, 3]);
  const places = ended.map(({ stdout }) => lines(stdout).at(-1)!['out'] as string);
  expect(places.map((place) => basename(place)).sort()).toEqual(['out', 'out-2', 'out-3']);
  for (const [i, { code, stderr }] of ended.entries()) {
    expect(await readFile(join(places[i]!, 'documents.jsonl'), 'utf8')).toContain(`${'abc'[i]!}.txt is wide`);
    if (code === 3) expect(stderr).toContain(`This result is in ${places[i]!}.`);
  }
  expect((await readdir(folder)).sort()).toEqual(['a.txt', 'b.txt', 'c.txt', 'out', 'out-2', 'out-3']);
}, 120_000);
