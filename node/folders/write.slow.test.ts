/** Writing a model's folder: processes that are killed at any point, and processes that write at the same time. */
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundled } from '../../scripts/bundle.mjs';
import { LIST } from './listed';
import { ROOT } from '../../cli/testing/run';
import { filesOf, markIn, namesIn, withSentinels as sentinelsAt, write } from '../../cli/testing/withSentinels';

let sandbox: string;
let writer: string;
beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'write-'));
  writer = await bundled(ROOT, 'cli/testing/writer.ts'); // Bundled once, because it is started about sixty times.
}, 240_000);
afterAll(() => fs.rm(sandbox, { recursive: true }));
let folders = 0;
const newFolder = (): string => join(sandbox, String(folders++));
/** A new folder with a model of mark 1 and files of the user. All weights and the step of a model equal its mark. */
const withSentinels = () => sentinelsAt(newFolder());

/**
 * Runs `writer FOLDER FIRST COUNT`, which saves models with the marks FIRST, FIRST + 1, … into a folder.
 * @returns exit code or signal, standard output and standard error
 */
function runWriter(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const killAt = fileURLToPath(new URL('../../cli/testing/killAt.mjs', import.meta.url));
  // Caches compiled code, like scripts/cli.mjs: most of a writer's time is compiling.
  const compiled = fileURLToPath(new URL('../../scripts/compiled.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--import', killAt, compiled, writer, ...args], {
    env: { ...process.env, ...env },
  });
  const ended = { signal: null as string | null, code: null as number | null, stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()));
  return new Promise<typeof ended>((resolve) =>
    child.on('close', (code, signal) => resolve({ ...ended, code, signal })),
  );
}

test('drafts of earlier builds: a complete model is recovered to .stopped, incomplete ones are removed', async () => {
  const { around, model, expectWhole } = await withSentinels();
  // A process that has ended, so its draft is a leftover.
  const { pid } = spawn(process.execPath, ['--version'], { stdio: 'ignore' }).once('error', () => undefined);
  await runWriter([join(around, 'other'), '7', '1']);
  await fs.cp(join(around, 'other'), join(around, `.model.${pid!}.part`), { recursive: true });
  await fs.mkdir(join(around, '.model.999999998.part'));
  await fs.writeFile(join(around, '.model.999999998.part', 'config.json'), '{');
  await fs.writeFile(join(around, '.model.999999999.part'), 'half a file');
  await fs.writeFile(join(around, `.model.${process.pid}.part`), 'draft of a running process');
  expect(await markIn(model)).toBe(1);
  expect(await markIn(`${model}.stopped`)).toBe(7);
  expect(await namesIn(around)).toBe(`.model.${process.pid}.part model model.stopped model.txt other thesis.txt`);
  await expectWhole();
});

test('50 kills at points spread over a write each leave the old or the new model complete, and other files unchanged', async () => {
  const around = newFolder();
  await write(join(around, 'model'), 1);
  const uninterrupted = await runWriter([join(around, 'model'), '2', '1'], { KILL_UNDER: around });
  const calls = Number(/^(\d+) calls/m.exec(uninterrupted.stderr)?.[1]);
  expect(calls).toBeGreaterThan(50);
  const outcomes = { old: 0, new: 0, killed: 0, recovered: 0 };
  // Even kills hit a new run in one folder, odd kills a resumed run in another.
  await Promise.all([0, 1].map((first) => killWrites(first)));
  expect(outcomes.killed).toBeGreaterThan(45);
  expect(outcomes.recovered).toBeGreaterThan(40);
  expect(outcomes.old).toBeGreaterThan(10);
  expect(outcomes.new).toBeGreaterThan(10);

  async function killWrites(first: number): Promise<void> {
    const { around, model, expectWhole } = await withSentinels();
    let mark = 1;
    for (let i = first; i < 50; i += 2) {
      const at = 1 + Math.round((i * calls) / 49); // The last one is after the write's end.
      const env = { KILL_AT: String(at), KILL_UNDER: around, ...(first > 0 && { GOES_ON: 'yes' }) };
      const { signal } = await runWriter([model, String(mark + 1), '1'], env);
      if (signal === 'SIGKILL') outcomes.killed++;
      if ((await fs.readdir(around)).includes('.model.saving')) outcomes.recovered++;
      const found = await markIn(model);
      expect([mark, mark + 1]).toContain(found);
      outcomes[found === mark ? 'old' : 'new']++;
      mark = found;
      await expectWhole();
      expect(await namesIn(around)).toBe('model model.txt thesis.txt');
      const expectedNames = [
        ...(await filesOf(0)).map(({ name }) => name),
        LIST,
        'notes',
        'notes.txt',
        '.hidden',
        'link',
      ];
      expect((await fs.readdir(model)).sort()).toEqual(expectedNames.sort());
    }
  }
}, 600_000);

test.each([
  [2, 40],
  [8, 15],
])(
  '%i processes that each save %i times into one folder wait for each other',
  async (processes, times) => {
    const { around, model, expectWhole } = await withSentinels();
    const ended = await Promise.all(
      Array.from({ length: processes }, (_, i) =>
        runWriter([model, String(1000 * (i + 1)), String(times)], { KILL_UNDER: '/nowhere' }),
      ),
    );
    for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '0 calls\n' });
    expect((await markIn(model)) % 1000).toBe(times - 1);
    expect(await namesIn(around)).toBe('model model.txt thesis.txt');
    await expectWhole();
  },
  240_000,
);
