/** recipe.json: the cleaning recipe of a folder of documents, or of a run's text. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile } from '../../src/core/base/errors';
import {
  NO_RECIPE,
  type Recipe,
  readRecipe,
  recipeHash,
  recipeJson,
  recommendedRecipe,
} from '../../src/core/documents/clean/recipe';
import type { Normalizer } from '../../src/core/base/normalizer';
import { normalizersOf } from '../../src/core/documents/clean/normalizersOf';
import { RECIPE_FILE } from '../../src/core/export/format';
import { type ByteStream, textFile } from '../../src/core/files/byteSource';
import type { DataFacts } from '../../src/core/runs/settings';

/** Returns the file that `--recipe` names. */
export const recipePath = (name: string): string | undefined =>
  name === 'none' || name === 'recommended' ? undefined : name;

/** @param name of a file, or `none` or `recommended` @throws HomegrownError `bad-file` */
export async function recipeByName(name: string): Promise<Recipe> {
  if (name === 'recommended') return recommendedRecipe();
  return name === 'none' ? NO_RECIPE : readRecipe(name, await readFile(name, 'utf8'));
}

export const recipeFile = (recipe: Recipe): ByteStream => textFile(RECIPE_FILE, recipeJson(recipe));

/** Undefined if the folder has none, like those of older builds. @throws HomegrownError `bad-file` */
export async function recipeIn(folder: string): Promise<Recipe | undefined> {
  const path = join(folder, RECIPE_FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : readRecipe(path, text);
}

/**
 * Returns the normalizers of a recipe, which its tokenizer also applies.
 * @param data folder of prepared documents, which were cleaned by its own recipe
 */
export async function normalizersBy(recipe: Recipe, data: string | undefined): Promise<readonly Normalizer[]> {
  const textRecipe = data === undefined ? undefined : await recipeIn(data);
  return [...(textRecipe ? normalizersOf(textRecipe) : []), ...normalizersOf(recipe)];
}

/**
 * Returns the recipe of a run's cleaned texts; undefined if none was cleaned.
 * @throws HomegrownError `bad-file` if the folder no longer has it
 */
export async function recipeOfRun(folder: string, { texts }: DataFacts): Promise<Recipe | undefined> {
  const hashes = new Set(texts.flatMap(({ cleaned }) => cleaned?.recipe ?? []));
  const [hash] = hashes;
  if (hash === undefined) return undefined;
  if (hashes.size > 1)
    throw badFile(
      `The run in ${folder} used ${hashes.size} cleaning recipes, but a folder has only one`,
      'Continue the run in its app, or start a new run.',
    );
  const recipe = await recipeIn(folder);
  if (recipe && (await recipeHash(recipe)) === hash) return recipe;
  throw badFile(
    `The run in ${folder} used a cleaning recipe, but ${RECIPE_FILE} there is missing or another recipe`,
    'Restore the file that was saved with the run, or start a new run. The app omits the file if you cleaned the text again later; continue such a run in the app.',
  );
}
