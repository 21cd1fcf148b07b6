import { expect, test } from 'vitest';
import { peakGigaflops } from '../bench/peak';
import { startTorch } from '../bench/torchSteps';
import { SHAPES } from '../bench/step';
import { lines, run } from './testing/run';

// The first of this file: a process keeps the threads of its first command.
test('a step on WASM is measured once all threads that were asked for have started', async () => {
  const shape = ['--context', '8', '--width', '8', '--heads', '1', '--layers', '1', '--steps', '3'];
  const { stdout } = await run(['bench', 'step', ...shape, '--device', 'wasm', '--threads', '2', '--json']);
  expect(lines(stdout)[0]).toMatchObject({ threads: 2 });
});

test('bench measures a training step of any shape, and prints it in one line', async () => {
  const shape = ['--vocab', '70', '--context', '12', '--width', '16', '--heads', '2', '--layers', '1', '--batch', '3'];
  const step = ['bench', 'step', ...shape, '--steps', '4', '--device', 'wasm'];
  const { code, stdout, stderr } = await run([...step, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const [report, ...rest] = lines(stdout);
  expect(rest).toEqual([]);
  expect(Object.keys(report!)).toEqual([
    'config',
    'adapter',
    'ms',
    'tokensPerSecond',
    'gflops',
    'dispatches',
    'submits',
    'buffersPerStep',
    'bindGroupsPerStep',
    'peakBytes',
    'plannedBytes',
    'encodeMs',
    'traceMs',
    'firstStepMs',
    'losses',
    'threads',
    'peakGflops',
    'peakShare',
  ]);
  const config = { vocabulary: 70, context: 12, width: 16, heads: 2, layers: 1, batch: 3 };
  expect(report).toMatchObject({ config, adapter: 'wasm', dispatches: 0, submits: 0 });
  const losses = report!['losses'] as number[];
  expect(losses[0]).toBeCloseTo(Math.log(70), 1);
  expect(losses[3]).toBeLessThan(losses[0]! - 0.01);
  expect(report!['tokensPerSecond']).toBeGreaterThan(0);

  const table = await run(step);
  expect(table.code).toBe(0);
  expect(table.stdout).toContain('tokensPerSecond');

  const wrong = await run(['bench', 'stepp']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^Unknown bench 'stepp'\. Available: step, ops, text, tokenizer, /);
});

test('the peak of arithmetic is above the rate of a matrix product in the same run', async () => {
  const peak = await peakGigaflops(2);
  const { stdout } = await run(['bench', 'step', '--device', 'wasm', '--steps', '3', '--json']);
  const report = lines(stdout)[0] as { gflops: number; peakGflops: number; peakShare: number };
  expect(report.peakShare).toBeCloseTo(report.gflops / report.peakGflops, 2);
  expect(report.gflops).toBeLessThan(peak);
});

test('PyTorch is refused for a GPU, an adapter and another architecture', async () => {
  const gpu = await run(['bench', 'step', '--beside', 'torch']);
  expect(gpu).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --device wasm') as string });
  await expect(startTorch(SHAPES.B, 1)).rejects.toThrow('only compared on a fully trained GPT');
  await expect(startTorch(SHAPES['S-all'], 1)).rejects.toThrow('only compared on a fully trained GPT');
});

test('a Python that isn’t there is reported with the command that installs it', async () => {
  await expect(startTorch(SHAPES.S, 1, '/nowhere/python')).rejects.toMatchObject({
    message: 'There is no Python in /nowhere/python.',
    remedy: expect.stringContaining('npm run oracles') as string,
  });
});
