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
  of: number | undefined;
}

/** Takes every rule that one tab changed, moved, added or removed; `mine` if both changed the same setting. */
export function mergeCleaning(base: Stored, mine: Stored, theirs: Stored): Stored {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || same(mine, theirs)) return mine;
  const [before, own, other] = [base, mine, theirs].map((recipe) => recipeSchema.safeParse(recipe).data);
  if (!before || !own || !other) return mine;
  return {
    ...mergeFields(before, own, other),
    steps: mergeSteps(before.steps, own.steps, other.steps),
    kept: mergeSets(before.kept, own.kept, other.kept),
  };
}

function mergeSteps(base: readonly Step[], mine: readonly Step[], theirs: readonly Step[]): readonly Step[] {
  const [own, other] = [align(base, mine), align(base, theirs)];
  const isOwnOrder = own.some(({ of }, i) => of !== undefined && own.slice(0, i).some((one) => (one.of ?? -1) > of));
  const [first, second] = isOwnOrder ? [own, other] : [other, own];
  const merged: Aligned[] = [];
  for (const each of first) {
    const twin = each.of === undefined ? undefined : second.find(({ of }) => of === each.of);
    if (each.of !== undefined && !twin) {
      // The other tab removed the step; keeps it only if this tab changed it.
      if (first === own && !same(each.step, base[each.of])) merged.push(each);
      continue;
    }
    if (!twin) merged.push(each);
    else {
      const [ownStep, otherStep] = first === own ? [each.step, twin.step] : [twin.step, each.step];
      merged.push({ of: each.of, step: mergeStep(base[each.of!]!, ownStep, otherStep) });
    }
  }
  for (const [i, each] of second.entries()) {
    if (each.of !== undefined) {
      const isKept = second === own && !same(each.step, base[each.of]);
      if (first.some(({ of }) => of === each.of) || !isKept) continue;
    } else if (merged.some(({ of, step }) => of === undefined && same(step, each.step))) continue;
    merged.splice(placeAfter(second.slice(0, i), merged), 0, each);
  }
  return merged.map(({ step }) => step);
}

/** Index after the nearest preceding step that is in the merged list. */
function placeAfter(before: readonly Aligned[], merged: readonly Aligned[]): number {
  for (const { of, step } of before.toReversed()) {
    const at = merged.findIndex((each) =>
      of === undefined ? each.of === undefined && same(each.step, step) : each.of === of,
    );
    if (at >= 0) return at + 1;
  }
  return 0;
}

const mergeStep = (base: Step, mine: Step, theirs: Step): Step => ({
  ...mergeFields(base, mine, theirs),
  settings: mergeFields(base.settings, mine.settings, theirs.settings),
});

/** Matches equal steps first, then steps of the same rule in their order. */
function align(base: readonly Step[], steps: readonly Step[]): readonly Aligned[] {
  const free = new Set(base.keys());
  const take = (isAlike: (step: Step) => boolean): number | undefined => {
    const at = [...free].find((i) => isAlike(base[i]!));
    if (at !== undefined) free.delete(at);
    return at;
  };
  const equal = steps.map((step) => take((other) => same(step, other)));
  return steps.map((step, i) => ({ step, of: equal[i] ?? take(({ rule }) => rule === step.rule) }));
}

/** Fills in the default recipe that the page shows for a project without one, once another tab has stored a recipe. */
export async function withShownRecipe<P extends { cleaning: Stored }>(project: P, theirs: P): Promise<P> {
  if (project.cleaning !== null || theirs.cleaning === null) return project;
  const { recommendedRecipe } = await import('../documents/clean/recipe');
  return { ...project, cleaning: { ...recommendedRecipe() } };
}
