import { expect, test } from 'vitest';
import { formatWords } from '../src/core/export/format';
import { FORMATS } from '../src/core/export/formats';
import { FORMAT_IDS } from '../src/core/export/cards';
import { help } from './help';
import { run } from './testing/run';

test('each flag has a line with its meaning, bounds and default', () => {
  const options = {
    text: { kind: 'texts', path: 'reads', help: 'Files to learn from' },
    steps: { kind: 'whole', min: 1, max: 1000, initial: 10, help: 'Updates' },
    warmup: { kind: 'whole', min: 0, max: 9, otherwise: 'a tenth', help: 'Steps of rise' },
    device: { kind: 'choice', of: ['wasm', 'cpu'], initial: 'wasm', help: 'Where it runs' },
    format: { kind: 'choice', of: ['a', 'bc'], choices: ['A folder', 'A file'], help: 'What is written' },
    prompt: { kind: 'text', path: 'none', initial: '', help: 'What is continued' },
    json: { kind: 'switch', help: 'One object a line' },
  } as const;
  expect(help({ name: 'bench step', about: 'Measures.', options, examples: ['--steps 5'] }).split('\n')).toEqual([
    'Measures.',
    '',
    '  --text FILE...  Files to learn from (required)',
    '  --steps N       Updates (1 to 1000; default: 10)',
    '  --warmup N      Steps of rise (0 to 9; default: a tenth)',
    '  --device NAME   Where it runs (wasm, cpu; default: wasm)',
    '  --format NAME   What is written (a, bc; required)',
    '  --prompt TEXT   What is continued',
    '  --json          One object a line',
    '',
    '--format',
    '  a   A folder',
    '  bc  A file',
    '',
    'npm run --silent bench -- step --steps 5',
  ]);
});

test('every command lists its flags, whatever else is typed', async () => {
  const asked = [
    ['grow', '--stesp', '5', '--help'],
    ['sample', '-h'],
    ['export', '--json', '--help'],
    ['bench', '--help'],
    ['bench', 'step', '-h'],
    ['runs', '--help'],
    ['score', '--help'],
    ['glossary', '--help'],
    ['prepare', '--help'],
    ['evaluate', '--help'],
    ['compare', '--help'],
    ['inspect', '--help'],
  ];
  const results = await Promise.all(asked.map((args) => run(args)));
  for (const [i, { code, stdout, stderr }] of results.entries()) {
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`npm run --silent ${asked[i]![0]!} -- `);
  }
  expect(results[0]!.stdout).toMatch(/^ {2}--learning-rate X +Learning rate.* \(1e-9 to 10; default: 0\.001\)$/m);
  expect(results[0]!.stdout).toMatch(
    /^ {2}--recompute NAME +Recompute activations.* \(auto, on, off; on without a value; default: auto\)$/m,
  );
  expect(results[0]!.stdout).toMatch(/^ {2}--memory X +Memory limit of the run in GB; .* \(0 to 4096; default: 0\)$/m);
  expect(results[3]!.stdout.match(/^npm run --silent bench -- (step|ops|tokenizer)/gm)?.length).toBeGreaterThan(2);
  expect(results[4]!.stdout).not.toContain('bench -- ops');
  for (const id of FORMAT_IDS)
    expect(results[2]!.stdout).toContain(`\n  ${id.padEnd(11)}  ${formatWords(FORMATS[id])}\n`);
  // A value that may begin with a dash is no request for help.
  expect((await run(['sample', '--from', '/nowhere', '--prompt', '-h'])).stderr).toMatch(/no folder/);
});
