/** From texts to data: what is current and what is built, over the data worker's real implementation. */
import type { DataFacts } from '../core/runs/settings';
import { dataFacts, runRecord } from '../testing/runRecord';
import { afterEach, expect, test, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Split } from '../core/documents/split';
import { buildSeconds } from '../core/plan/workTime';
import { type Halves, halvesOver, type TestStudio, testStudio } from '../testing/behindChannels';
import { dataState, hasOtherTexts, isSplitAsOne, tokenizerState } from './preparation';
import { initialProject } from '../core/runs/project';
import { buildTime } from './workTime';

const texts = [{ id: 'a' }, { id: 'b' }] as never;
const data = (ids: readonly string[], rule: Split['rule']) =>
  ({
    texts: ids,
    tokenizerHash: 'h',
    unigramLoss: 1,
    manifest: { split: { rule, validation: 0.1, test: 0, seed: 0 } },
  }) as never;
const studio = (ids: readonly string[], rule: Split['rule'], held: never = texts) => ({
  texts: held,
  project: {
    ...initialProject(),
    tokenizer: { hash: 'h', asked: 1024, texts: ids, model: { kind: 'bpe', merges: [] } } as never,
    data: data(ids, rule),
  },
});

test('several texts that an older build split only at the last end are rebuilt; a single text isn’t', () => {
  expect(dataState(studio(['a', 'b'], 'ends'))).toBe('done');
  expect(dataState(studio(['a', 'b'], 'end'))).toBe('stale');
  expect(dataState(studio(['a'], 'end', [{ id: 'a' }] as never))).toBe('done');
  expect([isSplitAsOne(data(['a', 'b'], 'end')), isSplitAsOne(data(['a'], 'end'))]).toEqual([true, false]);
});

test('a run trains on other texts once one was added, removed or changed, whatever their order', () => {
  const of = (...hashes: string[]) => hashes.map((sha256) => ({ sha256 })) as never;
  const trainedOn = (facts: DataFacts | null) => runRecord({ data: { facts } });
  const run = (...hashes: string[]) => trainedOn(dataFacts({ texts: of(...hashes) }));
  expect(hasOtherTexts(run('a', 'b'), { texts: of('b', 'a') })).toBe(false);
  expect(hasOtherTexts(run('a'), { texts: of('a', 'b') })).toBe(true);
  expect(hasOtherTexts(run('a', 'b'), { texts: of('a') })).toBe(true);
  expect(hasOtherTexts(run('a'), { texts: of('c') })).toBe(true);
  expect(hasOtherTexts(run(), { texts: of('a') })).toBe(false);
  expect(hasOtherTexts(trainedOn(null), { texts: of('a') })).toBe(false);
});

let page: TestStudio | undefined;
afterEach(() => page?.close());
/** A page with a text and a byte tokenizer to train. */
async function opened(
  change: (halves: Halves) => void = () => undefined,
  store: BlobStore = memoryStore(),
  services: Parameters<typeof testStudio>[2] = {},
) {
  const halves = halvesOver(store);
  change(halves);
  page = testStudio(store, halves, services);
  const { getState } = page.studio;
  await getState().load();
  await getState().addPaste('The whale is large. The sea is wide. '.repeat(60), 'sea.txt');
  getState().change({ tokenizerChoice: { kind: 'bytes', vocabulary: 257 } });
  return getState;
}

test('missing artifacts are built once, outdated ones again, and both are shown and stored', async () => {
  const store = memoryStore();
  const made: string[] = [];
  let time = 0;
  const count = ({ data }: Halves): void => {
    const { trainTokenizer, buildData } = data;
    data.trainTokenizer = (...call) => (made.push('tokenizer'), trainTokenizer(...call));
    data.buildData = (...call) => (made.push('data'), buildData(...call));
  };
  const getState = await opened(count, store, { now: () => (time += 500) });
  const characters = getState().texts[0]!.characters;
  expect(buildTime(getState())).toBeCloseTo(1000 * buildSeconds(characters), 6);
  expect(await getState().prepare()).toBe(true);
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['done', 'done']);
  // From then on the estimate uses the speed of this machine.
  const { buildRate } = getState();
  expect(buildRate).toBeGreaterThan(0);
  expect(buildTime(getState())).toBeCloseTo(1000 * buildSeconds(characters, buildRate), 6);
  expect(await getState().prepare()).toBe(true);
  expect(made).toEqual(['tokenizer', 'data']);
  expect(getState()).toMatchObject({ tokenizing: { kind: 'idle' }, building: { kind: 'idle' } });
  expect((await getState().tokensOf('sea')).map(({ text }) => text)).toEqual(['s', 'e', 'a']);
  const entries = await getState().vocabulary(257);
  expect(entries).toHaveLength(257);
  expect(entries.find(({ text }) => text === 's')!.count).toBeGreaterThan(0);

  // Another split leaves the tokenizer valid.
  getState().change({ split: { validation: 0.2, test: 0, seed: 0 } });
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['done', 'stale']);
  expect(await getState().prepare()).toBe(true);
  expect(made).toEqual(['tokenizer', 'data', 'data']);
  // Another text outdates both, and the shown vocabulary is that of the existing tokenizer.
  await getState().addPaste('An albatross. '.repeat(60), 'bird.txt');
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['stale', 'stale']);
  await getState().trainTokenizer({ kind: 'bpe', vocabulary: 262 });
  expect(dataState(getState())).toBe('stale');
  expect((await getState().vocabulary(3)).every(({ count }) => count === 0)).toBe(true);

  await vi.waitFor(() => expect(getState().kept).toBe('yes'));
  const next = testStudio(store);
  await next.studio.getState().load();
  expect(next.studio.getState().project).toEqual(getState().project);
  next.close();
});

test('another architecture leaves tokenizer and data up to date; preparing a run then adds its special tokens', async () => {
  const getState = await opened();
  expect(await getState().prepare()).toBe(true);
  const before = getState().project;
  getState().chooseModel('bert');
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['done', 'done']);
  getState().chooseModel('gpt');
  expect(await getState().prepare()).toBe(true);
  expect(getState().project).toMatchObject({ tokenizer: before.tokenizer, data: before.data });
  getState().chooseModel('bert');
  expect(await getState().prepare()).toBe(true);
  expect(getState().project.tokenizer!.model.roles).toContain('mask');
  expect(getState().project.data!.tokenizerHash).toBe(getState().project.tokenizer!.hash);
});

test('data of a project that cannot be saved is taken back, and built again', async () => {
  const inner = memoryStore();
  let isFull = false;
  let times = 0;
  const commit: BlobStore['commit'] = (change) =>
    isFull && [...(change.put ?? [])].some(([key]) => key.startsWith('projects/'))
      ? Promise.reject(new HomegrownError('storage-full', 'No room for it'))
      : inner.commit(change);
  const getState = await opened(
    ({ data }) => {
      const { buildData } = data;
      data.buildData = async (...call) => buildData(...call).finally(() => (isFull = times++ === 0));
    },
    { ...inner, commit },
  );
  expect(await getState().prepare()).toBe(false);
  expect(getState()).toMatchObject({ kept: 'no', project: { data: null } });
  expect(getState().toasts.at(-1)).toMatchObject({ text: 'The project could not be saved' });
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['done', 'none']);
  isFull = false;
  expect(await getState().prepare()).toBe(true);
  expect(await inner.get('projects/first')).toMatchObject({ data: getState().project.data });
});

test('a text too short to hold anything out is a failure with its reason, and a stop is none', async () => {
  let isHeld = false;
  let begun = (): void => undefined;
  const getState = await opened(({ data }) => {
    const { trainTokenizer } = data;
    data.trainTokenizer = async (input, job) => {
      if (isHeld) {
        begun();
        await new Promise<void>((resolve) => job.signal.addEventListener('abort', () => resolve()));
      }
      return trainTokenizer(input, job);
    };
  });
  const [{ id } = { id: '' }] = getState().texts;
  await getState().removeTexts([id]);
  await getState().addPaste('Sea', 'short.txt');
  expect(await getState().prepare()).toBe(false);
  expect(getState().building).toMatchObject({
    kind: 'failed',
    failure: { code: 'bad-settings', message: 'The text is too short for a validation set of 10 %' },
  });
  expect(getState().project.data).toBeNull();

  isHeld = true;
  const has = new Promise<void>((resolve) => (begun = resolve));
  const training = getState().trainTokenizer({ kind: 'bpe', vocabulary: 300 });
  await has;
  const { tokenizing } = getState();
  if (tokenizing.kind === 'busy') tokenizing.stop();
  expect(await training).toBe(false);
  expect(getState()).toMatchObject({ tokenizing: { kind: 'idle' }, project: { tokenizer: { size: 257 } } });
});

test('the data page gets the parts of each text and document, for whole documents and for ends', async () => {
  const store = memoryStore();
  const getState = await opened(undefined, store);
  const letter = (i: number) => `Letter ${i}. The sea is wide, and the whale is large. `;
  const files = Array.from({ length: 120 }, (_, i) => ({
    name: `letters/${i}.txt`,
    file: new File([letter(i)], `${i}`),
  }));
  await getState().addFiles(files);
  getState().change({ split: { validation: 0.1, test: 0.1, seed: 1 } });
  expect(await getState().prepare()).toBe(true);
  const { manifest } = getState().project.data!;
  expect(manifest.split).toEqual({ rule: 'documents', validation: 0.1, test: 0.1, seed: 1 });
  const held = new Map<string, string>();
  for (const part of ['train', 'validation', 'test'] as const) {
    const { rows, of, texts } = (await getState().partRows(part, 0, 1000))!;
    const bytes = texts.reduce((sum, text) => sum + text.bytes[part], 0);
    expect(bytes).toBe(manifest.parts[part]!.bytes);
    expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(bytes);
    expect(rows.reduce((sum, row) => sum + row.tokens!, 0) + rows.length - 1).toBe(manifest.parts[part]!.tokens);
    expect([of, manifest.parts[part]!.documents]).toEqual([rows.length, rows.length]);
    for (const { title, isWhole } of rows.filter(({ text }) => text === 'letters')) {
      expect(isWhole).toBe(true);
      expect(held.get(title)).toBeUndefined();
      held.set(title, part);
    }
    expect(rows.filter(({ text }) => text === 'sea.txt').map(({ isWhole }) => isWhole)).toEqual([false]);
    expect(await getState().partRows(part, 1, 2)).toMatchObject({ of, rows: rows.slice(1, 3) });
  }
  expect(held.size).toBe(120);
  // Another split seed, or one document less, is other data; the existing rows show until then.
  getState().change({ split: { validation: 0.1, test: 0.1, seed: 2 } });
  expect(dataState(getState())).toBe('stale');
  expect(await getState().partRows('test', 0, 1)).toBeDefined();
  getState().change({ split: { validation: 0.1, test: 0.1, seed: 1 } });
  expect(dataState(getState())).toBe('done');
  const letters = getState().texts.find(({ name }) => name === 'letters')!;
  await getState().leaveOut(letters.id, [3, 5], true);
  expect([tokenizerState(getState()), dataState(getState())]).toEqual(['stale', 'stale']);
  expect(await getState().partRows('test', 0, 1)).toBeUndefined();
  getState().toasts.at(-1)!.undo!();
  await vi.waitFor(() => expect([tokenizerState(getState()), dataState(getState())]).toEqual(['done', 'done']));
});
