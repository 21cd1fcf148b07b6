/** A store of an older build, read by today's readers; its runs resume. */
import { expect, test, vi } from 'vitest';
import type { BlobStore } from '../core/base/blobStore';
import { sha256Hex } from '../core/base/hash';
import { unwatched } from '../core/base/job';
import { listSnapshots, loadSnapshot } from '../core/checkpoint/checkpoint';
import { evaluator } from '../core/evaluate/evaluator';
import { importHuggingFace } from '../core/export/formats/huggingFace/import';
import { network } from '../core/models/network';
import { loadObjective } from '../core/objectives';
import { readJournal } from '../core/runs/journal';
import { manifestOf } from '../core/runs/data';
import { FIRST_PROJECT } from '../core/runs/project';
import { readProject } from '../core/runs/projects';
import { listRuns } from '../core/runs/record';
import { dataOf, recipeOf } from '../core/runs/segments';
import { readTokenizer } from '../core/runs/tokenizer';
import { openPart, readCounts } from '../core/shards/read';
import { continued } from '../testing/continued';
import { continuations, filesUnder, goldenFile, goldenFolder, goldenStore } from '../testing/golden';
import { noneSpecial } from '../testing/noneSpecial';
import { wasmFolder } from '../testing/wasm';
import { listTexts, openText } from '../core/documents';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { chooseDevice } from '../core/train/device';
import { listUnreadable } from './unreadable';

const KINDS = ['bpe', 'characters', 'bytes'] as const;
vi.stubGlobal('navigator', {}); // Node has a read-only navigator since version 21

test('the stored bytes are those of that build', async () => {
  const hashes = await Promise.all(
    filesUnder('.').map(async (path) => `${await sha256Hex(goldenFile(path))} ${path}\n`),
  );
  expect(await sha256Hex(hashes.join(''))).toBe('67a028c0ec8c6d3076196ee3e75530c4dea08cf1452311aa7053cdf4917cdc9c');
});

test('every record is readable', async () => {
  const store = await goldenStore();
  const runs = await listRuns(store);
  expect(runs.map(({ status, step, tokenizer }) => [status, step, tokenizer.kind])).toEqual([
    ['stopped', 0, 'characters'], // an external model, imported without optimizer state
    ['stopped', 32, 'bytes'],
    ['stopped', 120, 'characters'],
    ['finished', 40, 'bpe'],
    ['finished', 12, 'bytes'], // imported
  ]);
  for (const { id } of runs) expect(await listUnreadable(store, id)).toEqual([]);
  const { project, problem } = await readProject(store, FIRST_PROJECT);
  expect(problem).toBeUndefined();
  // Everything belongs to the project: no stored value changed or was dropped.
  expect(project).toEqual(expect.objectContaining(fieldsOf(await store.get('project'))));
});
const fieldsOf = (stored: unknown): object => {
  const {
    version: _,
    revision: __,
    recipe,
    model,
    data,
    validationShare: share,
    ...fields
  } = stored as Record<string, object>;
  const { config: sizes } = model as unknown as { config: object };
  const { validationShare, manifest, ...facts } = data as unknown as { validationShare: number; manifest: OldManifest };
  const { train, validation, version: ___, ...ids } = manifest;
  const parts = { train: { ...train, borders: null }, validation: { ...validation, borders: null } };
  const split = { rule: 'end', validation: validationShare, test: 0, seed: 0 };
  return {
    ...fields,
    split: { validation: share, test: 0, seed: 0 },
    data: { ...facts, manifest: { ...ids, version: 2, split, parts } },
    // Adds settings and sizes that the old record lacked.
    recipe: expect.objectContaining(recipe!) as object,
    model: expect.objectContaining({ ...model, config: expect.objectContaining(sizes) as object }) as object,
  };
};
type OldManifest = Record<'version' | 'train' | 'validation', object>;

test('its texts equal the imported files', async () => {
  const store = await goldenStore();
  const texts = await listTexts(store);
  expect(texts.map(({ name }) => name)).toEqual(filesUnder('texts'));
  for (const { id, name, sha256 } of texts) {
    const file = goldenFile(`texts/${name}`);
    expect(await read(store, id)).toBe(new TextDecoder().decode(file));
    expect(sha256).toBe(await sha256Hex(file));
  }
});

test.each(KINDS)('its tokenizer of %s encodes the texts into the stored ids', async (kind) => {
  const store = await goldenStore();
  const run = (await listRuns(store)).find((other) => other.tokenizer.kind === kind && dataOf(other).id !== null)!;
  const manifest = await manifestOf(store, run);
  const tokenizer = await createTokenizer(await readTokenizer(store, run));
  expect(tokenizer.hash).toBe(manifest!.tokenizerHash);
  const texts = await Promise.all((await listTexts(store)).map(({ id }) => read(store, id)));
  let text = '';
  for (const name of ['train', 'validation'] as const) {
    const part = openPart(store, manifest!, name);
    const ids = await part.read(0, part.tokens);
    const counts = new Uint32Array(tokenizer.size);
    for (const id of ids) counts[id]! += 1;
    expect(await readCounts(store, manifest!, name)).toEqual(counts);
    expect(part.tokens).toBe(dataOf(run).facts!.parts[name].tokens);
    const documents = split(ids, tokenizer.endOfText);
    for (const each of documents) expect(tokenizer.encode(tokenizer.decode(each))).toEqual(each);
    text += documents.map((each) => tokenizer.decode(each)).join(BETWEEN);
  }
  expect(text).toBe(texts.join(BETWEEN));
});
const BETWEEN = '\0';
const split = (ids: Uint32Array, at: number): Uint32Array[] => {
  const end = ids.indexOf(at);
  return end === -1 ? [ids] : [ids.slice(0, end), ...split(ids.slice(end + 1), at)];
};

test('each checkpoint opens completely, and its loss equals the recorded one bit for bit', async () => {
  const store = await goldenStore();
  await chooseDevice('wasm', wasmFolder);
  let measured = 0;
  for (const run of await listRuns(store)) {
    const { id, model, device } = run;
    const [recipe, manifest] = [recipeOf(run), await manifestOf(store, run)];
    const events = await readJournal(store, id);
    for (const { step, holds } of await listSnapshots(store, id)) {
      const { snapshot, damaged } = await loadSnapshot(store, id, step);
      expect([snapshot.state.step, holds, damaged]).toEqual([step, 'all', []]);
      if (!manifest) continue;
      const recorded = events.find((event) => event.kind === 'evaluated' && event.step === step);
      if (recorded?.kind !== 'evaluated') continue;
      const net = await network(model, snapshot.tensors);
      const evaluating = evaluator(net, await loadObjective('causal'));
      const settings = { rows: recipe.batch, tokens: recipe.evalTokens };
      const { loss } = await evaluating.measure(openPart(store, manifest, 'validation'), settings, noneSpecial);
      if (device?.includes('WASM')) expect(loss).toBe(recorded.loss);
      else expect(loss).toBeCloseTo(recorded.loss, 5);
      measured++;
      evaluating.dispose();
      net.dispose();
    }
  }
  expect(measured).toBe(4);
});

test.each(continuations().filter(({ device }) => device === 'WASM'))(
  'resumes run $runId from step $from with the same bits as before',
  async (continuation) => {
    expect(await continued(await goldenStore(), continuation)).toEqual(continuation.steps);
  },
);

test.each(KINDS)('a model that its CLI trained with a tokenizer of %s can resume', async (kind) => {
  const { model, tokenizer, snapshot, info, events, resumable } = await importHuggingFace(
    goldenFolder(`grown/${kind}`),
    unwatched,
  );
  expect(info).toMatchObject({ tokenizer: kind, state: { step: 12 }, result: { step: 12 } });
  expect(resumable).toBe(true);
  expect(events.filter((event) => event.kind === 'step').map(({ step }) => step)).toEqual(range(1, 12));

  // The run used the data of the browser.
  const store = await goldenStore();
  const run = (await listRuns(store)).find((other) => dataOf(other).id !== null && other.tokenizer.kind === kind)!;
  expect(tokenizer.model).toEqual(await readTokenizer(store, run));
  await chooseDevice('wasm', wasmFolder);
  const net = await network(model, snapshot.tensors);
  const evaluating = evaluator(net, await loadObjective('causal'));
  const { batch: rows, evalTokens: tokens } = recipeOf(info!);
  const { loss } = await evaluating.measure(
    openPart(store, (await manifestOf(store, run))!, 'validation'),
    { rows, tokens },
    noneSpecial,
  );
  expect(loss).toBe(info!.result!.loss);
  evaluating.dispose();
  net.dispose();
});
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test('an imported run equals its folder', async () => {
  const store = await goldenStore();
  const run = (await listRuns(store)).find((other) => dataOf(other).id === null && dataOf(other).facts)!;
  const { snapshot } = await loadSnapshot(store, run.id);
  const { snapshot: grown, info } = await importHuggingFace(goldenFolder('grown/bytes'), unwatched);
  expect(snapshot).toEqual(grown);
  expect(run).toMatchObject({ model: info!.model, createdAt: info!.createdAt });
  expect(recipeOf(run)).toEqual(recipeOf(info!));
  expect(dataOf(run).facts).toEqual(dataOf(info!));
});

async function read(store: BlobStore, id: string): Promise<string> {
  let text = '';
  for await (const record of (await openText(store, id))[0]!.chunks()) text += record;
  return text;
}
