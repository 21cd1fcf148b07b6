/** Replaces a stored text with its cleaned version, or restores the original. */
import type { BlobStore } from '../../base/blobStore';
import type { Job } from '../../base/job';
import { changeRecord } from '../../base/record';
import { changeTrainingPart } from '../changeTrainingPart';
import { purgeCleaned, textOf, updateText } from '../library';
import type { TextRecord } from '../record';
import { cleanText } from './cleanText';
import { noCleaners, type StartCleaners } from './workerPool';
import { normalizersOf } from './normalizersOf';
import { type Recipe, recipeHash } from './recipe';
import { CLEANED, cleanedKey } from './record';

/**
 * Applies a recipe for every project that uses the text. An empty recipe counts as none; a recipe that removes every
 * document leaves nothing to train on. If only the recipe's name changed, renames the cleaned text. Keeps the previous
 * version, so that it can be restored at once; drops the one before.
 * @param at milliseconds since 1970
 * @param startCleaners as in `cleanText`
 * @throws HomegrownError as `cleanText` does
 */
export async function applyRecipe(
  store: BlobStore,
  id: string,
  recipe: Recipe,
  { at }: { at: number },
  job: Job,
  startCleaners: StartCleaners = noCleaners,
): Promise<TextRecord> {
  const text = await textOf(store, id);
  if (text.cleaned && text.cleaned.name !== recipe.name && text.cleaned.recipe === (await recipeHash(recipe)))
    return renameCleaned(store, id, text.cleaned, recipe);
  const isEmptyRecipe = !recipe.steps.some(({ isOn }) => isOn);
  const cleaned = isEmptyRecipe ? undefined : await cleanedSummary(store, text, recipe, at, job, startCleaners);
  const updated = await changeTrainingPart(store, id, ({ places }) => ({ places, cleaned }));
  await purgeCleaned(store, (record) => record.of === id && record.id !== text.cleaned?.id);
  return updated;
}

async function renameCleaned(
  store: BlobStore,
  id: string,
  { id: cleanedId }: NonNullable<TextRecord['cleaned']>,
  recipe: Recipe,
): Promise<TextRecord> {
  await changeRecord(
    store,
    cleanedKey(cleanedId),
    CLEANED,
    (record) => record && { record: { ...record, recipe: { ...recipe } } },
  );
  // Another tab may have applied another recipe meanwhile.
  return updateText(store, id, ({ cleaned, ...text }) => ({
    ...text,
    ...(cleaned && { cleaned: cleaned.id === cleanedId ? { ...cleaned, name: recipe.name } : cleaned }),
  }));
}

async function cleanedSummary(
  store: BlobStore,
  text: TextRecord,
  recipe: Recipe,
  at: number,
  job: Job,
  startCleaners: StartCleaners,
): Promise<TextRecord['cleaned']> {
  const { id, hash, text: cleanedText } = await cleanText(store, text, recipe, { at }, job, startCleaners);
  const { documents = 0, characters = 0, bytes = 0, sha256 = EMPTY_SHA256 } = cleanedText ?? {};
  const normalizers = normalizersOf(recipe);
  return {
    id,
    name: recipe.name,
    recipe: hash,
    documents,
    characters,
    bytes,
    sha256,
    ...(normalizers.length > 0 && { normalizers }),
  };
}
/** SHA-256 of the empty string. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
