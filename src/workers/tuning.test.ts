/** Runs that tune a saved step of another, over the workers' real halves, on WASM. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { Trainable } from '../core/adapters/trainable';
import type { BlobStore } from '../core/base/blobStore';
import { rounded } from '../core/base/narrowDtype';
import { readBase } from '../core/checkpoint/base';
import { baseKeys, storedBaseHashes } from '../core/checkpoint/bases';
import { listSnapshots, loadSnapshot } from '../core/checkpoint/checkpoint';
import { listTexts } from '../core/documents';
import { paramsOf } from '../core/models';
import { narrowDtypeFor } from '../core/models/spec';
import { readJournal } from '../core/runs/journal';
import { readRun, type RunRecord } from '../core/runs/record';
import { measureEverything } from '../core/runs/sizes';
import { loadWhole } from '../core/runs/whole';
import { dataId } from '../core/shards/manifest';
import { openPart } from '../core/shards/read';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import type { Begin } from '../testing/smallRuns';
import { eachSmallStudio } from '../testing/eachSmallStudio';
import { endBeforeSaving, stopWhileSaving } from '../testing/interruptedRuns';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { loraOf, PARENT, tuneInput } from '../testing/tunedRuns';
import { ownOf } from '../core/train/partly';
import type { Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import type { TuneInput } from '../protocol/gpu';
import { listUnreadable } from './unreadable';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
const restore = eachSmallStudio((fresh) => ({ store, worker, of } = fresh), {
  parent: (studio) => studio.worker.gpu.call('begin', studio.of('parent', PARENT)),
  one: (studio) => studio.worker.gpu.call('tune', tuneInput(studio.of, 'one')),
  async two(studio) {
    await studio.worker.gpu.call('tune', tuneInput(studio.of, 'one'));
    await studio.worker.gpu.call('tune', tuneInput(studio.of, 'two', { seed: 3 }));
  },
});

const lora = (over: Partial<Trainable> = {}): Trainable => loraOf(of('parent', {}).model, over);
const inputOf = (runId: string, recipe?: Partial<Recipe>, more?: Partial<TuneInput>): TuneInput =>
  tuneInput(of, runId, recipe, more);
const tune = (...input: Parameters<typeof inputOf>) => worker.gpu.call('tune', inputOf(...input));
const recordOf = async (runId: string): Promise<RunRecord> => (await readRun(store, runId))!;
const latest = async (runId: string) => (await loadSnapshot(store, runId)).snapshot;
/** Events of a run that are equal however the run was stopped. */
const eventsOf = async (runId: string): Promise<unknown[]> =>
  (await readJournal(store, runId)).flatMap((event: TrainEvent): unknown[] => {
    if (event.kind === 'step') return [[event.step, event.loss]];
    return event.kind === 'evaluated' ? [[event.step, event.loss, event.metrics, event.sample]] : [];
  });

test('a tuned run stores its trained part per step and its base once, and measures forgetting like evaluate', async () => {
  await restore('one');
  const record = await recordOf('one');
  expect(record).toMatchObject({
    status: 'finished',
    step: 12,
    parent: { runId: 'parent', step: 10, how: 'fine-tune', name: 'parent' },
    trainable: lora(),
    old: (await recordOf('parent')).segments[0].data,
  });
  const { tensors, state } = await latest('one');
  const own = Object.keys(paramsOf(record.model));
  expect([...tensors.keys()].filter((name) => own.includes(name))).toEqual([]);
  expect(await storedBaseHashes(store)).toEqual([record.base]);
  expect(state.frozen).toBe(record.base);
  expect(await readBase(store, record.base!)).toEqual(ownOf(record.model, (await latest('parent')).tensors));

  const { evaluation } = await worker.gpu.call('evaluation', {
    ...{ runId: 'one', which: 'latest', on: { part: 'validation' }, now: 1 },
  } as never);
  const last = (await readJournal(store, 'one')).findLast((event) => event.kind === 'evaluated');
  const { value, low, high } = evaluation.metrics.perplexity!;
  expect(last!.metrics.oldPerplexity).toEqual({ value, low, high });
}, 120_000);

test('a run that is stopped, or whose tab closes, resumes to the bits of an uninterrupted one', async () => {
  const replay = { replay: 0.5 };
  await tune('whole', replay);
  await stopWhileSaving(store, 4, inputOf('stopped', replay));
  expect(await recordOf('stopped')).toMatchObject({ status: 'stopped', step: 4 });
  await worker.gpu.call('resume', { runId: 'stopped' });
  expect((await latest('stopped')).tensors).toEqual((await latest('whole')).tensors);

  await endBeforeSaving(store, 12, inputOf('killed', replay));
  expect(await recordOf('killed')).toMatchObject({ status: 'running' });
  await worker.gpu.call('resume', { runId: 'killed' });
  expect((await latest('killed')).tensors).toEqual((await latest('whole')).tensors);
  const [killed, whole] = [await eventsOf('killed'), await eventsOf('whole')];
  expect(killed).toEqual(whole);
}, 120_000);

const baseOf = async (runId: string): Promise<string> => (await recordOf(runId)).base!;
const allOf = async (): Promise<readonly string[]> => store.keys('');
const damage = async (key: string): Promise<void> => {
  const bytes = (await store.get(key)) as Uint8Array;
  await store.commit({ put: [[key, bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte))]] });
};
const perplexityOf = async (runId: string, which: 'latest' | number = 'latest'): Promise<number> => {
  const on = { part: 'validation' } as const;
  return (await worker.gpu.call('evaluation', { runId, which, on, now: 1 })).evaluation.metrics.perplexity!.value;
};

test('two runs share one stored base; deleting the last run deletes it, and the reported space includes it', async () => {
  await restore('two');
  const hash = await baseOf('one');
  expect(await baseOf('two')).toBe(hash);
  expect(await storedBaseHashes(store)).toEqual([hash]);
  expect(await measureEverything(store)).toContainEqual({
    name: 'Bases of tuned runs',
    count: 1,
    bytes: 4 * [...(await readBase(store, hash)).values()].reduce((sum, { data }) => sum + data.length, 0),
  });
  const purge = async (runId: string): Promise<number> => {
    const { bytes } = await worker.data.call('removeRun', { runId, at: 1 });
    await worker.data.call('purgeRun', { runId });
    return bytes;
  };
  const first = await purge('one');
  expect(await storedBaseHashes(store)).toEqual([hash]);
  const second = await purge('two');
  expect(await storedBaseHashes(store)).toEqual([]);
  const { bytes } = (await measureEverything(store)).find(({ name }) => name === 'Data made from them')!;
  expect(bytes).toBeGreaterThan(0); // it is the parent's too
  expect(second).toBeGreaterThan(2 * first);
}, 120_000);

test("a run's checkpoints can be freed, with a base that no other run needs; then the run is no model", async () => {
  await restore('two');
  const first = (await worker.data.call('freeRun', { runId: 'one' })).bytes;
  expect(await storedBaseHashes(store)).toHaveLength(1);
  const second = (await worker.data.call('freeRun', { runId: 'two' })).bytes;
  expect(await storedBaseHashes(store)).toEqual([]);
  expect(second).toBeGreaterThan(2 * first);
  await expect(worker.gpu.call('resume', { runId: 'one', steps: 20 })).rejects.toThrow(/no saved step/);
}, 120_000);

test('runs with a damaged base report it and stay; tuning the same step again fixes it', async () => {
  await restore('one');
  const hash = await baseOf('one');
  const before = await perplexityOf('one');
  const [, chunk] = await baseKeys(store, hash);
  await damage(chunk!);
  const steps = await listSnapshots(store, 'one');
  for (const use of [
    () => worker.gpu.call('resume', { runId: 'one', steps: 20 }),
    () => worker.gpu.call('evaluate', { runId: 'one', which: 8, part: 'validation', tokens: 64 }),
    () => worker.data.call('exportModel', { runId: 'one', which: 8, format: 'hf', withOptimizer: true }),
  ])
    await expect(use()).rejects.toMatchObject({
      code: 'storage-damaged',
      message: /base .* can’t be opened: part 1 of 1/,
    });
  expect(await listSnapshots(store, 'one')).toEqual(steps);
  expect(await recordOf('one')).toMatchObject({ status: 'finished', step: 12 });
  expect((await listUnreadable(store, 'one')).map(({ key }) => key)).toEqual([]); // a read finds whether it changed
  await store.commit({ drop: [chunk!] });
  expect((await listUnreadable(store, 'one')).map(({ name }) => name)).toEqual(['A base of tuned runs']);

  await tune('two');
  expect(await listUnreadable(store, 'one')).toEqual([]);
  expect(await perplexityOf('one', 8)).toBeGreaterThan(0);
  expect(await perplexityOf('one')).toBe(before);
  await worker.gpu.call('resume', { runId: 'one', steps: 14 });
}, 120_000);

test("a run that cannot start leaves nothing, and a restart removes one whose tab closed during the base's write", async () => {
  const before = await allOf();
  const { data, recipe } = inputOf('x');
  const otherData = { ...data, manifest: { ...data.manifest, tokenizerHash: 'a' } };
  for (const [more, reason] of [
    [{ trainable: { weights: [] } }, /No parameter is trainable/],
    [{ trainable: { weights: ['no.weight'] } }, /no weight called no\.weight/],
    [{ from: { runId: 'parent', step: 7 } }, /no saved step 7/],
    [{ tokenizer: { kind: 'bytes', merges: [], roles: ['end', 'mask'] } }, /differs from the one of parent/],
    [{ data: otherData }, /wasn’t tokenized with/],
    [{ recipe: { ...recipe, learningRate: 1e30 } }, /Learning rate must be/], // found when its base is loaded
  ] as [Partial<TuneInput>, RegExp][]) {
    await expect(worker.gpu.call('tune', inputOf('failed', {}, more)), String(reason)).rejects.toThrow(reason);
    expect(await allOf()).toEqual(before);
  }
  let isEnded = false;
  const dying = testStudio({
    ...store,
    async commit(change) {
      if (isEnded) throw new Error('the tab has ended');
      isEnded = [...(change.put ?? [])].some(([key]) => key.startsWith('bases/'));
      return store.commit(change);
    },
  });
  await expect(dying.gpu.call('tune', inputOf('killed'))).rejects.toThrow('ended');
  dying.close();
  expect((await storedBaseHashes(store)).length).toBe(1);
  expect(await recordOf('killed')).toMatchObject({ status: 'running', step: 0 });
  await worker.data.call('listRuns', { projectId: 'first', now: 1e6 });
  expect((await allOf()).filter((key) => !key.startsWith('curves/'))).toEqual(before);
}, 120_000);

test.each(['f16', 'q8'] as const)(
  'a frozen base in %s is rounded once and stays so; repeated evaluations are equal',
  async (rest) => {
    await tune('half', {}, { trainable: lora({ rest }) });
    const base = await readBase(store, await baseOf('half'));
    const { tensors } = await latest('parent');
    const { beside } = lora().adapter!;
    for (const [name, { data }] of base) {
      const was = tensors.get(name)!.data;
      const as = beside.includes(name) ? narrowDtypeFor(paramsOf(of('x', {}).model)[name]!, rest) : undefined;
      expect(data, name).toEqual(as ? rounded(was, as) : was);
    }
    const last = (await readJournal(store, 'half')).findLast((event) => event.kind === 'evaluated')!;
    expect(await perplexityOf('half')).toBe(last.metrics.oldPerplexity!.value);
    await tune('longer', { steps: 14, schedule: 'constant' }, { trainable: lora({ rest }) });
    await tune('short', { steps: 10, schedule: 'constant' }, { trainable: lora({ rest }) });
    await worker.gpu.call('resume', { runId: 'short', steps: 14 });
    expect((await latest('short')).tensors).toEqual((await latest('longer')).tensors);
  },
  120_000,
);

test('partial tuning saves only the trained weights, in whole, best and light checkpoints, which open as whole models', async () => {
  const own = Object.keys(paramsOf(of('x', {}).model));
  const weights = own.filter((name) => /ln_|h\.0\.mlp/.test(name));
  await tune('part', {}, { trainable: { weights } });
  const before = await latest('parent');
  const steps = await listSnapshots(store, 'part');
  const whole = new Set(steps.flatMap(({ step, holds }) => (holds === 'all' ? [step] : [])));
  for (const { step } of steps) {
    const { tensors } = (await loadSnapshot(store, 'part', step)).snapshot;
    expect([...tensors.keys()].filter((name) => own.includes(name))).toEqual(weights);
    expect(tensors.size, `step ${step}`).toBe(weights.length * (whole.has(step) ? 3 : 1));
    const { snapshot } = await loadWhole(store, await recordOf('part'), step);
    for (const name of own)
      if (!weights.includes(name)) expect(snapshot.tensors.get(name)).toEqual(before.tensors.get(name));
    expect(await perplexityOf('part', step)).toBeGreaterThan(0);
  }
  expect(steps.map(({ step, light }) => [step, light])).toContainEqual([2, true]);
  const last = (await readJournal(store, 'part')).findLast((event) => event.kind === 'evaluated')!;
  expect(await perplexityOf('part')).toBe(last.metrics.oldPerplexity!.value);
}, 120_000);

test('full fine-tuning stores no base, and its checkpoints are whole', async () => {
  const { trainable: _, ...input } = inputOf('all');
  await worker.gpu.call('tune', input);
  expect(await recordOf('all')).not.toHaveProperty('base');
  expect(await storedBaseHashes(store)).toEqual([]);
  const first = (await readJournal(store, 'all')).find((event) => event.kind === 'evaluated')!;
  expect(first.metrics.oldPerplexity!.value).toBe(await perplexityOf('parent', 10));
  const last = (await readJournal(store, 'all')).findLast((event) => event.kind === 'evaluated')!;
  expect(await perplexityOf('all')).toBe(last.metrics.oldPerplexity!.value);
}, 120_000);

test('a fork of a tuned run has its base and equal bits; a tuned checkpoint can be tuned further', async () => {
  await restore('one');
  const { recipe } = inputOf('one');
  const from = { runId: 'one', step: 8 };
  await worker.gpu.call('fork', { runId: 'child', projectId: 'first', name: 'Child', createdAt: 2, from, recipe });
  expect(await recordOf('child')).toMatchObject({ trainable: lora(), base: await baseOf('one') });
  expect((await latest('child')).tensors).toEqual((await latest('one')).tensors);
  // Its moments start at zero with another optimizer.
  const other = { ...recipe, optimizer: 'lion' as const };
  await worker.gpu.call('fork', { runId: 'lion', projectId: 'first', name: 'L', createdAt: 2, from, recipe: other });
  expect((await latest('lion')).state.momentsFrom).toBe(8);

  await tune('again', {}, { from: { runId: 'one', step: 12 } });
  const merged = ownOf(
    (await recordOf('one')).model,
    (await loadWhole(store, await recordOf('one'), 12)).snapshot.tensors,
  );
  expect(await readBase(store, await baseOf('again'))).toEqual(merged);
  expect((await recordOf('again')).old).toEqual((await recordOf('one')).segments[0].data);
}, 120_000);

test('the second of two runs on one base opens without loading the base again', async () => {
  await restore('two');
  await tune('half', {}, { trainable: lora({ rest: 'f16' }) });
  const alone = [await perplexityOf('one'), await perplexityOf('two'), await perplexityOf('half')];
  let read = 0;
  const watched = testStudio({
    ...store,
    get(key) {
      if (key.startsWith('bases/')) read++;
      return store.get(key);
    },
  });
  const opened = async (runId: string, which: 'latest' | number = 'latest'): Promise<number> => {
    const on = { part: 'validation' } as const;
    return (await watched.gpu.call('evaluation', { runId, which, on, now: 1 })).evaluation.metrics.perplexity!.value;
  };
  const variables = (): number => tf.memory().numTensors;
  await worker.gpu.call('device', { kind: 'wasm' }); // nothing of the other half stays on the device
  const none = variables();
  expect(await opened('one')).toBe(alone[0]);
  const [after, reads] = [variables(), read];
  expect(reads).toBeGreaterThan(0);
  for (const [runId, at] of [
    ['two', 1],
    ['one', 0],
    ['two', 1],
  ] as const)
    expect(await opened(runId)).toBe(alone[at]);
  await opened('one', 4);
  expect(read).toBe(reads);
  expect(variables()).toBe(after);
  // Another base replaces it, and a device change drops all.
  expect(await opened('half')).toBe(alone[2]);
  expect(read).toBeGreaterThan(reads);
  expect(variables()).toBe(after);
  await watched.gpu.call('device', { kind: 'wasm' });
  expect(variables()).toBeLessThanOrEqual(none);
  watched.close();
}, 120_000);

test('chat tuning replays old text, measured as Evaluate does; another text may be given', async () => {
  const rows = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({
      messages: [
        { role: 'user', content: `Whale ${i}?` },
        { role: 'assistant', content: `${i * i}` },
      ],
    }),
  );
  const outcome = await worker.data.call('importFiles', {
    files: [{ file: new File([rows.join('\n')], 'chats.jsonl'), name: 'chats.jsonl' }],
    ...{ projectId: 'first', addedAt: 2, tunes: 'instruct' },
  });
  const texts = [outcome.text!.id];
  const { model, tokenizer: own, data: ofText } = of('x', {});
  // A context that holds an exchange.
  const wide = { ...of('wide', PARENT), model: { ...model, config: { ...model.config, context: 64 } } };
  await worker.gpu.call('begin', wide);
  const { tokenizer } = await worker.data.call('previewLossMask', {
    texts,
    tokenizer: own,
    context: 64,
    from: 0,
    count: 2,
  });
  const split = { validation: 0.2, test: 0, seed: 0 };
  const data = await worker.data.call('buildData', { texts, tokenizer, split });
  const otherText = await worker.data.call('buildData', {
    texts: (await listTexts(store)).filter(({ id }) => !texts.includes(id)).map(({ id }) => id),
    ...{ tokenizer: own, split: { ...split, seed: 5 } },
  });
  const instruct = { data, tokenizer, from: { runId: 'wide', step: 10 } };
  const recipe = { objective: 'chats', replay: 0.5, schedule: 'constant' } as const;
  await tune('chat', recipe, instruct);
  const record = await recordOf('chat');
  expect(record).toMatchObject({ objective: 'chats', old: { id: (await recordOf('wide')).segments[0].data.id } });
  expect(record.tokenizer.chatTemplate).toBe(tokenizer.chatTemplate);

  const part = openPart(store, ofText.manifest, 'validation');
  const bytes = await createTokenizer(own);
  const text = bytes.decode(await part.read(0, part.tokens));
  const on = { text, name: 'old' };
  const { evaluation } = await worker.gpu.call('evaluation', { runId: 'chat', which: 'latest', on, now: 1 });
  const last = (await readJournal(store, 'chat')).findLast((event) => event.kind === 'evaluated')!;
  expect(last.metrics.oldPerplexity!.value).toBe(evaluation.metrics.perplexity!.value);

  // Resumes to the same bits, and its old text stays after the deletion of the base run.
  await tune('short', { ...recipe, steps: 8 }, instruct);
  await worker.data.call('removeRun', { runId: 'wide', at: 1 });
  await worker.data.call('removeRun', { runId: 'parent', at: 1 });
  for (const runId of ['wide', 'parent']) await worker.data.call('purgeRun', { runId });
  await worker.gpu.call('resume', { runId: 'short', steps: 12 });
  expect((await latest('short')).tensors).toEqual((await latest('chat')).tensors);

  // For a run tuned on chats, the earlier training text is the old text; another text may be given.
  const onChat = { ...instruct, from: { runId: 'chat', step: 12 } };
  await tune('again', recipe, onChat);
  expect((await recordOf('again')).old).toEqual(record.old);
  await tune('given', { ...recipe, replay: 0 }, { ...onChat, old: { data: otherText, texts: [] } });
  expect((await recordOf('given')).old).toMatchObject({ id: dataId(otherText.manifest) });
  expect((await eventsOf('given'))[0]).not.toEqual((await eventsOf('again'))[0]);
}, 120_000);
