/** A tuned run averaged with its base: measured at each share, and saved as a run of its own. */
import { expect, test } from 'vitest';
import type { Trainable } from '../core/adapters/trainable';
import type { BlobStore } from '../core/base/blobStore';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { openExported } from '../core/export/exported';
import { cardOf } from '../testing/cardOf';
import { readJournal } from '../core/runs/journal';
import { purgeRun, readRun, updateRun } from '../core/runs/record';
import { loadWhole } from '../core/runs/whole';
import type { TestStudio } from '../testing/behindChannels';
import type { Begin } from '../testing/smallRuns';
import { eachSmallStudio } from '../testing/eachSmallStudio';
import { loraOf, PARENT } from '../testing/tunedRuns';
import type { MixedPoint } from '../protocol/gpu';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
eachSmallStudio((fresh) => ({ store, worker, of } = fresh), {
  parent: (studio) => studio.worker.gpu.call('begin', studio.of('parent', PARENT)),
});

async function tuned(trainable: Trainable | undefined): Promise<void> {
  const { model: _, ...begin } = of('tuned', { steps: 8, saveEvery: 8, evalEvery: 4, warmup: 2, learningRate: 0.02 });
  await worker.gpu.call('tune', { ...begin, from: { runId: 'parent', step: 10 }, ...(trainable && { trainable }) });
}
const lora = (): Trainable => loraOf(of('parent', {}).model);
const evaluated = async (step: number) =>
  (await readJournal(store, 'tuned')).findLast((event) => event.kind === 'evaluated' && event.step === step);

test.each([
  ['all of it', false],
  ['an adapter', true],
] as const)(
  'if %s is tuned, the endpoints are the two models, and the saved run is the one between',
  async (_, isLora) => {
    await tuned(isLora ? lora() : undefined);
    const reports: (readonly MixedPoint[])[] = [];
    const points = await worker.gpu.call(
      'mix',
      { runId: 'tuned', which: 'latest', shares: [0, 0.4, 1] },
      { onProgress: (some) => void reports.push(some) },
    );
    expect(reports.map(({ length }) => length)).toEqual([1, 2, 3]);
    expect(reports.at(-1)).toEqual(points);
    const [before, after] = [await evaluated(0), await evaluated(8)];
    const known = (event: typeof before) => event?.kind === 'evaluated' && { loss: event.loss, metrics: event.metrics };
    // The base bit for bit; merging an adapter rounds its weights.
    expect(points[2]).toEqual({ share: 1, ...known(before) });
    if (isLora) expect(points[0]!.loss).toBeCloseTo((after as { loss: number }).loss, 5);
    else expect(points[0]).toEqual({ share: 0, ...known(after) });
    expect(points[1]!.metrics.oldPerplexity!.value).not.toBe(points[0]!.metrics.oldPerplexity!.value);

    const [card, looks] = [{ about: 'Letters.' }, [{ of: 'a'.repeat(64), count: 2 }]];
    await updateRun(store, 'tuned', (run) => ({ ...run, card, looks }));
    await worker.data.call('mixRun', {
      ...{ runId: 'mix', projectId: 'first', name: 'between', createdAt: 7 },
      ...{ of: { runId: 'tuned', which: 'latest' }, share: 0.4 },
    });
    const record = (await readRun(store, 'mix'))!;
    expect(record).toMatchObject({
      ...{ name: 'between', status: 'stopped', step: 8, mixed: { name: 'parent', share: 0.4, step: 8 } },
      parent: { runId: 'tuned', step: 8, how: 'fork', momentsAtZero: true },
      ...{ card, looks },
    });
    expect([record.trainable, record.base]).toEqual([undefined, undefined]);
    const measured = await worker.gpu.call('evaluate', {
      ...{ runId: 'mix', which: 'latest', part: 'validation', tokens: of('x', {}).recipe.evalTokens },
    });
    expect(measured.loss).toBe(points[1]!.loss);
    const exported = await openExported(store, 'mix', 'latest', false);
    expect(cardOf(exported.info)).toMatch(/an average: 40 % parent, 60 % tuned/);

    // Resumes like a run, without the points in between.
    await purgeRun(store, 'tuned');
    await worker.gpu.call('resume', { runId: 'mix', steps: 9 });
    expect((await loadSnapshot(store, 'mix')).snapshot.state.step).toBe(9);
    const later = await openExported(store, 'mix', 'latest', false);
    expect(cardOf(later.info)).toMatch(/At step 8, its weights were averaged: 40 % parent/);
  },
  120_000,
);

test('a run without tuning, or without its base, has no averages', async () => {
  await tuned(undefined);
  const mix = (runId: string) => worker.gpu.call('mix', { runId, which: 'latest', shares: [0.5] });
  await expect(mix('parent')).rejects.toMatchObject({
    code: 'bad-settings',
    message: 'parent has no base model to average with.',
  });
  const before = await loadWhole(store, (await readRun(store, 'tuned'))!, 'latest');
  await purgeRun(store, 'parent');
  await expect(mix('tuned')).rejects.toMatchObject({
    message: 'Step 10 of parent, the base of tuned, was deleted.',
  });
  const wanted = { runId: 'mix', projectId: 'first', name: 'between', createdAt: 7 };
  await expect(
    worker.data.call('mixRun', { ...wanted, of: { runId: 'tuned', which: 'latest' }, share: 0.4 }),
  ).rejects.toMatchObject({ code: 'bad-settings' });
  expect(await readRun(store, 'mix')).toBeUndefined();
  expect(await loadWhole(store, (await readRun(store, 'tuned'))!, 'latest')).toEqual(before);
}, 120_000);
