import { expect, test } from 'vitest';
import { memoryStore } from '../../base/blobStore';
import { unwatched } from '../../base/job';
import { collect, stream } from '../../../testing/texts';
import {
  collectOrphans,
  importDrop,
  leaveOut,
  trainingFacts,
  trainingSize,
  openText,
  sharedNormalizers,
  textRef,
} from '..';
import { textChunkKey } from '../record';
import { applyRecipe } from './applyRecipe';
import { cleanedRecordOf } from './cleaned';
import { CLEANED_TEXTS } from './record';
import { NO_RECIPE, type Recipe, recipeHash, stepOf } from './recipe';

const recipeOf = (...steps: Recipe['steps']): Recipe => ({ version: 1, name: 'own', steps, kept: [] });
const TEXTS = ['Call  me Ishmael.', 'Aye.', 'Some  years ago'];

async function imported() {
  const store = memoryStore();
  const sources = TEXTS.map((text, i) => {
    const bytes = new TextEncoder().encode(text);
    return { name: `d/${i}.txt`, size: bytes.length, stream: () => stream([bytes]) };
  });
  const { text } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  const apply = (recipe: Recipe, at = 2) => applyRecipe(store, text!.id, recipe, { at }, unwatched);
  const cleanedTexts = async () => {
    const documents = await openText(store, text!.id);
    return Promise.all(documents.map(async ({ place, chunks }) => [place, (await collect(chunks())).join('')]));
  };
  return { store, text: text!, apply, cleanedTexts };
}

test('trains on the cleaned text, and on the original without a recipe', async () => {
  const { text, apply, cleanedTexts } = await imported();
  const recipe = recipeOf(stepOf('whiteSpace'), stepOf('length', { least: 5 }));
  const cleaned = await apply(recipe);
  expect(await cleanedTexts()).toEqual([
    [0, 'Call me Ishmael.'],
    [2, 'Some years ago'],
  ]);
  expect(trainingSize(cleaned)).toMatchObject({ documents: 2, characters: 30, bytes: 30 });
  expect(textRef(cleaned)).not.toBe(textRef(text));
  expect(trainingFacts(cleaned)).toEqual({
    name: 'd',
    characters: 30,
    sha256: trainingSize(cleaned).sha256,
    cleaned: { from: text.sha256, by: 'own', recipe: await recipeHash(recipe) },
  });
  expect(await apply(NO_RECIPE)).toEqual(text);
  expect(await cleanedTexts()).toEqual(TEXTS.map((own, i) => [i, own]));
});

test('a document excluded by hand stays excluded, with and without a recipe', async () => {
  const { store, text, apply, cleanedTexts } = await imported();
  await leaveOut(store, text.id, [2], true);
  const cleaned = await apply(recipeOf(stepOf('lowerCase'), stepOf('length', { least: 5 })));
  expect(await cleanedTexts()).toEqual([[0, 'call  me ishmael.']]);
  expect(trainingSize(cleaned)).toMatchObject({ documents: 1, characters: 17 });
  const back = await leaveOut(store, text.id, [2], false);
  expect(trainingSize(back)).toMatchObject({ documents: 2, characters: 32 });
  expect(await cleanedTexts()).toHaveLength(2);
  await expect(leaveOut(store, text.id, [0, 2], true)).rejects.toThrow('This would exclude every document of d');
});

test('an emptied text has no training documents, and can be restored', async () => {
  const { store, text, apply, cleanedTexts } = await imported();
  await leaveOut(store, text.id, [1], true);
  const cleaned = await apply(recipeOf(stepOf('length', { least: 100 })));
  expect(trainingSize(cleaned)).toMatchObject({ documents: 0, characters: 0, bytes: 0 });
  expect(await cleanedTexts()).toEqual([]);
  await apply(NO_RECIPE);
  expect(await cleanedTexts()).toHaveLength(2);
});

test('a recipe without effect leaves derived data up to date and reports its normalizers', async () => {
  const { text, apply } = await imported();
  const cleaned = await apply(recipeOf(stepOf('unicode'), stepOf('length', { least: 1 })));
  expect(textRef(cleaned)).toBe(text.id);
  expect(trainingSize(cleaned)).toEqual(trainingSize(text));
  expect(sharedNormalizers([cleaned])).toEqual([{ type: 'NFC' }]);
  expect(sharedNormalizers([cleaned, text])).toEqual([]);
});

test('cleans a text again if a part of the result is missing', async () => {
  const { store, apply, cleanedTexts } = await imported();
  const recipe = recipeOf(stepOf('lowerCase'));
  const first = await apply(recipe);
  await store.commit({ drop: [textChunkKey(first.cleaned!.id, 0)] });
  await expect(cleanedTexts()).rejects.toThrow('is missing');
  const second = await apply(recipe, 3);
  expect(second.cleaned!.id).not.toBe(first.cleaned!.id);
  expect((await cleanedTexts())[1]).toEqual([1, 'aye.']);
});

test("renames the cleaned text if only the recipe's name changed", async () => {
  const { store, text, apply, cleanedTexts } = await imported();
  const recipe = recipeOf(stepOf('lowerCase'));
  const first = await apply(recipe);
  const named = { ...recipe, name: 'Letters of 1851' };
  const second = await apply(named, 3);
  expect(second).toEqual({ ...first, cleaned: { ...first.cleaned!, name: 'Letters of 1851' } });
  expect(textRef(second)).toBe(textRef(first));
  expect(trainingFacts(second).cleaned).toMatchObject({ from: text.sha256, by: 'Letters of 1851' });
  expect(await store.keys(CLEANED_TEXTS)).toHaveLength(1);
  expect((await cleanedRecordOf(store, first.cleaned!.id, text.name)).recipe).toEqual(named);
  expect((await cleanedTexts())[1]).toEqual([1, 'aye.']);
});

test('can be stopped, and reports progress', async () => {
  const { store, text, cleanedTexts } = await imported();
  const reports: unknown[] = [];
  const stop = new AbortController();
  const recipe = recipeOf(stepOf('repeatedLines', { documents: 1 }), stepOf('lowerCase'));
  await applyRecipe(
    store,
    text.id,
    recipe,
    { at: 2 },
    { signal: stop.signal, report: (progress) => reports.push(progress) },
  );
  expect(reports.at(-1)).toMatchObject({ label: 'Cleaning', of: text.bytes, unit: 'bytes' });
  stop.abort();
  const again = recipeOf(stepOf('numbers'));
  await expect(
    applyRecipe(store, text.id, again, { at: 3 }, { signal: stop.signal, report: () => undefined }),
  ).rejects.toThrow();
  expect((await cleanedTexts())[1]).toEqual([1, 'aye.']);
});

test('a later start removes unused cleaned texts, but never the one in use', async () => {
  const { store, apply, cleanedTexts } = await imported();
  await apply(recipeOf(stepOf('whiteSpace')));
  await apply(recipeOf(stepOf('lowerCase')), 3);
  await collectOrphans(store, 4);
  expect(await store.keys(CLEANED_TEXTS)).toHaveLength(2);
  await collectOrphans(store, 100_000);
  expect(await store.keys(CLEANED_TEXTS)).toHaveLength(1);
  expect((await cleanedTexts())[0]).toEqual([0, 'call  me ishmael.']);
  // With a damaged entry, the original text can still be restored.
  await store.commit({ drop: await store.keys(CLEANED_TEXTS) });
  await expect(cleanedTexts()).rejects.toThrow('The cleaned text of d is missing');
  await apply(NO_RECIPE);
  expect(await cleanedTexts()).toHaveLength(3);
});
