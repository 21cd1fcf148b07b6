/** Cleans texts by recipes, and previews them. */
import type { BlobStore } from '../core/base/blobStore';
import { type Job, unwatched } from '../core/base/job';
import { textOf, type TextRecord } from '../core/documents';
import { applyRecipe as applyTo } from '../core/documents/clean/applyRecipe';
import { cleanedRecordOf, leftOutOf } from '../core/documents/clean/cleaned';
import { type Look, Preview, type Previewed } from '../core/documents/clean/preview';
import type { Recipe } from '../core/documents/clean/recipe';
import { sampleOf } from '../core/documents/clean/sample';
import type { LeftOut } from '../core/documents/clean/record';
import { beginCleaners } from './cleaners';

/** Uses every core for a long text. @throws HomegrownError as core's function does */
export const applyRecipe = (
  store: BlobStore,
  id: string,
  recipe: Recipe,
  at: { at: number },
  job: Job,
): Promise<TextRecord> => applyTo(store, id, recipe, at, job, beginCleaners);

type Reader = (
  store: BlobStore,
  request: { ids: readonly string[]; recipe: Recipe; look: Look },
  job: Job,
) => Promise<Previewed>;

/** Keeps the newest sample, and the result of each step of the recipe. */
export function recipePreview(): Reader {
  let cached: { of: string; preview: Promise<Preview> } | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  return (store, { ids, recipe, look }, job) => {
    const key = ids.join();
    if (cached?.of !== key) {
      // The first caller may stop while the next one waits for the same sample.
      const sample = async (): Promise<Preview> => {
        const texts = await Promise.all(ids.map((id) => textOf(store, id)));
        return new Preview(await sampleOf(store, texts, unwatched));
      };
      const entry = { of: key, preview: sample() };
      cached = entry;
      entry.preview.catch(() => cached === entry && (cached = undefined));
    }
    const { preview } = cached;
    const result = turn.then(async () => {
      job.signal.throwIfAborted();
      return (await preview).of(recipe, look, job);
    });
    turn = result.catch(() => undefined);
    return result;
  };
}

/** Returns documents that a text's recipe removed, `count` from the `from`th, and the recipe; none without a recipe. */
export async function leftByRecipe(
  store: BlobStore,
  { id, from, count }: { id: string; from: number; count: number },
): Promise<{ rows: readonly LeftOut[]; of: number; recipe: object | null }> {
  const { cleaned, name } = await textOf(store, id);
  if (!cleaned) return { rows: [], of: 0, recipe: null };
  const record = await cleanedRecordOf(store, cleaned.id, name);
  const rows: LeftOut[] = [];
  let index = 0;
  for await (const row of leftOutOf(store, record)) {
    if (index >= from + count) break;
    if (index++ >= from) rows.push(row);
  }
  return { rows, of: record.left, recipe: record.recipe };
}
