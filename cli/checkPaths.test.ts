/** No command overwrites its input: all commands and all flags, by their declarations. */
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkPaths } from './checkPaths';
import type { Option, Options } from './options';
import { perform } from './terminal';
import { COMMANDS } from './testing/commands';

const commands = Object.values(COMMANDS).flat();

let sandbox: string;
let folder: string;
let made = 0;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  sandbox = await fs.mkdtemp(join(tmpdir(), 'paths-'));
});
afterAll(() => fs.rm(sandbox, { recursive: true }));
beforeEach(async () => {
  folder = join(sandbox, String(made++));
  await fs.mkdir(folder);
});

type Use = Extract<Option, { kind: 'text' | 'texts' }>['path'];
const flagsOf = (options: Options, ...uses: readonly Use[]): string[] =>
  Object.entries(options).flatMap(([flag, option]) => ('path' in option && uses.includes(option.path) ? [flag] : []));

const cases = commands.flatMap(({ name, options }) =>
  flagsOf(options, 'writes').flatMap((out) =>
    flagsOf(options, 'reads', 'resumes').map((input) => [name, out, input] as const),
  ),
);

/** All required flags except some. Each path is different and doesn't exist. */
function required(name: string, but: readonly string[]): string[] {
  const { options } = commands.find((command) => command.name === name)!;
  return Object.entries(options).flatMap(([flag, option]) => {
    if (but.includes(flag) || option.kind === 'switch' || 'otherwise' in option || 'initial' in option) return [];
    if (option.kind === 'choice') return [`--${flag}`, option.of[0]!];
    if (option.kind === 'text' || option.kind === 'texts') return [`--${flag}`, at(`other ${flag}`)];
    return [`--${flag}`, String((option as { min: number }).min)];
  });
}

/** Error that the command fails with. */
async function failureOf(name: string, out: string, output: string, input: string, typed: string): Promise<unknown> {
  const [word = '', second] = name.split(' ');
  const args = [...(second === undefined ? [] : [second]), ...required(name, [out, input])];
  return perform(COMMANDS[word]!, [...args, `--${input}`, typed, `--${out}`, output]).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The value of a flag that names a path and more. */
const asTyped = (flag: string, path: string): string => (flag === 'mix' ? `${path}:0.5` : path);

describe.each(cases)('%s --%s is refused before anything is read', (name, out, input) => {
  const expectRefused = async (output: string, path: string): Promise<void> => {
    const names = await fs.readdir(folder, { recursive: true });
    const failure = await failureOf(name, out, output, input, asTyped(input, path));
    expect(failure).toMatchObject({ code: 'bad-settings' });
    const { message, remedy } = failure as { message: string; remedy: string };
    expect(message).toContain(`--${out} ${output}`);
    expect(message).toContain(`--${input} ${path}`);
    expect(remedy).toContain('Nothing was read or written.');
    expect(await fs.readdir(folder, { recursive: true })).toEqual(names);
  };

  test(`around --${input}, or in it`, async () => {
    await fs.mkdir(at('folder', 'input'), { recursive: true });
    await fs.writeFile(at('folder', 'input', 'a.txt'), 'sentinel');
    await expectRefused(at('folder'), at('folder', 'input'));
    await expectRefused(at('folder'), at('folder', 'input', 'a.txt'));
    await expectRefused(at('folder', 'input', 'new'), at('folder', 'input'));
    await fs.symlink('folder', at('link'));
    await expectRefused(at('link', 'input', 'a.txt'), at('folder', 'input'));
    expect(await fs.readFile(at('folder', 'input', 'a.txt'), 'utf8')).toBe('sentinel');
  });

  test.runIf(flagsOf(commands.find((each) => each.name === name)!.options, 'reads').includes(input))(
    `that is --${input}, also by a link`,
    async () => {
      await fs.writeFile(at('a.txt'), 'sentinel');
      await fs.symlink('a.txt', at('symbolic.txt'));
      await fs.link(at('a.txt'), at('hard.txt'));
      for (const output of ['a.txt', 'symbolic.txt', 'hard.txt'])
        for (const path of ['a.txt', 'symbolic.txt', 'hard.txt']) await expectRefused(at(output), at(path));
      expect(await fs.readFile(at('a.txt'), 'utf8')).toBe('sentinel');
    },
  );
});

test('some commands write, and each of them reads', () => {
  expect([...new Set(cases.map(([name]) => name))].sort()).toEqual(['classify', 'export', 'grow', 'prepare', 'tune']);
});

test("every flag with a path declares it: these are all flags with words that aren't paths", () => {
  const words = commands.flatMap(({ name, options }) => flagsOf(options, 'none').map((flag) => `${name} --${flag}`));
  expect(words.filter((flag) => !flag.startsWith('bench '))).toEqual([
    'classify --prompt',
    'classify --encoding',
    'evaluate --encoding',
    'evaluate --metrics',
    'glossary --term',
    'grow --settings',
    'grow --tokenizer',
    'grow --special',
    'grow --sample-prompt',
    'inspect --prompt',
    'inspect --target',
    'inspect --against',
    'prepare --map', // a name of one of the files in --from
    'prepare --encoding',
    'sample --prompt',
    'sample --system',
    'score --metrics',
    'tune --encoding',
    'tune --learns',
    'tune --tokenizer',
    'tune --special',
    'tune --sample-prompt',
  ]);
});

test.each([
  ['table', 't.csv:text=a+b,label=c'],
  ['pairs', 't.csv:input=a,target=b'],
  ['recipe', 't.csv'],
])('the path of --%s is found in %s', async (flag, typed) => {
  const { options } = commands.find(({ name }) => name === 'tune')!;
  await fs.writeFile(at('t.csv'), 'sentinel');
  const values = { [flag]: [at(typed)], out: at('t.csv') };
  await expect(checkPaths(options, values as never)).rejects.toThrow(basename(at('t.csv')));
});

test('words that are no paths are none', async () => {
  const { options } = commands.find(({ name }) => name === 'tune')!;
  for (const out of ['none', 'recommended', 'lora:8', 'lora'])
    await checkPaths(options, { recipe: 'none', adapter: 'lora:8', out: at(out) });
  await checkPaths(options, { recipe: 'recommended', out: 'recommended' });
});

test('a run may continue in its own folder, but not in a subfolder', async () => {
  const { options } = commands.find(({ name }) => name === 'grow')!;
  await fs.mkdir(at('run', 'sub'), { recursive: true });
  const check = (values: object) => checkPaths(options, values as never);
  await check({ resume: at('run'), out: at('run', 'sub', '..') });
  await check({ resume: at('run') });
  await expect(check({ resume: at('run'), out: at('run', 'sub') })).rejects.toThrow('--resume');
  await expect(check({ resume: at('run'), text: [at('run', 'text.txt')] })).rejects.toThrow(
    /--resume .* contains --text/,
  );
});
