import { useEffect, useMemo, useState } from 'react';
import { useStudio } from '../../../state/react';
import type { Left } from './LeftOutList';
import type { Looked } from './usePreviewed';

const MORE = 200;

/** Of the sample what the recipe would leave out; where it is applied, all that it left out, as far as it is shown. */
export function useLeft(
  { of: recipe, previewed }: Looked,
  isApplied: boolean,
): { left: readonly Left[]; of: number; more: (() => void) | undefined } {
  const texts = useStudio((s) => s.texts);
  const read = useStudio((s) => s.leftByRecipe);
  const [count, setCount] = useState(MORE);
  const [stored, setStored] = useState<{ left: readonly Left[]; of: number }>();
  useEffect(() => {
    let isWanted = true;
    const all = async (): Promise<void> => {
      const left: Left[] = [];
      let of = 0;
      for (const { id } of isApplied ? texts : []) {
        const own = await read(id, 0, Math.max(0, count - left.length));
        of += own.of;
        left.push(...own.rows.map((row) => ({ ...row, text: id })));
      }
      if (isWanted) setStored(isApplied ? { left, of } : undefined);
    };
    all().catch(() => isWanted && setStored(undefined));
    return () => {
      isWanted = false;
    };
  }, [isApplied, texts, read, count]);
  const sampled = useMemo((): readonly Left[] => {
    const on = (recipe?.steps ?? []).filter(({ isOn }) => isOn);
    const out = previewed?.out ?? [];
    return out.map(({ step, ...one }) => ({ ...one, rule: step === null ? null : (on[step]?.rule ?? null) }));
  }, [recipe, previewed]);
  const { left, of } = stored ?? { left: sampled.slice(0, count), of: sampled.length };
  return { left, of, more: left.length < of ? () => setCount(count + MORE) : undefined };
}
