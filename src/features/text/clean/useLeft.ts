import { useMemo, useState } from 'react';
import { haveSameRules, recipeSchema, type Recipe } from '../../../core/documents/clean/recipe';
import type { TextRecord } from '../../../core/documents/record';
import { useStudio } from '../../../state/react';
import type { Workers } from '../../../state/slices/studio';
import { useQuery } from '../../../state/useWorkerValue';
import type { Left } from './LeftOutList';
import type { Looked } from './usePreviewed';

const MORE = 200;

interface LeftDocuments {
  left: readonly Left[];
  of: number;
  /** Whether these are all documents that cleaning excluded, or those of the sample that it would exclude. */
  isAll: boolean;
  /** Documents kept, or no longer kept, since the texts were cleaned; the next cleaning applies the changes. */
  changed: readonly string[];
  more: (() => void) | undefined;
}
interface Stored {
  /** Recipe by which the texts were cleaned; several texts have the same rules. */
  recipe: Recipe;
  keptBefore: ReadonlySet<string>;
  left: readonly Left[];
  of: number;
}

/** Documents excluded by the texts' recipe, up to `count`; undefined if recipes differ, or if a text isn't cleaned. */
async function storedOf(
  data: Workers['data'],
  texts: readonly TextRecord[],
  count: number,
): Promise<Stored | undefined> {
  let found: Stored | undefined;
  for (const { id, cleaned } of texts) {
    if (!cleaned) return undefined;
    const left = Math.max(0, count - (found?.left.length ?? 0));
    const { rows, of, recipe } = await data.call('leftByRecipe', { id, from: 0, count: left });
    const own = recipeSchema.safeParse(recipe).data;
    if (!own || (found && !haveSameRules(own, found.recipe))) return undefined;
    found = {
      recipe: own,
      keptBefore: new Set([...(found?.keptBefore ?? []), ...own.kept]),
      left: [...(found?.left ?? []), ...rows.map((row) => ({ ...row, text: id }))],
      of: of + (found?.of ?? 0),
    };
  }
  return found;
}

/**
 * Excluded documents, loaded as far as shown. If the rules changed since the texts were cleaned, the documents of the
 * sample that the rules would exclude.
 */
export function useLeft({ of: looked, previewed }: Looked, recipe: Recipe): LeftDocuments {
  const texts = useStudio((s) => s.texts);
  const [count, setCount] = useState(MORE);
  const { latest, failure } = useQuery(`left out ${count}`, ({ data }) => storedOf(data, texts, count), texts);
  const stored = failure ? undefined : latest;
  const sampled = useMemo((): readonly Left[] => {
    const on = (looked?.steps ?? []).filter(({ isOn }) => isOn);
    const out = previewed?.out ?? [];
    return out.map(({ step, ...one }) => ({ ...one, rule: step === null ? null : (on[step]?.rule ?? null) }));
  }, [looked, previewed]);
  const isAll = useMemo(() => stored !== undefined && haveSameRules(stored.recipe, recipe), [stored, recipe]);
  const { left, of } = isAll ? stored! : { left: sampled.slice(0, count), of: sampled.length };
  const changed = useMemo(() => {
    if (!isAll) return [];
    const kept = new Set(recipe.kept);
    return [
      ...recipe.kept.filter((each) => !stored!.keptBefore.has(each)),
      ...[...stored!.keptBefore].filter((each) => !kept.has(each)),
    ];
  }, [isAll, stored, recipe]);
  return { left, of, isAll, changed, more: left.length < of ? () => setCount(count + MORE) : undefined };
}
