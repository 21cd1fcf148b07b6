import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { heldBytes, memoryPlan, memoryShortage, type MemoryLimits } from './memory';
import { DEFAULT_RECIPE, type RecomputeChoice } from './recipe';
import { recomputation, recomputationWords } from './recomputation';

const model = { id: 'gpt', config: { layers: 8, heads: 8, width: 512, context: 256 }, vocabulary: 4096 } as const;
const flat = { ...model, config: { ...model.config, layers: 1 } };
const bytes = (recompute: boolean, of: typeof model | typeof flat = model): number =>
  memoryPlan(modelSpec('gpt'), of.config, of.vocabulary, { ...DEFAULT_RECIPE, recompute }).total;
const [storedBytes, recomputedBytes] = [bytes(false), bytes(true)];

const judged = (limits: MemoryLimits, choice: RecomputeChoice = 'auto', of: typeof model | typeof flat = model) => {
  const found = recomputation(of, DEFAULT_RECIPE, choice, limits);
  return { ...found, words: recomputationWords(found, 'Say otherwise.') };
};

test('turns on automatically above half of the device memory, and reports savings and cost', () => {
  expect(judged({ bound: 2 * storedBytes }).isOn).toBe(false);
  for (const limits of [
    { bound: 2 * storedBytes - 2 },
    { total: 2 * storedBytes - 2 },
    { weight: 2 * storedBytes - 2 },
  ]) {
    expect(judged(limits)).toMatchObject({ isOn: true, isChosen: false, storedBytes, recomputedBytes });
  }
  const { words, recomputedFlops, storedFlops } = judged({ bound: 1.5 * storedBytes });
  expect(recomputedFlops).toBeCloseTo((4 / 3) * storedFlops, 0);
  expect(words).toMatch(
    /^Activation recomputation is on: \d+ MB instead of 1\.\d+ GB, with a third more compute\. Say otherwise\.$/,
  );
  expect(judged({ weight: storedBytes }, 'off').words).toMatch(/of the largest buffer of this GPU/);
});

test('keeps an explicit choice, whatever the memory', () => {
  expect(judged({ bound: 100 * storedBytes }, 'on')).toMatchObject({ isOn: true, isChosen: true });
  expect(judged({ bound: 100 * storedBytes }, 'on').words).toMatch(/is on: .*The run fits in memory without it\.$/);
  expect(judged({ bound: 1.2 * storedBytes }, 'off')).toMatchObject({ isOn: false, isChosen: true });
  expect(judged({ bound: 1.2 * storedBytes }, 'off').words).toMatch(
    /^Needs over half of the .* memory limit\. With activation recomputation: /,
  );
});

test('stays off if it would not help, and says why', () => {
  expect(judged({ bound: 3 * storedBytes }).words).toBe('Fits in memory.');
  expect(judged({})).toMatchObject({ isOn: false });
  expect(judged({}).words).toMatch(/^The memory of this device is unknown\. With activation recomputation: /);
  // Recomputation isn't enough, so other changes are suggested. The largest buffer isn't a limit.
  const tight = { bound: 0.9 * recomputedBytes };
  expect(judged(tight)).toMatchObject({ isOn: false });
  expect(judged(tight).words).toMatch(/^Even with activation recomputation, the run needs \d+ MB, more than the/);
  expect(memoryShortage(model, { ...DEFAULT_RECIPE, recompute: true }, tight)).toMatch(/ the limit is [\d.]+ MB\.$/);
  expect(judged({ weight: 0.9 * recomputedBytes }).isOn).toBe(true);
  // With a single layer, recomputation saves nothing.
  const single = bytes(false, flat);
  expect(judged({ total: single }, 'auto', flat)).toMatchObject({ isOn: false });
  expect(judged({ total: single }, 'auto', flat).words).toMatch(/would save only 0 bytes\.$/);
  expect(judged({ total: single }, 'on', flat).words).toMatch(/saves nothing here/);
});

test('device memory is the lower of the set limit and addressable memory; a GPU reports only its largest buffer', () => {
  expect(heldBytes({ bound: 6e9, total: 4e9 })).toMatchObject({ bytes: 4e9, words: 'the 4 GB of WASM' });
  expect(heldBytes({ bound: 6e9, weight: 1e9, activation: 1e9 })).toMatchObject({ bytes: 6e9, isLimit: true });
  expect(heldBytes({ weight: 1e9, activation: 1e9 })).toMatchObject({ bytes: 1e9, isLimit: false });
  expect(heldBytes({})).toBeUndefined();
});
