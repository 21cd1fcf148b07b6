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
  const before = await textOf(store, id);
  if (before.cleaned && before.cleaned.name !== recipe.name && before.cleaned.recipe === (await recipeHash(recipe)))
    return renamed(store, id, before.cleaned, recipe);
  const isNone = !recipe.steps.some(({ isOn }) => isOn);
  const cleaned = isNone ? undefined : await cleanedBy(store, before, recipe, at, job, startCleaners);
  const after = await changeTrainingPart(store, id, ({ places }) => ({ places, cleaned }));
  await purgeCleaned(store, (made) => made.of === id && made.id !== before.cleaned?.id);
  return after;
}

async function renamed(
  store: BlobStore,
  id: string,
  { id: cleanedId }: NonNullable<TextRecord['cleaned']>,
  recipe: Recipe,
): Promise<TextRecord> {
  await changeRecord(
    store,
    cleanedKey(cleanedId),
    CLEANED,
    (made) => made && { record: { ...made, recipe: { ...recipe } } },
  );
  // Another tab may have applied another recipe meanwhile.
  return updateText(store, id, ({ cleaned, ...text }) => ({
    ...text,
    ...(cleaned && { cleaned: cleaned.id === cleanedId ? { ...cleaned, name: recipe.name } : cleaned }),
  }));
}

async function cleanedBy(
  store: BlobStore,
  text: TextRecord,
  recipe: Recipe,
  at: number,
  job: Job,
  startCleaners: StartCleaners,
): Promise<TextRecord['cleaned']> {
  const { id, hash, text: left } = await cleanText(store, text, recipe, { at }, job, startCleaners);
  const { documents = 0, characters = 0, bytes = 0, sha256 = NOTHING } = left ?? {};
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
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
