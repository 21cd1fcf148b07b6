import { describe, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { bytesSource, readBytes, type ByteStream } from '../files/byteSource';
import { claimRun, listSnapshots, loadSnapshot } from '../checkpoint/checkpoint';
import type { WhichSnapshot } from '../checkpoint/snapshot';
import { modelSpec } from '../models';
import { openJournal } from '../runs/journal';
import { runRows } from '../runs/rows';
import { addRun, readRun, type RunRecord, unreadableRuns, updateRun } from '../runs/record';
import { continued } from '../runs/segments';
import { readTokenizer } from '../runs/tokenizer';
import type { DataFacts } from '../runs/settings';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../train/recipe';
import { exportedFrom } from './exported';
import type { RunInfo } from './homegrownJson';
import { importHuggingFace } from './formats/huggingFace/import';
import { cardOf } from '../../testing/cardOf';
import { exportRun, importRun } from './run';

const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 257 };

async function storeWithRun(): Promise<BlobStore> {
  const store = memoryStore();
  const tensors = new Map(
    ['', 'adam.m.', 'adam.v.'].flatMap((prefix) =>
      Object.entries(modelSpec('gpt').params(model.config, 257)).map(([name, { shape }]) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i / 8);
        return [prefix + name, { shape, data }] as const;
      }),
    ),
  );
  await (await claimRun(store, 'a')).save({ state: { step: 3, tokensSeen: 9, activeMs: 8, best: null }, tensors });
  await (
    await openJournal(store, 'a', 0)
  ).append([{ kind: 'evaluated', step: 3, loss: 2, metrics: { bitsPerByte: { value: 1 } }, activeMs: 8, sample: 'x' }]);
  await addRun(store, runRecord({ name: 'Móby Dick!', createdAt: 5, status: 'stopped', step: 3, model }));
  return store;
}
const asked = { template: () => Promise.reject(new Error('hf needs none')) };
const contents = (files: readonly ByteStream[]) =>
  Promise.all(files.map(async (file) => ({ name: file.name, source: bytesSource(await readBytes(file)) })));
const bytes = async (files: readonly ByteStream[]) =>
  new Map(await Promise.all(files.map(async (file) => [file.name, await readBytes(file)] as const)));

test('an exported and imported run joins its original and its parent, and its next export has the same bytes', async () => {
  const { name, files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  expect(name).toBe('moby-dick-step-3');
  const other = memoryStore();
  await importRun(other, { runId: 'b', projectId: 'first' }, await contents(files), 99, unwatched);
  expect(await readRun(other, 'b')).toMatchObject({
    id: 'b',
    name: 'Móby Dick!',
    createdAt: 5,
    status: 'stopped',
    step: 3,
  });
  const again = await exportRun(other, 'b', 3, 'hf', { ...asked, withOptimizer: true });
  const [before, after] = [await bytes(files), await bytes(again.files)];
  const infoIn = (all: typeof before) => JSON.parse(new TextDecoder().decode(all.get('homegrown.json'))) as RunInfo;
  const parent = { id: 'a', step: 3, how: 'import', name: 'Móby Dick!' };
  expect(infoIn(after)).toEqual({ ...infoIn(before), id: 'b', parent });
  for (const all of [before, after]) all.delete('homegrown.json');
  expect(after).toEqual(before);
});

/** The run of `storeWithRun` as a folder, whose homegrown.json is changed. */
async function folderWith(change: (info: RunInfo) => Partial<RunInfo>) {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  return Promise.all(
    (await contents(files)).map(async (file) => {
      if (file.name !== 'homegrown.json') return file;
      const info = JSON.parse(new TextDecoder().decode(await file.source.read(0, file.source.size))) as RunInfo;
      return { ...file, source: bytesSource(new TextEncoder().encode(JSON.stringify({ ...info, ...change(info) }))) };
    }),
  );
}

const patient = ({ segments: [first] }: RunInfo): Pick<RunInfo, 'segments'> => ({
  segments: [{ ...first, recipe: { ...first.recipe, patience: 2 } }],
});
test.each<[string, (info: RunInfo) => Partial<RunInfo>, string]>([
  ["the terminal's folder of a run that ended early", () => ({ status: 'finished' }), 'finished'],
  [
    'the step at which a run ended early',
    (info) => ({ ...patient(info), state: { ...info.state, waited: { loss: 2, evaluations: 2 } } }),
    'finished',
  ],
  [
    'a step before the last evaluation of patience',
    (info) => ({ ...patient(info), state: { ...info.state, waited: { loss: 2, evaluations: 1 } } }),
    'stopped',
  ],
  ["the terminal's folder of an interrupted run", () => ({ status: 'running' }), 'stopped'],
])('imports %s with its status', async (_, change, status) => {
  const store = memoryStore();
  await importRun(store, { runId: 'b', projectId: 'first' }, await folderWith(change), 99, unwatched);
  expect(await readRun(store, 'b')).toMatchObject({ step: 3, status });
});

test("keeps the names of a run's base and averaged model through two exports and imports", async () => {
  const store = await storeWithRun();
  const parent = { runId: 'base', step: 20, how: 'fine-tune', name: 'Melville' } as const;
  await updateRun(store, 'a', (run) => ({ ...run, parent, mixed: { name: 'Melville', share: 0.3, step: 3 } }));
  let last: BlobStore = store;
  for (const id of ['a', 'b', 'c']) {
    const { files } = await exportRun(last, id, 'latest', 'hf', { ...asked, withOptimizer: false });
    const readme = new TextDecoder().decode((await bytes(files)).get('README.md'));
    expect(readme, id).toContain('tuned with Homegrown from step 20 of Melville');
    expect(readme, id).toContain('an average: 30 % Melville');
    last = memoryStore();
    await importRun(last, { runId: id === 'a' ? 'b' : 'c', projectId: 'first' }, await contents(files), 99, unwatched);
  }
});

describe('the best step', () => {
  const parts = { train: { tokens: 90, bytes: 90 }, validation: { tokens: 10, bytes: 20 } };
  const evaluated = (step: number, loss: number) =>
    ({ kind: 'evaluated', step, loss, metrics: { bitsPerByte: { value: 1 } }, activeMs: 8, sample: 'x' }) as const;
  const card = async (store: BlobStore, which: WhichSnapshot) => {
    const { files } = await exportRun(store, 'a', which, 'hf', { ...asked, withOptimizer: true });
    const all = new Map([...(await bytes(files))].map(([name, file]) => [name, new TextDecoder().decode(file)]));
    return { info: JSON.parse(all.get('homegrown.json')!) as RunInfo, readme: all.get('README.md')!, names: all };
  };

  test('is exported as weights alone with its own loss, and the newest says which one is better', async () => {
    const store = await storeWithRun();
    const writer = await claimRun(store, 'a');
    const { snapshot } = await loadSnapshot(store, 'a');
    const state = { ...snapshot.state, step: 5, best: { step: 5, loss: 1.5 } };
    await writer.keepBest(state, () => Promise.resolve(snapshot.tensors));
    // The curve was lost before the next save; the best step still has its loss.
    await updateRun(store, 'a', (run) => ({
      ...run,
      segments: [{ ...run.segments[0], data: { id: null, facts: dataFacts({ parts }) } }],
    }));
    const best = await card(store, 'best');
    expect(best.info.state).toEqual(state);
    expect(best.info.result).toEqual({ step: 5, loss: 1.5, bitsPerByte: 1.5 / 2 / Math.LN2 });
    expect(best.readme).not.toContain('did best');
    await writer.save({ ...snapshot, state: { ...snapshot.state, step: 9, best: state.best } });
    const latest = await card(store, 'latest');
    expect(latest.info.state.best).toEqual(state.best);
    expect(latest.readme).toContain('The best step was 5, perplexity 4.48, but these files are from another step.');
  });

  test('reports a best step that was never saved as missing, and claims no other', async () => {
    const store = await storeWithRun();
    await (await openJournal(store, 'a', 3)).append([evaluated(5, 1.5), evaluated(9, 1.8)]);
    const { snapshot } = await loadSnapshot(store, 'a');
    // As an older build saved it: the state names a step that is not stored.
    const state = { ...snapshot.state, step: 9, best: { step: 5, loss: 1.5 } };
    await (await claimRun(store, 'a')).save({ ...snapshot, state });
    const { info, readme } = await card(store, 'latest');
    expect(info.state.best).toBeNull();
    expect(info.bestNotKept).toEqual({ step: 5, loss: 1.5 });
    expect(readme).toContain('The best step was 5, perplexity 4.48, which is no longer saved.');
    // A second import gives the same.
    const { files } = await exportRun(store, 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
    const other = memoryStore();
    await importRun(other, { runId: 'a', projectId: 'first' }, await contents(files), 99, unwatched);
    expect(await listSnapshots(other, 'a')).toMatchObject([{ step: 9, latest: true, best: false }]);
    const again = await card(other, 'latest');
    const { parent, ...others } = again.info;
    expect(parent).toMatchObject({ id: 'a', how: 'import' });
    expect({ info: others, readme: again.readme }).toEqual({ info, readme });
  });

  test('stays the best when imported', async () => {
    const store = await storeWithRun();
    const { snapshot } = await loadSnapshot(store, 'a');
    const state = { ...snapshot.state, step: 5, best: { step: 5, loss: 1.5 } };
    await (await claimRun(store, 'a')).save({ ...snapshot, state });
    const { files } = await exportRun(store, 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
    const other = memoryStore();
    await importRun(other, { runId: 'a', projectId: 'first' }, await contents(files), 99, unwatched);
    expect(await listSnapshots(other, 'a')).toMatchObject([{ step: 5, latest: true, best: true, loss: 1.5 }]);
  });
});

test('an external folder becomes a run at step 0', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: false });
  const store = memoryStore();
  await importRun(
    store,
    { runId: 'b', projectId: 'first' },
    await contents(files.filter(({ name }) => name !== 'homegrown.json')),
    99,
    unwatched,
  );
  expect(await readRun(store, 'b')).toMatchObject({
    createdAt: 99,
    step: 0,
    segments: [{ recipe: DEFAULT_RECIPE, data: { id: null, facts: null } }],
  });
  expect((await loadSnapshot(store, 'b')).snapshot.state.step).toBe(0);
});

const facts = dataFacts({
  texts: [{ name: 'ahab.txt', characters: 1000, sha256: 'a'.repeat(64) }],
  parts: { train: { tokens: 900, bytes: 900 }, validation: { tokens: 100, bytes: 100 } },
  unigramLoss: 3,
});
const goesOn = ({ segments }: Pick<RunRecord, 'segments'>, step: number, text: DataFacts) =>
  continued(segments, step, { recipe: DEFAULT_RECIPE, data: { id: null, facts: text } });
const writtenFor = async (store: BlobStore, which: WhichSnapshot = 'latest') => {
  const { files } = await exportRun(store, 'b', which, 'hf', { ...asked, withOptimizer: false });
  const text = (name: string) => files.find((file) => file.name === name)!;
  const read = async (name: string) => new TextDecoder().decode(await readBytes(text(name)));
  return { card: await read('README.md'), sheet: await read('DATASHEET.md'), files };
};

test('for an external folder, states only known facts, before and after training on it', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: false });
  const foreign = await contents(files.filter(({ name }) => name !== 'homegrown.json'));
  const store = memoryStore();
  await importRun(store, { runId: 'b', projectId: 'first' }, foreign, Date.UTC(2026, 0, 2), unwatched);
  const { card, sheet, files: again } = await writtenFor(store);
  expect(card).toMatch(/parameters, imported into Homegrown from model\.safetensors on 2026-01-02\./);
  expect(card).toContain('Not recorded.');
  expect(card).toContain('Its training before the import is not recorded.');
  expect(card + sheet).not.toMatch(/from scratch|AdamW|Weight decay|Steps \|/);
  // The next import gives the same.
  const third = memoryStore();
  await importRun(third, { runId: 'b', projectId: 'first' }, await contents(again), 5, unwatched);
  expect((await readRun(third, 'b'))?.origin).toEqual({ name: 'model.safetensors', importedAt: Date.UTC(2026, 0, 2) });

  const terminal = await exportedFrom(
    await importHuggingFace(foreign, unwatched),
    'their-folder',
    Date.UTC(2026, 0, 3),
  );
  const reported = cardOf(terminal.info);
  expect(reported).toContain('imported into Homegrown from their-folder on 2026-01-03');
  expect(reported).not.toMatch(/from scratch|AdamW/);

  await updateRun(store, 'b', (run) => ({ ...run, segments: goesOn(run, 0, facts), step: 7 }));
  const { snapshot } = await loadSnapshot(store, 'b');
  const state = { ...snapshot.state, step: 7, tokensSeen: 70 };
  await (await claimRun(store, 'b')).save({ ...snapshot, state });
  const after = await writtenFor(store);
  expect(after.card).toMatch(/It was then trained here for 7 steps\./);
  expect(after.card).toMatch(/Then trained here on:\n\n.*\n.*\n\| ahab\.txt/);
  expect(after.card).toMatch(/Optimizer \| AdamW/);
  expect((await writtenFor(store, 0)).card).not.toContain('ahab.txt');
});

test('a run that resumed with other text names each text and its steps, and gives only the loss on the current one', async () => {
  const store = await storeWithRun();
  const other: DataFacts = { ...facts, textHash: 'b', texts: [{ ...facts.texts[0]!, name: 'queequeg.txt' }] };
  const { snapshot } = await loadSnapshot(store, 'a');
  const stored = (await readRun(store, 'a'))!;
  const record = runRecord({
    ...stored,
    tokenizer: await readTokenizer(store, stored),
    id: 'b',
    segments: [{ after: 0, recipe: DEFAULT_RECIPE, data: { id: null, facts } }],
  });
  const writer = await claimRun(store, 'b');
  await writer.save({ ...snapshot, state: { ...snapshot.state, best: { step: snapshot.state.step, loss: 2 } } });
  await writer.save({ ...snapshot, state: { ...snapshot.state, step: 8 } });
  await (
    await openJournal(store, 'b', 0)
  ).append([{ kind: 'evaluated', step: 3, loss: 2, metrics: { bitsPerByte: { value: 1 } }, activeMs: 8, sample: 'x' }]);
  await addRun(store, { ...record, segments: goesOn(record, 3, other), step: 8 });

  const { card, sheet, files } = await writtenFor(store);
  for (const words of [card, sheet]) {
    expect(words).toMatch(/Up to step 3:\n\n[^]*ahab\.txt[^]*From step 3 on:\n\n[^]*queequeg\.txt/);
  }
  expect(card).toContain('From step 3 on, it was trained on other text.');
  expect(card).toContain('Not evaluated.');
  const before = await writtenFor(store, 'best');
  expect(before.card).not.toContain('queequeg');
  expect(before.card).toMatch(/This model, step 3 \| 2 /);

  const back = memoryStore();
  await importRun(back, { runId: 'b', projectId: 'first' }, await contents(files), 9, unwatched);
  expect((await readRun(back, 'b'))?.segments).toEqual(goesOn(record, 3, other));
  expect((await writtenFor(back)).card).toBe(card);
});

test('an invalid or oversized import leaves nothing behind, wherever the store fails', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  const good = await contents(files);
  const untouched = memoryStore();
  const bad = good.map((file) =>
    file.name === 'optimizer.safetensors' ? { ...file, source: bytesSource(new Uint8Array(50)) } : file,
  );
  await expect(importRun(untouched, { runId: 'b', projectId: 'first' }, bad, 1, unwatched)).rejects.toMatchObject({
    code: 'bad-file',
  });
  expect(await untouched.keys('')).toEqual([]);
  for (let n = 0; ; n++) {
    const store = memoryStore();
    let puts = 0;
    const full: BlobStore = {
      ...store,
      commit: (change) => {
        const fails = [...(change.put ?? [])].length > 0 && puts++ === n;
        return fails ? Promise.reject(new HomegrownError('storage-full', 'full')) : store.commit(change);
      },
    };
    const done = await importRun(full, { runId: 'b', projectId: 'first' }, good, 1, unwatched).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: 'storage-full' });
        return false;
      },
    );
    if (done) {
      expect(n).toBeGreaterThan(3);
      break;
    }
    expect(await store.keys('')).toEqual([]);
  }
});

test('a stop at any tensor of an import leaves nothing behind', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  const good = await contents(files);
  for (let n = 0; ; n++) {
    const stop = new AbortController();
    let reports = 0;
    const store = memoryStore();
    const report = (): void => {
      if (reports++ === n) stop.abort(new Error('stopped'));
    };
    const done = await importRun(store, { runId: 'b', projectId: 'first' }, good, 1, {
      signal: stop.signal,
      report,
    }).then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ message: 'stopped' });
        return false;
      },
    );
    if (done) {
      expect(n).toBeGreaterThan(20);
      break;
    }
    expect(await store.keys('')).toEqual([]);
  }
});

test('a tab that closes during an import leaves no apparent damage, and the model where it was saved', async () => {
  const { files } = await exportRun(await storeWithRun(), 'a', 'latest', 'hf', { ...asked, withOptimizer: true });
  const good = await contents(files);
  const left: number[] = [];
  for (let n = 0; ; n++) {
    const store = memoryStore();
    let commits = 0;
    const ended: BlobStore = {
      ...store,
      commit: (change) => (commits++ < n ? store.commit(change) : Promise.reject(new Error('the tab has ended'))),
    };
    const done = await importRun(ended, { runId: 'b', projectId: 'first' }, good, 1, unwatched).then(
      () => true,
      () => false,
    );
    expect(await unreadableRuns(store)).toEqual([]);
    const rows = await runRows(store, 'first', () => undefined);
    left.push(rows.length);
    expect(rows.every(({ step, bytes }) => step === 3 && bytes !== null && bytes > 0)).toBe(true);
    if (done) break;
  }
  expect([left[0], left.at(-1)]).toEqual([0, 1]);
});
