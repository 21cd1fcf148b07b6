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
  /** All that cleaning left out; else of the sample what it would. */
  isAll: boolean;
  /** Which were kept, or are no longer, since the texts were cleaned: cleaning again heeds it. */
  changed: readonly string[];
  more: (() => void) | undefined;
}
interface Stored {
  /** By which the texts were cleaned; of several the same rules. */
  recipe: Recipe;
  keptBefore: ReadonlySet<string>;
  left: readonly Left[];
  of: number;
}

/** What the texts' recipe left out, up to `count` documents; undefined if their recipes differ, or one text isn't cleaned. */
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
 * What cleaning left out, as far as it is shown, while the rules are those that the texts were cleaned by; else what they would
 * leave out of the sample.
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
