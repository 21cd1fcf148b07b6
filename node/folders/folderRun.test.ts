/** Training into a folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HomegrownError } from '../../src/core/base/errors';
import { newInfo } from '../../src/core/export/homegrownJson';
import { data, model, recipe, tokenizer } from '../../src/testing/watchedRun';
import { dataFacts } from '../../src/testing/runRecord';
import { useSingleThreadWasm } from '../../src/testing/wasm';
import { trainInFolder } from './folderRun';
import { localFile } from './local';
import { Progress } from '../../cli/progress';
import { resumedRun, type SavedRun } from './savedRun';
import { Saves } from './saves';
import { stderr } from '../../cli/terminal';

test('a run that runs out of memory reports the plan, cheaper settings, and the place of its last save', async () => {
  await useSingleThreadWasm();
  const out = await mkdtemp(join(tmpdir(), 'homegrown-memory-'));
  const info = newInfo({
    ...{ id: 'run', createdAt: 0, model, recipe, data: dataFacts(), tokenizer: tokenizer.model },
  });
  const run = trainInFolder(
    {
      ...{ saves: new Saves(join(out, 'model')), progress: new Progress(stderr, false), info, tokenizer },
      ...{ local: localFile({ texts: [] }), events: [], keepsNewest: false, length: () => recipe.steps },
      input: { model, recipe, tokenizer, ...data, now: () => 0 },
      whole: (_, snapshot) => snapshot,
      report({ kind }) {
        if (kind === 'step') throw new HomegrownError('out-of-memory', 'WASM has 4.29 GB in total');
      },
    },
    new AbortController().signal,
  );
  await expect(run).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(/The run was planned with [\d.]+ kB.*The last checkpoint is in .*model/) as string,
    remedy: expect.stringMatching(/^Use /) as string,
  });
  await rm(out, { recursive: true });
});

test('a run that continues in another folder keeps a threshold, but not a temperature of the old weights', () => {
  const decision = { temperature: 1.7, atLeast: 0.6, step: 3 };
  const made = newInfo({
    ...{ id: 'run', createdAt: 0, model, recipe, data: dataFacts(), tokenizer: tokenizer.model },
  });
  const state = { ...made.state, step: 3 };
  const past = { info: { ...made, state, decision }, data: dataFacts(), snapshot: { state, tensors: new Map() } };
  const go = (own: { id: string; createdAt: number } | null) =>
    resumedRun({ ...past, events: [] } as unknown as SavedRun, recipe, own).info.decision;
  expect(go(null)).toEqual(decision);
  expect(go({ id: 'fork', createdAt: 1 })).toEqual({ temperature: 1, atLeast: 0.6 });
});
