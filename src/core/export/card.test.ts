/** A person's own words in a model card: added to the generated text in every export. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { claimRun } from '../checkpoint/checkpoint';
import { importText, pastedText, purgeText, removeText, setLicence } from '../documents';
import { bytesSource, readBytes, type ByteStream } from '../files/byteSource';
import { modelSpec } from '../models';
import type { CardWords } from '../runs/card';
import { addRun, readRun, updateRun } from '../runs/record';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { RunInfo } from './homegrownJson';
import { createTokenizer } from '../tokenizer/byteLevel';
import { exportedFrom } from './exported';
import { cardOf } from '../../testing/cardOf';
import { exportRun, importRun } from './run';

const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 4 }, vocabulary: 257 };
const asked = { template: () => Promise.reject(new Error('hf needs none')), withOptimizer: false };

/** A run trained on a text that is also in the store. */
async function storeWithRun(card?: CardWords, licence?: string): Promise<{ store: BlobStore; textId: string }> {
  const store = memoryStore();
  const added = await importText(pastedText('ahab.txt', 'The sea is wide.'), store, { addedAt: 1 }, unwatched);
  if (added.kind !== 'added') throw new Error('it was there');
  const tensors = new Map(
    Object.entries(modelSpec('gpt').params(model.config, 257)).map(([name, { shape }]) => {
      return [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }] as const;
    }),
  );
  const { name, characters, sha256 } = added.text;
  const data = {
    facts: dataFacts({ texts: [{ name, characters, sha256, ...(licence !== undefined && { licence }) }] }),
    id: 'sea',
  };
  await (await claimRun(store, 'a')).save({ state: { step: 3, tokensSeen: 9, activeMs: 8, best: null }, tensors });
  await addRun(store, {
    ...runRecord({ name: 'Ahab', status: 'stopped', step: 3, model, data }),
    ...(card && { card }),
  });
  return { store, textId: added.text.id };
}
const filesOf = async (store: BlobStore, runId = 'a') => (await exportRun(store, runId, 'latest', 'hf', asked)).files;
const read = async (files: readonly ByteStream[], name: string) =>
  new TextDecoder().decode(await readBytes(files.find((file) => file.name === name)!));
/** Imports the files as run `b`. */
async function bringIn(store: BlobStore, files: readonly ByteStream[]): Promise<void> {
  const given = await Promise.all(
    files.map(async (file) => ({ name: file.name, source: bytesSource(await readBytes(file)) })),
  );
  await importRun(store, { runId: 'b', projectId: 'first' }, given, 99, unwatched);
}
const section = (card: string, heading: string): string =>
  new RegExp(`\n## ${heading}\n\n([^]*?)\n\n## `).exec(card)?.[1] ?? '';

test("a card states in plain words the model's intended use, misuse and limits", async () => {
  const card = await read(await filesOf((await storeWithRun()).store), 'README.md');
  expect(section(card, 'Intended use')).toMatch(/Experiments and teaching/);
  expect(section(card, 'Out-of-scope use')).toMatch(/say that a machine wrote it/);
  expect(section(card, 'Limitations')).toMatch(/written by a machine: it may be false.*no safety training/s);
});

test('a card omits a size of 0, which is derived from others', async () => {
  const { config } = modelSpec('llama').presets[0]!;
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const state = { step: 0, tokensSeen: 0, activeMs: 0, best: null };
  const made = {
    model: { id: 'llama' as const, config, vocabulary: tokenizer.size },
    tokenizer,
    info: null,
    events: [],
  };
  const { info } = await exportedFrom({ ...made, snapshot: { state, tensors: new Map() }, resumable: false }, 'x', 0);
  const card = cardOf(info);
  expect(card).toContain('| Inner width | 192 |');
  expect(card).toContain('| Rotary base | 10,000 |');
  expect(card).not.toMatch(/Head width|Window/);
});

test("a person's own words replace the default as plain text, and survive an export and import", async () => {
  const card = { about: 'For the <b>museum</b>.\n\nAsk Ada.', limits: 'It has read one line.' };
  const { store } = await storeWithRun(card);
  const files = await filesOf(store);
  const readme = await read(files, 'README.md');
  expect(readme).toContain('For the &#60;b&#62;museum&#60;/b&#62;.\n\nAsk Ada.\n\n');
  expect(section(readme, 'Limitations')).toBe('It has read one line.');
  expect(section(readme, 'Out-of-scope use')).toMatch(/machine/);
  expect(readme).not.toMatch(/no safety training/);

  const other = memoryStore();
  await bringIn(other, files);
  expect((await readRun(other, 'b'))?.card).toEqual(card);
  expect(await read(await filesOf(other, 'b'), 'README.md')).toBe(readme);

  // An empty part has no heading.
  await updateRun(store, 'a', (run) => ({ ...run, card: { limits: '' } }));
  expect(await read(await filesOf(store), 'README.md')).not.toContain('## Limitations');
});

test('a license stated after training is in the run’s card and datasheet', async () => {
  const { store, textId } = await storeWithRun();
  const both = async () => {
    const files = await filesOf(store);
    return Promise.all(['README.md', 'DATASHEET.md'].map((name) => read(files, name)));
  };
  for (const sheet of await both()) expect(sheet).toMatch(/ahab\.txt \| 16 \| not stated/);
  await setLicence(store, textId, 'CC-BY-4.0');
  for (const sheet of await both()) expect(sheet).toMatch(/ahab\.txt \| 16 \| CC-BY-4\.0/);
});

test('a withdrawn license is in no card, unless it came with the imported model', async () => {
  const { store, textId } = await storeWithRun(undefined, 'MIT');
  const card = async (of = store, runId = 'a') => read(await filesOf(of, runId), 'README.md');
  await setLicence(store, textId, 'MIT');
  expect(await card()).toMatch(/ahab\.txt \| 16 \| MIT/);
  const taken = await filesOf(store);
  await setLicence(store, textId, null);
  expect(await card()).toMatch(/ahab\.txt \| 16 \| not stated/);

  // For a deleted text, only the license recorded at training is known.
  await removeText(store, textId, 'first', 2);
  await purgeText(store, textId);
  expect(await card()).toMatch(/ahab\.txt \| 16 \| MIT/);

  // Another store has the same text without a stated license.
  const { store: other, textId: same } = await storeWithRun();
  await bringIn(other, taken);
  expect(await card(other, 'b')).toMatch(/ahab\.txt \| 16 \| MIT/);
  await setLicence(other, same, 'CC-BY-4.0');
  expect(await card(other, 'b')).toMatch(/ahab\.txt \| 16 \| CC-BY-4\.0/);
});

test('reports a loss by its metric: masked tokens have no perplexity, and text has nothing else', () => {
  const head = (objective: 'causal' | 'masked'): string => {
    const info: RunInfo = {
      version: 2,
      id: 'a',
      name: 'Ahab',
      createdAt: 5,
      device: null,
      tokenizer: 'bytes',
      model,
      segments: [{ after: 0, recipe: { ...DEFAULT_RECIPE, objective }, data: null }],
      state: { step: 3, tokensSeen: 9, activeMs: 8, best: null },
      result: { step: 3, loss: 2 },
    };
    return /\| Validation set.*/.exec(cardOf(info))![0];
  };
  expect(head('causal')).toBe('| Validation set | Nats per token | Perplexity |');
  expect(head('masked')).toBe('| Validation set | Nats per token | Pseudo-perplexity |');
});
