/** Each command in its own process prints the same as in the process of a test. */
import { expect, test } from 'vitest';
import { run } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

test('the flags of grow', async () => {
  const shown = await spawnCommand(['grow', '--help']);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown).toEqual(await run(['grow', '--help']));
});

const NAMES = [
  'bench',
  'classify',
  'compare',
  'evaluate',
  'export',
  'glossary',
  'grow',
  'inspect',
  'prepare',
  'runs',
  'sample',
  'score',
  'tune',
];
test.each(NAMES)('%s refuses an unknown flag', async (name) => {
  const refused = await spawnCommand([name, '--nothing', '--json']);
  expect(refused.code).toBe(2);
  expect(refused).toEqual(await run([name, '--nothing', '--json']));
});
