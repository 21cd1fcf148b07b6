import { expect, test } from 'vitest';
import { TERM_IDS, termName } from '../src/core/glossary/terms';
import { run } from './testing/run';

test('a term prints the sentence that the app shows', async () => {
  expect(await run(['glossary', 'perplexity'])).toEqual({
    code: 0,
    stdout: 'Perplexity: How many tokens the model hesitates between, on average. Lower is better.\n',
    stderr: '',
  });
  expect((await run(['glossary', 'Learning', 'rate'])).stdout).toMatch(/^Learning rate: How far each step moves/);
  // Another word for it.
  expect((await run(['glossary', 'nucleus sampling', '--json'])).stdout).toContain('"id":"top-p"');
});

test('words find terms, and none lists all', async () => {
  const found = await run(['glossary', '--term', 'graphics card', '--json']);
  expect(JSON.parse(found.stdout)).toEqual({
    terms: [expect.objectContaining({ id: 'webgpu', name: 'WebGPU' }) as object],
  });
  const lines = (await run(['glossary'])).stdout.trim().split('\n');
  expect(lines).toHaveLength(TERM_IDS.length);
  expect(lines[0]).toMatch(/^Accuracy: /);
  for (const id of TERM_IDS) expect(lines.some((line) => line.startsWith(`${termName(id)}: `))).toBe(true);
});

test('an unknown term is refused in one line', async () => {
  const { code, stdout, stderr } = await run(['glossary', 'flux', 'capacitor']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^No term matches 'flux capacitor'\. Without a term, the command lists all \d+\. /);
});
