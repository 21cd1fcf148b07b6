/** A model among a user's files, in a separate folder per test. */
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { readModel } from '../../node/folders/readModel';
import { lines, run, TINY } from './run';

export interface AroundModel {
  /** Holds thesis.txt, text.txt, src/older (a model, with notes.txt in its folder), and an empty home. */
  at(...names: string[]): string;
  /** The folder of the model. */
  model(): string;
  /** Hash of each file of the model. */
  older(): Promise<Map<string, string>>;
  /** Hash of each file in the folder. */
  everything(): Promise<Map<string, string>>;
}

/** Flags of a run on text.txt. */
export const growHere = (...args: string[]): string[] => ['--text', 'text.txt', ...TINY, '--json', ...args];

export const stepIn = async (folder: string): Promise<number> => (await readModel(folder)).info!.state.step;

/** Trains the model once for the file of tests, and copies it before each test. */
export function aroundModel(): AroundModel {
  let sandbox: string;
  let around: string;
  let made = 0;
  const at = (...names: string[]) => join(around, ...names);
  const model = () => at('src', 'older');

  beforeAll(async () => {
    sandbox = await fs.mkdtemp(join(tmpdir(), 'out-'));
    around = join(sandbox, 'first');
    await fs.mkdir(at('home'), { recursive: true });
    await fs.mkdir(at('src'));
    await fs.writeFile(at('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
    await fs.writeFile(at('thesis.txt'), 'thesis');
    const args = growHere('--steps', '30', '--out', 'src/older', '--learning-rate', '1e-2');
    const grown = await run(['grow', ...args], { cwd: around });
    expect(grown).toMatchObject({ code: 0, stderr: '' });
    expect(lines(grown.stdout).at(-1)).toMatchObject({ step: 30, out: 'src/older' });
    await fs.writeFile(at('src/older/notes.txt'), 'notes');
  }, 300_000);
  afterAll(() => fs.rm(sandbox, { recursive: true }));
  beforeEach(async () => {
    around = join(sandbox, String(made++));
    await fs.cp(join(sandbox, 'first'), around, { recursive: true });
  });

  const hashOf = async (path: string): Promise<string> =>
    createHash('sha256')
      .update(await fs.readFile(path))
      .digest('hex');
  async function everything(folder = around): Promise<Map<string, string>> {
    const names = await fs.readdir(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(await Promise.all(files.map(async (path) => [path, await hashOf(path)] as const)));
  }
  return {
    at,
    model,
    everything,
    older: async () => new Map([...(await everything(model()))].filter(([path]) => dirname(path) === model())),
  };
}
