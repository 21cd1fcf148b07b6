/** Merges two tabs' changes of a cleaning recipe, rule by rule. Reads recipes as JSON, without loading the rules. */
import { z } from '../base/zod';
import { mergeFields, mergeSets, same } from './mergeFields';

const stepSchema = z.looseObject({ rule: z.string(), settings: z.record(z.string(), z.unknown()) });
const recipeSchema = z.looseObject({ steps: z.array(stepSchema), kept: z.array(z.string()) });
type Step = z.infer<typeof stepSchema>;
type Stored = Readonly<Record<string, unknown>> | null;

/** A step of one tab, and the index of its base step; undefined for an added step. */
interface Aligned {
  step: Step;
  baseIndex: number | undefined;
}

/** Takes every rule that one tab changed, moved, added or removed; `mine` if both changed the same setting. */
export function mergeCleaning(base: Stored, mine: Stored, theirs: Stored): Stored {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || same(mine, theirs)) return mine;
  const [baseRecipe, mineRecipe, theirRecipe] = [base, mine, theirs].map(
    (recipe) => recipeSchema.safeParse(recipe).data,
  );
  if (!baseRecipe || !mineRecipe || !theirRecipe) return mine;
  return {
    ...mergeFields(baseRecipe, mineRecipe, theirRecipe),
    steps: mergeSteps(baseRecipe.steps, mineRecipe.steps, theirRecipe.steps),
    kept: mergeSets(baseRecipe.kept, mineRecipe.kept, theirRecipe.kept),
  };
}

function mergeSteps(base: readonly Step[], mine: readonly Step[], theirs: readonly Step[]): readonly Step[] {
  const [mineAligned, theirsAligned] = [align(base, mine), align(base, theirs)];
  const isMineReordered = mineAligned.some(
    ({ baseIndex }, i) =>
      baseIndex !== undefined && mineAligned.slice(0, i).some((earlier) => (earlier.baseIndex ?? -1) > baseIndex),
  );
  const [primary, secondary] = isMineReordered ? [mineAligned, theirsAligned] : [theirsAligned, mineAligned];
  const merged: Aligned[] = [];
  for (const aligned of primary) {
    const match =
      aligned.baseIndex === undefined ? undefined : secondary.find(({ baseIndex }) => baseIndex === aligned.baseIndex);
    if (aligned.baseIndex !== undefined && !match) {
      // The other tab removed the step; keeps it only if this tab changed it.
      if (primary === mineAligned && !same(aligned.step, base[aligned.baseIndex])) merged.push(aligned);
      continue;
    }
    if (!match) merged.push(aligned);
    else {
      const [mineStep, theirStep] = primary === mineAligned ? [aligned.step, match.step] : [match.step, aligned.step];
      merged.push({ baseIndex: aligned.baseIndex, step: mergeStep(base[aligned.baseIndex!]!, mineStep, theirStep) });
    }
  }
  for (const [i, aligned] of secondary.entries()) {
    if (aligned.baseIndex !== undefined) {
      const isKept = secondary === mineAligned && !same(aligned.step, base[aligned.baseIndex]);
      if (primary.some(({ baseIndex }) => baseIndex === aligned.baseIndex) || !isKept) continue;
    } else if (merged.some(({ baseIndex, step }) => baseIndex === undefined && same(step, aligned.step))) continue;
    merged.splice(placeAfter(secondary.slice(0, i), merged), 0, aligned);
  }
  return merged.map(({ step }) => step);
}

/** Index after the nearest preceding step that is in the merged list. */
function placeAfter(before: readonly Aligned[], merged: readonly Aligned[]): number {
  for (const { baseIndex, step } of before.toReversed()) {
    const index = merged.findIndex((aligned) =>
      baseIndex === undefined
        ? aligned.baseIndex === undefined && same(aligned.step, step)
        : aligned.baseIndex === baseIndex,
    );
    if (index >= 0) return index + 1;
  }
  return 0;
}

const mergeStep = (base: Step, mine: Step, theirs: Step): Step => ({
  ...mergeFields(base, mine, theirs),
  settings: mergeFields(base.settings, mine.settings, theirs.settings),
});

/** Matches equal steps first, then steps of the same rule in their order. */
function align(base: readonly Step[], steps: readonly Step[]): readonly Aligned[] {
  const unmatched = new Set(base.keys());
  const takeFirst = (isAlike: (step: Step) => boolean): number | undefined => {
    const index = [...unmatched].find((i) => isAlike(base[i]!));
    if (index !== undefined) unmatched.delete(index);
    return index;
  };
  const equal = steps.map((step) => takeFirst((other) => same(step, other)));
  return steps.map((step, i) => ({ step, baseIndex: equal[i] ?? takeFirst(({ rule }) => rule === step.rule) }));
}

/** Fills in the default recipe that the page shows for a project without one, once another tab has stored a recipe. */
export async function withShownRecipe<P extends { cleaning: Stored }>(project: P, theirs: P): Promise<P> {
  if (project.cleaning !== null || theirs.cleaning === null) return project;
  const { recommendedRecipe } = await import('../documents/clean/recipe');
  return { ...project, cleaning: { ...recommendedRecipe() } };
}
