import { useMemo, useState } from 'react';
import { haveSameRules, recipeSchema, type Recipe } from '../../../core/documents/clean/recipe';
import type { TextRecord } from '../../../core/documents/record';
import { useStudio } from '../../../state/react';
import type { Workers } from '../../../state/slices/studio';
import { useQuery } from '../../../state/useWorkerValue';
import type { LeftOutDocument } from './LeftOutList';
import type { Looked } from './usePreviewed';

/** Number of documents that are loaded at a time. */
const PAGE = 200;

interface LeftDocuments {
  left: readonly LeftOutDocument[];
  /** Number of all excluded documents. */
  of: number;
  /** Whether these are all documents that cleaning excluded, or those of the sample that it would exclude. */
  isAll: boolean;
  /** Documents kept, or no longer kept, since the texts were cleaned; the next cleaning applies the changes. */
  changed: readonly string[];
  more: (() => void) | undefined;
}
/** Documents that the texts' own recipe excluded. */
interface Stored {
  /** Recipe by which the texts were cleaned; several texts have the same rules. */
  recipe: Recipe;
  keptBefore: ReadonlySet<string>;
  left: readonly LeftOutDocument[];
  of: number;
}

/** Documents excluded by the texts' recipe, up to `count`; undefined if recipes differ, or if a text isn't cleaned. */
async function storedOf(
  data: Workers['data'],
  texts: readonly TextRecord[],
  count: number,
): Promise<Stored | undefined> {
  let stored: Stored | undefined;
  for (const { id, cleaned } of texts) {
    if (!cleaned) return undefined;
    const remaining = Math.max(0, count - (stored?.left.length ?? 0));
    const { rows, of, recipe } = await data.call('leftByRecipe', { id, from: 0, count: remaining });
    const parsed = recipeSchema.safeParse(recipe).data;
    if (!parsed || (stored && !haveSameRules(parsed, stored.recipe))) return undefined;
    stored = {
      recipe: parsed,
      keptBefore: new Set([...(stored?.keptBefore ?? []), ...parsed.kept]),
      left: [...(stored?.left ?? []), ...rows.map((row) => ({ ...row, text: id }))],
      of: of + (stored?.of ?? 0),
    };
  }
  return stored;
}

/**
 * Excluded documents, loaded as far as shown. If the rules changed since the texts were cleaned, the documents of the
 * sample that the rules would exclude.
 */
export function useLeft({ of: previewedRecipe, previewed }: Looked, recipe: Recipe): LeftDocuments {
  const texts = useStudio((s) => s.texts);
  const [count, setCount] = useState(PAGE);
  const { latest, failure } = useQuery(`left out ${count}`, ({ data }) => storedOf(data, texts, count), texts);
  const stored = failure ? undefined : latest;
  const sampled = useMemo((): readonly LeftOutDocument[] => {
    const stepsOn = (previewedRecipe?.steps ?? []).filter(({ isOn }) => isOn);
    return (previewed?.out ?? []).map(({ step, ...document }) => ({
      ...document,
      rule: step === null ? null : (stepsOn[step]?.rule ?? null),
    }));
  }, [previewedRecipe, previewed]);
  const isAll = useMemo(() => stored !== undefined && haveSameRules(stored.recipe, recipe), [stored, recipe]);
  const { left, of } = isAll ? stored! : { left: sampled.slice(0, count), of: sampled.length };
  const changed = useMemo(() => {
    if (!isAll) return [];
    const kept = new Set(recipe.kept);
    return [
      ...recipe.kept.filter((sha256) => !stored!.keptBefore.has(sha256)),
      ...[...stored!.keptBefore].filter((sha256) => !kept.has(sha256)),
    ];
  }, [isAll, stored, recipe]);
  return { left, of, isAll, changed, more: left.length < of ? () => setCount(count + PAGE) : undefined };
}
