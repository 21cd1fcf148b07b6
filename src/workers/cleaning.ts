/** Texts and their recipes. */
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

/** On every core, where the text is so long that it pays. @throws HomegrownError as core's does */
export const applyRecipe = (
  store: BlobStore,
  id: string,
  recipe: Recipe,
  at: { at: number },
  job: Job,
): Promise<TextRecord> => applyTo(store, id, recipe, at, job, beginCleaners);

type Reader = (
  store: BlobStore,
  wanted: { ids: readonly string[]; recipe: Recipe; look: Look },
  job: Job,
) => Promise<Previewed>;

/** Keeps the sample that was looked at last, and what each step of the recipe left of it. */
export function recipePreview(): Reader {
  let kept: { of: string; preview: Promise<Preview> } | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  return (store, { ids, recipe, look }, job) => {
    const of = ids.join();
    if (kept?.of !== of) {
      // Who asked for it first may stop; the next one waits for the same.
      const sample = async (): Promise<Preview> => {
        const texts = await Promise.all(ids.map((id) => textOf(store, id)));
        return new Preview(await sampleOf(store, texts, unwatched));
      };
      const own = { of, preview: sample() };
      kept = own;
      own.preview.catch(() => kept === own && (kept = undefined));
    }
    const { preview } = kept;
    const told = turn.then(async () => {
      job.signal.throwIfAborted();
      return (await preview).of(recipe, look, job);
    });
    turn = told.catch(() => undefined);
    return told;
  };
}

/** Documents that a text's recipe left out, and that recipe: `count` from the `from`th; none of a text without one. */
export async function leftByRecipe(
  store: BlobStore,
  { id, from, count }: { id: string; from: number; count: number },
): Promise<{ rows: readonly LeftOut[]; of: number; recipe: object | null }> {
  const { cleaned, name } = await textOf(store, id);
  if (!cleaned) return { rows: [], of: 0, recipe: null };
  const record = await cleanedRecordOf(store, cleaned.id, name);
  const rows: LeftOut[] = [];
  let at = 0;
  for await (const row of leftOutOf(store, record)) {
    if (at >= from + count) break;
    if (at++ >= from) rows.push(row);
  }
  return { rows, of: record.left, recipe: record.recipe };
}
