/** Hostile files: each ends with its text or a typed refusal, and never affects the other files. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundled } from '../../../scripts/bundle.mjs';
import { HOSTILE } from '../../testing/hostileFiles';
import { readHostile } from '../../testing/hostileRuns';
import type { HostileOutcome } from '../../testing/readHostileFiles';

/** Memory limit in MB above the usage before the test. */
const MAX_MEMORY = 500;
/** Seconds above which a file is reported; not a failure, because the time depends on the load of the machine. */
const LONG_SECONDS = 10;

test('reads or refuses each hostile file, and keeps good files next to it', async () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const command = await bundled(root, 'src/testing/readHostileFiles.ts');
  const names = Object.keys(HOSTILE);
  const outcomes: HostileOutcome[] = [];
  await readHostile([command], names, (outcome) => {
    outcomes.push(outcome);
    const { name, bytes, seconds, memory } = outcome;
    const size = `${bytes} bytes, ${seconds.toFixed(1)} s, ${Math.max(0, memory).toFixed(0)} MB`;
    console.log(`${seconds > LONG_SECONDS ? 'LONG: ' : ''}${name} (${size}): ${outcome.outcome}`);
  });
  expect(outcomes.map(({ name }) => name)).toEqual(names);
  const failed = outcomes.filter(
    ({ outcome, memory, isGoodKept }) => !isGoodKept || memory > MAX_MEMORY || !/^(?:read$|refused: )/.test(outcome),
  );
  expect(failed).toEqual([]);
});
