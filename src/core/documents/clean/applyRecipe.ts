/** A text of the store is learnt as a recipe leaves it, or as it was read again. */
import type { BlobStore } from '../../base/blobStore';
import { badSettings } from '../../base/errors';
import type { Job } from '../../base/job';
import { changeLearnt } from '../learnt';
import { textOf } from '../library';
import type { TextRecord } from '../record';
import { cleanText } from './cleanText';
import { type Recipe, recipeHash } from './recipe';

/**
 * Of every project that has the text. A recipe that does nothing is none.
 * @param at milliseconds since 1970
 * @throws HomegrownError `bad-settings` where nothing would remain; as `cleanText` does
 */
export async function applyRecipe(
  store: BlobStore,
  id: string,
  recipe: Recipe,
  { at }: { at: number },
  job: Job,
): Promise<TextRecord> {
  const cleaned = recipe.steps.some(({ isOn }) => isOn) ? await cleanedBy(store, id, recipe, at, job) : undefined;
  return changeLearnt(store, id, ({ places }) => ({ places, cleaned }));
}

async function cleanedBy(
  store: BlobStore,
  id: string,
  recipe: Recipe,
  at: number,
  job: Job,
): Promise<TextRecord['cleaned']> {
  const text = await textOf(store, id);
  const made = await cleanText(store, text, recipe, { at }, job);
  if (!made.text)
    throw badSettings(
      `By these rules nothing of ${text.name} would remain to learn from.`,
      'Switch off a rule that leaves documents out, or let it ask for less.',
    );
  const { documents, characters, bytes, sha256 } = made.text;
  const { name } = recipe;
  return { id: made.id, name, recipe: await recipeHash(recipe), documents, characters, bytes, sha256 };
}
