/** A model of pairs that is tuned on plain text, over the real worker implementations. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { readKnownRun } from '../core/runs/record';
import { lonelyLocks, testStudio } from '../testing/behindChannels';
import { SIZES } from '../testing/classifierStudio';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

const PAIRS = ['input,target', ...Array.from({ length: 40 }, (_, i) => `after ${i},${i + 1}`)];

test('a model of pairs is tuned on text for the next token', { timeout: 120_000 }, async () => {
  const store = memoryStore();
  const { studio, close } = testStudio(store);
  onTestFinished(close);
  const { getState } = studio;
  await getState().load();
  const { project } = getState();
  const short = { steps: 2, batch: 4, warmup: 0, evalEvery: 2, saveEvery: 2 };
  getState().change({
    model: { ...project.model, config: { ...project.model.config, ...SIZES } },
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
  });
  getState().setRecipe(short);
  const add = async (name: string, lines: readonly string[], purpose?: 'adapt') => {
    const file = new File([lines.join('\n')], name);
    await getState().addFiles([{ name, file }], purpose);
    if (name.endsWith('.csv'))
      await getState().addTables(getState().waitingFiles, { input: 'input', target: 'target' });
  };
  await add('pairs.csv', PAIRS);
  await getState().start();
  const objectiveOf = async () => (await readKnownRun(store, getState().project.runId!)).objective;
  expect(await objectiveOf()).toBe('pairs');

  const { tuning } = getState().project;
  getState().setTuning({ learns: 'all', recipe: { ...tuning.recipe, ...short, replay: 0 } });
  await add(
    'letters.txt',
    Array.from({ length: 40 }, (_, i) => `Dear reader, this is letter ${i}.`),
    'adapt',
  );
  await getState().listRuns();
  await getState().tune('adapt');

  expect(await objectiveOf()).toBe('causal');
});
