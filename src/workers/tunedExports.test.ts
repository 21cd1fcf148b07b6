/** Exports and imports of tuned runs over the real worker implementations, on WASM. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { storedBaseHashes } from '../core/checkpoint/bases';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { FORMATS } from '../core/export/formats';
import { importHuggingFace } from '../core/export/formats/huggingFace/import';
import { bytesSource } from '../core/files/byteSource';
import { openZip } from '../core/files/openZip';
import { network } from '../core/models/network';
import { readRun, type RunRecord } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { loadWhole } from '../core/runs/whole';
import { logits } from '../core/sample/logits';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import { type Begin, smallRuns } from '../testing/smallRuns';
import { eachSmallStudio } from '../testing/eachSmallStudio';
import { PARENT, tuneInput } from '../testing/tunedRuns';
import { matches } from '../core/verify/compare';
import { formatSettings } from '../features/export/formatSettings';
import type { FormatId } from '../core/export/formats';
import { basesOf } from './bases';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
const restore = eachSmallStudio((fresh) => ({ store, worker, of } = fresh), {
  parent: (studio) => studio.worker.gpu.call('begin', studio.of('parent', PARENT)),
  lora: (studio) => studio.worker.gpu.call('tune', tuneInput(studio.of, 'lora', { schedule: 'constant' })),
  replayed: (studio) => studio.worker.gpu.call('tune', tuneInput(studio.of, 'lora', { replay: 0.25 })),
});

const recordOf = async (runId: string, from = store): Promise<RunRecord> => (await readRun(from, runId))!;
const written = async (runId: string, format: FormatId, which: 'latest' | number = 'latest'): Promise<File> => {
  const { file, name } = await worker.data.call('exportModel', { runId, which, format, withOptimizer: true });
  return new File([file], name);
};
const sourceOf = async (file: Blob) => bytesSource(new Uint8Array(await file.arrayBuffer()));
const filesIn = async (zip: File) => [...(await openZip(await sourceOf(zip), zip.name)).keys()].sort();
/** Imports a file and returns its run. */
async function broughtIn(file: File, into: TestStudio, at: BlobStore): Promise<RunRecord> {
  const outcome = await into.data.call('importModel', { files: [file], projectId: 'first', addedAt: 5 });
  if (!('runId' in outcome)) throw new Error('it is not ours');
  return recordOf(outcome.runId, at);
}

test('an adapter exports as its merged model, equal to the one it was applied in, or separately', async () => {
  await restore('replayed');
  const run = await recordOf('lora');
  const { network: applied } = await basesOf(store).load(run, 'latest', () => undefined);
  const file = await written('lora', 'hf');
  const back = await importHuggingFace([{ name: 'a.zip', source: await sourceOf(file) }], unwatched);
  const merged = await network(run.model, back.snapshot.tensors);
  const ids = [...new TextEncoder().encode('The sea is')];
  const [one, other] = [await logits(applied, ids), await logits(merged, ids)];
  for (const [i, x] of one.entries()) expect(Math.abs(x - other[i]!)).toBeLessThan(1e-5);
  for (const net of [applied, merged]) net.dispose();

  expect(await filesIn(file)).toEqual(
    expect.arrayContaining([
      'adapter/adapter_config.json',
      'adapter/adapter_model.safetensors',
      'optimizer.safetensors',
    ]),
  );
  expect(back.info).toMatchObject({
    trainable: run.trainable,
    replayed: dataOf(await recordOf('parent')).facts,
    parent: { id: 'parent', step: 10, how: 'fine-tune' },
    state: { frozen: run.base },
  });
  for (const format of ['peft', 'gguf-lora'] as const) {
    expect(FORMATS[format].problem!(formatSettings(run))).toBeNull();
    expect(FORMATS[format].problem!(formatSettings(await recordOf('parent')))).toMatch(/no adapter/);
    for (const which of ['latest', 2] as const)
      expect((await written('lora', format, which)).size).toBeGreaterThan(1000);
  }
  // The files are compared with our engine's reference outputs.
  const ours = await worker.gpu.call('reference', { runId: 'lora', which: 'latest' });
  expect(matches(await worker.verify.call('verify', { file, format: 'hf', model: run.model, ours }))).toBe(true);
}, 120_000);

test('an adapter folder is imported with its base if present and resumes with equal bits; else as a whole model', async () => {
  await restore('lora');
  const [run, file] = [await recordOf('lora'), await written('lora', 'hf')];
  const back = await broughtIn(file, worker, store);
  expect(back).toMatchObject({ trainable: run.trainable, base: run.base, parent: { runId: 'lora', how: 'import' } });
  const [was, is] = [(await loadSnapshot(store, 'lora')).snapshot, (await loadSnapshot(store, back.id)).snapshot];
  expect(is).toEqual({ ...was, state: { ...was.state, best: is.state.best } });
  const { data } = of('x', {});
  await worker.gpu.call('resume', { runId: 'lora', steps: 14 });
  await worker.gpu.call('resume', { runId: back.id, steps: 14, data, texts: [] });
  expect((await loadSnapshot(store, back.id)).snapshot.tensors).toEqual(
    (await loadSnapshot(store, 'lora')).snapshot.tensors,
  );

  // The run keeps the base after the other run is deleted.
  for (const runId of ['lora', back.id]) {
    expect(await storedBaseHashes(store)).toEqual([run.base]);
    await worker.data.call('removeRun', { runId, at: 1 });
    await worker.data.call('purgeRun', { runId });
  }
  expect(await storedBaseHashes(store)).toEqual([]);

  const whole = await broughtIn(file, worker, store);
  for (const key of ['trainable', 'base']) expect(whole).not.toHaveProperty(key);
  const { snapshot } = await loadSnapshot(store, whole.id);
  expect(snapshot.state).not.toHaveProperty('frozen');
  await worker.gpu.call('resume', { runId: whole.id, steps: 13, data, texts: [] });
}, 120_000);

test('the folder of a partly trained run is enough to resume, also in an empty store', async () => {
  const weights = ['transformer.ln_f.weight', 'transformer.h.0.mlp.c_fc.weight'];
  await worker.gpu.call('tune', tuneInput(of, 'part', { schedule: 'constant' }, { trainable: { weights } }));
  const file = await written('part', 'hf');
  const other = memoryStore();
  const elsewhere = testStudio(other);
  const { data } = (await smallRuns(other))('x', {});
  const back = await broughtIn(file, elsewhere, other);
  expect(back).toMatchObject({ trainable: { weights } });
  expect([...(await loadSnapshot(other, back.id)).snapshot.tensors.keys()]).toHaveLength(6);
  await elsewhere.gpu.call('resume', { runId: back.id, steps: 14, data, texts: [] });
  await worker.gpu.call('resume', { runId: 'part', steps: 14 });
  const wholeOf = async (at: BlobStore, runId: string) =>
    (await loadWhole(at, await recordOf(runId, at), 'latest', true)).snapshot.tensors;
  expect(await wholeOf(other, back.id)).toEqual(await wholeOf(store, 'part'));
  elsewhere.close();
}, 120_000);

test('a lone adapter attaches to its base step, found by hash; otherwise the error says why not', async () => {
  await restore('lora');
  const perplexity = async (runId: string): Promise<number> => {
    const input = {
      runId,
      which: 'latest',
      on: { text: 'The sea is wide, and whale 3 is large.', name: 'sea' },
    } as const;
    return (await worker.gpu.call('evaluation', { ...input, now: 1 })).evaluation.metrics.perplexity!.value;
  };
  const [run, file, before] = [await recordOf('lora'), await written('lora', 'peft'), await perplexity('lora')];
  const adapter = await broughtIn(file, worker, store);
  expect(adapter).toMatchObject({
    base: run.base,
    status: 'stopped',
    step: 0,
    parent: { runId: 'lora', how: 'import' },
  });
  expect(await perplexity(adapter.id)).toBe(before);
  const remove = async (runId: string): Promise<void> => {
    await worker.data.call('removeRun', { runId, at: 1 });
    await worker.data.call('purgeRun', { runId });
  };
  for (const runId of ['lora', adapter.id]) await remove(runId);
  expect(await storedBaseHashes(store)).toEqual([]);

  // Its base is the parent's checkpoint, found by its weights.
  const again = await broughtIn(file, worker, store);
  expect(again).toMatchObject({
    name: expect.stringMatching(/^parent with /) as string,
    base: run.base,
    trainable: run.trainable,
    parent: { runId: 'parent', step: 10, how: 'import' },
  });
  expect(await perplexity(again.id)).toBe(before);
  await worker.gpu.call('resume', {
    runId: again.id,
    steps: 2,
    recipe: tuneInput(of, 'x').recipe,
    data: of('x', {}).data,
  });

  const comesIn = (given: readonly File[]) =>
    worker.data.call('importModel', { files: given, projectId: 'first', addedAt: 5 });
  const files = await Promise.all(
    [...(await openZip(await sourceOf(file), 'a.zip'))].map(async ([name, source]) => ({
      name,
      text: await source.read(0, source.size),
    })),
  );
  const asGiven = (change: (name: string, text: Uint8Array) => Uint8Array): File[] =>
    files.map(({ name, text }) => new File([change(name, text) as Uint8Array<ArrayBuffer>], name));
  // The same without its hash: four bytes of the key are changed.
  const unnamed = asGiven((name, text) =>
    name.endsWith('json') ? text : replaced(text, 'homegrown.base.sha256', 'homegrown.base.nothing'.slice(0, 21)),
  );
  await expect(comesIn(unnamed)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(/has no hash of its base.*fit.*parent/) as string,
    remedy: expect.stringContaining('--adapter') as string,
  });
  const other = asGiven((name, text) => (name.endsWith('json') ? text : replaced(text, run.base!, 'a'.repeat(64))));
  await expect(comesIn(other)).rejects.toThrow(/base weights have the hash aaaaaaaaaaaa…/);
  const wide = asGiven((name, text) => (name.endsWith('json') ? replaced(text, '"r": 2', '"r": 3') : text));
  await expect(comesIn(wide)).rejects.toThrow(/fits none of the 2 runs.*lora_A/);
  for (const runId of [again.id, 'parent']) await remove(runId);
  const runs = await store.keys('');
  await expect(comesIn(asGiven((_, text) => text))).rejects.toThrow(/no base model for it/);
  expect(await store.keys('')).toEqual(runs);
}, 120_000);

test('a run with replay is imported without its old text and resumes without replay, which its segments record', async () => {
  await restore('replayed');
  const back = await broughtIn(await written('lora', 'hf'), worker, store);
  expect(back.old).toEqual({ id: null, facts: dataOf(await recordOf('parent')).facts });
  const { data } = of('x', {});
  await worker.gpu.call('fork', {
    ...{ runId: 'child', projectId: 'first', name: 'Child', createdAt: 2, from: { runId: back.id, step: 12 } },
    ...{ recipe: { ...recipeOf(back), steps: 14 }, data, texts: [] },
  });
  await worker.gpu.call('resume', { runId: back.id, steps: 14, data, texts: [] });
  for (const runId of [back.id, 'child']) {
    const { segments, step } = await recordOf(runId);
    expect([step, ...segments.map(({ after, recipe }) => [after, recipe.replay])]).toEqual([14, [0, 0.25], [12, 0]]);
  }
  // With its old text, replay continues, and no segment starts.
  await worker.gpu.call('resume', { runId: 'lora', steps: 14 });
  expect((await recordOf('lora')).segments).toHaveLength(1);
  // A text known only by its description can't be old text when tuning on it.
  await worker.gpu.call('tune', tuneInput(of, 'next', { steps: 1 }, { from: { runId: 'child', step: 14 } }));
  expect((await recordOf('next')).old).toEqual(dataOf(await recordOf('child')));
}, 120_000);

test('an external adapter attaches to an imported model of exactly the name that it states, which is reported', async () => {
  await restore('lora');
  const filesOf = async (zip: File, change: (name: string, text: string) => string): Promise<File[]> =>
    Promise.all(
      [...(await openZip(await sourceOf(zip), zip.name))]
        .filter(([name]) => !name.includes('/') && name !== 'homegrown.json' && name !== 'optimizer.safetensors')
        .map(async ([name, source]) => {
          const bytes = await source.read(0, source.size);
          const isText = name.endsWith('.json');
          const text = isText ? new TextEncoder().encode(change(name, new TextDecoder().decode(bytes))) : bytes;
          return new File([text as Uint8Array<ArrayBuffer>], name);
        }),
    );
  const base = await filesOf(await written('parent', 'hf'), (name, text) =>
    name === 'config.json' ? JSON.stringify({ ...(JSON.parse(text) as object), _name_or_path: 'me/whale' }) : text,
  );
  const seen = { projectId: 'first', addedAt: 5, isSeen: true, context: 16 };
  const came = (await worker.data.call('importModel', { files: base, ...seen })) as { runId: string };
  const named = async (called: string): Promise<File[]> => {
    const config = { base_model_name_or_path: called };
    const files = await filesOf(await written('lora', 'peft'), (_, text) =>
      JSON.stringify({ ...(JSON.parse(text) as object), ...config }),
    );
    return Promise.all(
      files.map(async (file) => {
        if (file.name.endsWith('json')) return file;
        const bytes = new Uint8Array(await file.arrayBuffer());
        return new File(
          [replaced(bytes, 'homegrown.base.sha256', 'somebody.else.said.it') as Uint8Array<ArrayBuffer>],
          file.name,
        );
      }),
    );
  };
  for (const called of ['whale', './whale', 'you/whale', '/home/me/whale'])
    await expect(worker.data.call('importModel', { files: await named(called), ...seen })).rejects.toThrow(
      /has no hash of its base/,
    );
  const { runId } = (await worker.data.call('importModel', { files: await named('me/whale'), ...seen })) as {
    runId: string;
  };
  expect(await recordOf(runId)).toMatchObject({
    parent: { runId: came.runId, step: 0 },
    base: (await recordOf('lora')).base,
    origin: { title: 'me/whale', lacks: 'It has no hash of its base; the base is chosen by its name, me/whale.' },
  });
}, 120_000);

/** Bytes with one text replaced by another of the same length. */
function replaced(bytes: Uint8Array, was: string, is: string): Uint8Array {
  const text = new TextDecoder('latin1').decode(bytes);
  const at = text.indexOf(was);
  expect(at).toBeGreaterThan(0);
  return Uint8Array.from(bytes, (byte, i) => (i >= at && i < at + is.length ? is.charCodeAt(i - at) : byte));
}
