/** Classifiers over the workers' real halves, on WASM. */
import { expect, test, vi } from 'vitest';
import type { BlobStore } from '../core/base/blobStore';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { paramsOf } from '../core/models';
import { headOf, withClasses } from '../core/models/classes';
import { readJournal } from '../core/runs/journal';
import { readRun, type RunRecord, updateRun } from '../core/runs/record';
import { loadWhole } from '../core/runs/whole';
import type { TestStudio } from '../testing/behindChannels';
import type { Begin } from '../testing/smallRuns';
import { eachSmallStudio } from '../testing/eachSmallStudio';
import { endBeforeSaving, stopWhileSaving } from '../testing/interruptedRuns';
import { classifierInput, CLASSES, labeledRows, labeledText } from '../testing/labeledRuns';
import { PARENT } from '../testing/tunedRuns';
import { linearWeights } from '../core/adapters/trainable';
import { ownOf } from '../core/train/partly';
import type { Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import type { TuneInput } from '../protocol/gpu';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
const restore = eachSmallStudio((fresh) => ({ store, worker, of } = fresh), {
  parent: (studio) => studio.worker.gpu.call('begin', studio.of('parent', PARENT)),
  async spam(studio) {
    const recipe = { steps: 60, learningRate: 0.02, ...AT_THE_END };
    const { trainable: _, ...all } = await classifierInput(studio.store, studio.of, 'spam', recipe);
    await studio.worker.gpu.call('tune', all);
  },
});
/** Evaluates and saves before the first step and after the last one only. */
const AT_THE_END = { evalEvery: 60, saveEvery: 60 };

const inputOf = (runId: string, recipe?: Partial<Recipe>, more?: Partial<TuneInput>) =>
  classifierInput(store, of, runId, recipe, more);
const tune = async (...input: Parameters<typeof inputOf>) => worker.gpu.call('tune', await inputOf(...input));
const recordOf = async (runId: string): Promise<RunRecord> => (await readRun(store, runId))!;
const latest = async (runId: string) => (await loadSnapshot(store, runId)).snapshot;
const eventsOf = async (runId: string): Promise<unknown[]> =>
  (await readJournal(store, runId)).flatMap((event: TrainEvent): unknown[] => {
    if (event.kind === 'step') return [[event.step, event.loss]];
    return event.kind === 'evaluated' ? [[event.step, event.loss, event.metrics, event.sample]] : [];
  });

test("a classifier is its base's body with its own head: both are trained, and no old text is measured", async () => {
  await tune('spam', { steps: 60, learningRate: 0.05, ...AT_THE_END });
  const record = await recordOf('spam');
  expect(record).toMatchObject({
    status: 'finished',
    objective: 'labels',
    model: { config: { classes: CLASSES } },
    parent: { runId: 'parent', how: 'fine-tune' },
    trainable: { weights: ['score.weight'] },
  });
  expect(record.old).toBeUndefined();
  const { tensors } = (await loadWhole(store, record, 'latest')).snapshot;
  expect([...ownOf(record.model, tensors).keys()]).toEqual(Object.keys(paramsOf(record.model)));
  const trainedNames = [...(await latest('spam')).tensors.keys()];
  expect(trainedNames).toContain('score.weight');
  expect(trainedNames.some((name) => name === linearWeights(paramsOf(record.model))[0])).toBe(false);

  const events = await readJournal(store, 'spam');
  const last = events.findLast((event) => event.kind === 'evaluated')!;
  expect(last.metrics.accuracy!.value).toBe(100);
  expect(last.metrics.oldPerplexity).toBeUndefined();
  const texts = ['the hill 77', 'a whale 77'];
  const given = await worker.gpu.call('classify', { runId: 'spam', which: 'latest', texts });
  expect(given.map(({ labels }) => labels)).toEqual([['land'], ['sea']]);
  for (const { probabilities } of given) expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 5);
  // A high temperature lowers confidence; below the threshold no label is certain.
  await updateRun(store, 'spam', (run) => ({ ...run, decision: { temperature: 100, atLeast: 0.9 } }));
  const doubting = await worker.gpu.call('classify', { runId: 'spam', which: 'latest', texts });
  expect(doubting.map(({ labels }) => labels)).toEqual([[], []]);
  expect(Math.max(...doubting[0]!.probabilities)).toBeLessThan(0.6);
});

test('a run that is stopped, or whose tab closes, resumes to the bits of an uninterrupted one', async () => {
  const long = { steps: 16, evalEvery: 8 };
  await tune('whole', long);
  await stopWhileSaving(store, 4, await inputOf('stopped', long));
  expect(await recordOf('stopped')).toMatchObject({ status: 'stopped', step: 4 });
  await worker.gpu.call('resume', { runId: 'stopped' });
  expect((await latest('stopped')).tensors).toEqual((await latest('whole')).tensors);

  await endBeforeSaving(store, 12, await inputOf('killed', long));
  expect(await recordOf('killed')).toMatchObject({ status: 'running' });
  await worker.gpu.call('resume', { runId: 'killed' });
  expect((await latest('killed')).tensors).toEqual((await latest('whole')).tensors);
  expect(await eventsOf('killed')).toEqual(await eventsOf('whole'));
});

test('a classifier continues with its head if its labels are the same; other labels start a new head', async () => {
  const all = { trainable: undefined } as unknown as Partial<TuneInput>;
  await tune('first', {}, all);
  const from = { from: { runId: 'first', step: 12 } };
  const nothing = { learningRate: 1e-9, warmup: 0, steps: 1, weightDecay: 0 };
  const whole = async (runId: string) => (await loadWhole(store, await recordOf(runId), 'latest')).snapshot.tensors;
  const head = (tensors: Awaited<ReturnType<typeof whole>>) => [...tensors.get('score.weight')!.data];
  await tune('again', nothing, { ...from, ...all });
  const before = head(await whole('first'));
  head(await whole('again')).forEach((x, i) => expect(x).toBeCloseTo(before[i]!, 5));
  // Reordered and with a new label added, each old label keeps its trained weights.
  const others = { ...CLASSES, labels: ['sea', 'sky', 'land'], inWindows: true } as const;
  await tune('other', nothing, { ...from, ...all, classes: others });
  const other = head(await whole('other'));
  expect(other).toHaveLength(3 * 16);
  [...other.slice(32), ...other.slice(0, 16)].forEach((x, i) => expect(x).toBeCloseTo(before[i]!, 5));
  await expect(tune('old', { ...nothing, replay: 0.1 }, { ...from, ...all })).rejects.toThrow(
    /can’t replay unlabeled text/,
  );

  const { classes: _, ...tokens } = await inputOf('adapted', { objective: 'causal' }, { ...from, ...all });
  await expect(worker.gpu.call('tune', tokens)).rejects.toThrow(/can’t generate text/);
});

test('a classifier is averaged only with a base that has its labels', async () => {
  const all = { trainable: undefined } as unknown as Partial<TuneInput>;
  await restore('spam');
  const from = { from: { runId: 'spam', step: 60 } };
  await tune('again', { steps: 1 }, { ...from, ...all });
  await tune('other', { steps: 1 }, { ...from, classes: { ...CLASSES, labels: ['sea', 'sky', 'land'] }, ...all });
  const mix = (runId: string) => worker.gpu.call('mix', { runId, which: 'latest', shares: [0.5] });
  expect(await mix('again')).toMatchObject([{ share: 0.5, metrics: { accuracy: {} } }]);
  const differ = {
    code: 'bad-settings',
    message: 'Only models with the same architecture can be blended: they differ in classes.',
  };
  await expect(mix('other')).rejects.toMatchObject(differ);
  await expect(mix('spam')).rejects.toMatchObject(differ);
});

test('a classifier from scratch has no parent, and its checkpoint is not of a base', async () => {
  const { from: _, classes, trainable: __, ...input } = await inputOf('new', { steps: 4 });
  await worker.gpu.call('begin', { ...input, model: withClasses(of('new', {}).model, classes!) });
  const record = await recordOf('new');
  expect(record).toMatchObject({ status: 'finished', objective: 'labels' });
  expect([record.parent, record.base]).toEqual([undefined, undefined]);
  expect(Object.keys(headOf(record.model))).toEqual(['score.weight']);
});

test('a classified file keeps its original content, and a language model is refused', async () => {
  await restore('spam');
  const rows = ['id,body', ...labeledRows(6).map(([text], i) => `${i},"${text}"`), '7,'];
  const table = { format: 'csv', columns: ['body'] } as const;
  const asked = { runId: 'spam', which: 'latest', file: new File([rows.join('\n')], 'mail.csv'), table } as const;
  const { file, texts, unsure, empty } = await worker.gpu.call('classifyFile', asked);
  expect([texts, unsure, empty]).toEqual([7, 0, 1]);
  const lines = (await file.text()).split('\r\n');
  expect(lines[0]).toBe('id,body,label,sure,p(land),p(sea)');
  expect(lines.slice(1, 7).map((line) => line.split(',')[2])).toEqual(['land', 'sea', 'land', 'sea', 'land', 'sea']);
  expect(lines[7]).toBe('7,,,,,');
  const wanted = 'a whale\n\nthe hill';
  const plain = new File([wanted], 'lines.txt');
  const { file: ofLines } = await worker.gpu.call('classifyFile', { runId: 'spam', which: 'latest', file: plain });
  expect((await ofLines.text()).split('\r\n').map((line) => line.split(',')[1])).toEqual([
    'label',
    'sea',
    'land',
    undefined,
  ]);

  const refused = (change: object) => worker.gpu.call('classifyFile', { ...asked, ...change });
  await expect(refused({ table: { ...table, columns: ['subject'] } })).rejects.toThrow(/no column subject/);
  await expect(refused({ file: new File(['id,body\n'], 'none.csv') })).rejects.toThrow(/has no text to classify/);
  await expect(worker.gpu.call('classify', { runId: 'spam', which: 'latest', texts: ['sea', ''] })).rejects.toThrow(
    /Text 2 of 2 is empty/,
  );
  await expect(refused({ runId: 'parent' })).rejects.toThrow(/is not a classifier/);

  // In an old encoding, if it is specified.
  const french = 'id,body\n1,la mer salée\n2,the hill\n';
  const latin = { file: new File([Buffer.from(french, 'latin1')], 'mer.csv') };
  await expect(refused(latin)).rejects.toMatchObject({ code: 'bad-encoding' });
  const read = await refused({ ...latin, encoding: 'windows-1252' });
  expect(await read.file.text()).toMatch(/^id,body,label[^]*\n1,la mer salée,[^]*\n2,the hill,land/);
  const utf16 = { file: new File([Buffer.from(wanted, 'utf16le')], 'lines.txt'), table: undefined };
  await expect(refused(utf16)).rejects.toMatchObject({ code: 'bad-encoding' });
  expect((await refused({ ...utf16, encoding: 'utf-16le' })).texts).toBe(2);
  const stop = new AbortController();
  const stopped = worker.gpu.call('classifyFile', asked, { signal: stop.signal, onProgress: () => stop.abort() });
  stop.abort();
  await expect(stopped).rejects.toThrow(/aborted/);
});

test('unlabeled texts are ordered by lowest confidence', async () => {
  await restore('spam');
  const rows = [...labeledRows(4, 4), ['qqq xyz', '']];
  const { id } = await labeledText(store, rows);
  const asked = { runId: 'spam', which: 'latest', texts: [id], count: 3 } as const;
  const { texts, of: read } = await worker.gpu.call('toLabel', asked);
  expect(read).toBe(5);
  expect(texts).toHaveLength(3);
  expect(texts[0]).toMatchObject({ textId: id, place: 8, text: 'qqq xyz' });
  expect(texts.every(({ place }) => place >= 4)).toBe(true);
});
