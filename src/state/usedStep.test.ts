/** The one checkpoint of a classifier that all features use, over the real worker implementations. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { unwatched } from '../core/base/job';
import { decisionInUse } from '../core/export/temperature';
import { importModel } from '../core/export/importModel';
import { bytesSource } from '../core/files/byteSource';
import { network } from '../core/models/network';
import { evaluationKey } from '../core/runs/evaluations';
import { readKnownRun, updateRun } from '../core/runs/record';
import { classifier } from '../core/sample/classify';
import { lonelyLocks } from '../testing/behindChannels';
import { classifierStudio } from '../testing/classifierStudio';
import { labeledRows } from '../testing/labeledRuns';
import { cardOf } from '../features/export/ModelCard';
import { trained, usedStep, usedStepWords } from './trained';
import { classifierOf } from './tuningInputs';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

/** Labels without a pattern are memorized, so that the loss on the validation set rises. */
const ROWS = labeledRows(120).map(([text], i) => [text!, (i * i + (i % 7)) % 3 ? 'land' : 'sea']);
const TEXT = 'a whale 17';

async function overfitted() {
  const made = await classifierStudio();
  await made.add(ROWS);
  const { tuning } = made.getState().project;
  const recipe = { ...tuning.classify.recipe, evalEvery: 6 };
  made.getState().setTuning({ classify: { ...tuning.classify, recipe, pooling: 'last', heldOut: 0.4 } });
  await made.getState().tune('classify');
  await made.getState().listRuns();
  const { getState } = made;
  const runId = getState().project.runId!;
  const { steps } = getState().opened[runId]!;
  const [best, latest] = [steps.find((step) => step.best)!.step, steps.find((step) => step.latest)!.step];
  expect(best).toBeLessThan(latest);
  expect(best).toBeGreaterThan(0);
  return { ...made, runId, best, latest };
}

test('the best step of a classifier is evaluated, queried, exported and shown if the latest is worse', async () => {
  const { store, getState, own, downloads, runId, best, latest } = await overfitted();
  expect(usedStep(getState(), runId)).toBe(best);
  expect(classifierOf(getState())).toMatchObject({ step: latest, used: best });
  expect(usedStepWords(getState(), runId)).toBe(`Step ${best}, best on the validation set`);
  expect(trained(getState(), 'export')).toMatchObject({ step: best, why: 'best on the validation set' });
  expect(trained(getState(), 'playground').step).toBe(best);

  const judged = (await own.judged(runId, best))!;
  expect(judged.step).toBe(best);
  const { temperature } = judged.evaluation.labelled!;
  expect(temperature).not.toBe(1);
  expect((await readKnownRun(store, runId)).decision).toEqual({ temperature, atLeast: 0, step: best });
  await getState().loadCardEvaluations();
  const card = cardOf(getState())!;
  expect(card).toContain(`Step ${best}, evaluated on `);
  expect(card).toContain('already applied to the weights of the head');

  // The export gives the same prediction as the page.
  const file = (await getState().exportModel('hf'))!;
  expect(file).toMatchObject({ step: best, temperature });
  await vi.waitFor(() => expect(downloads.at(-1)?.bytes.length).toBeGreaterThan(0));
  const zip = [{ name: 'model.zip', source: bytesSource(downloads.at(-1)!.bytes) }];
  const { model, tokenizer, snapshot, info } = await importModel(zip, unwatched);
  expect(info).toMatchObject({ state: { step: best }, decision: { temperature, step: best, inWeights: true } });
  expect(info!.evaluations).toMatchObject([{ part: 'validation', metrics: judged.evaluation.metrics }]);
  const reader = classifier(await network(model, snapshot.tensors), tokenizer);
  const [theirs] = await reader.classify([TEXT], { temperature: decisionInUse(info!.decision!).temperature });
  const ours = await own.classify(runId, TEXT);
  for (const [i, p] of ours.probabilities.entries()) expect(theirs!.probabilities[i]).toBeCloseTo(p, 4);

  // After a person picks another checkpoint, it is used and evaluated as well.
  getState().setWhich('export', 'latest');
  await own.settle(runId);
  expect(usedStepWords(getState(), runId)).toBe(`Step ${latest}, latest`);
  expect((await readKnownRun(store, runId)).decision).toMatchObject({ step: latest });
  expect((await own.classify(runId, TEXT)).probabilities).not.toEqual(ours.probabilities);
  expect(trained(getState(), 'export')).toMatchObject({ step: latest, why: undefined });
  // The selection persists when the run is opened again, as after a reload.
  await getState().loadRun();
  expect(usedStepWords(getState(), runId)).toBe(`Step ${latest}, latest`);
  // Picked again, the best step has the temperature fitted to it.
  getState().setWhich('export', 'best');
  await own.settle(runId);
  expect((await readKnownRun(store, runId)).decision).toMatchObject({ step: best, temperature });
});

test('a run that an older build evaluated at its latest step is evaluated at its best before the export', async () => {
  const { store, getState, own, runId, best, latest } = await overfitted();
  await store.commit({ drop: [evaluationKey({ runId, step: best, part: 'validation' })] });
  await updateRun(store, runId, (run) => ({ ...run, decision: { temperature: 3, atLeast: 0.5, step: latest } }));
  await getState().loadRun();
  expect((await own.judged(runId, best))?.step).not.toBe(best);
  const file = (await getState().exportModel('hf'))!;
  expect(file).toMatchObject({ step: best });
  const { temperature } = (await own.judged(runId, best))!.evaluation.labelled!;
  expect(file.temperature).toBe(temperature);
  expect((await readKnownRun(store, runId)).decision).toEqual({ temperature, atLeast: 0.5, step: best });
});
