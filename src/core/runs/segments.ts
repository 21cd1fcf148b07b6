/** Segments of a run, each with its own data and settings. Evaluations of different segments aren't comparable. */
import { isChosen } from '../documents/split';
import { fieldsOf, type Recipe, type RecipeField, tokensPerStep } from '../train/recipe';
import type { DataFacts } from './settings';

export interface Segment {
  /** Step before the segment's first; 0 for the first segment, which also has the evaluation at step 0. */
  after: number;
  recipe: Recipe;
  data: SegmentData;
  /** Reason for the new segment; absent in the first segment, or if unknown. */
  why?: 'data' | 'recipe' | 'both';
}

/** `id`: key of the token ids, under `data/<id>`; null for a model imported without data. `facts`: null if unknown. */
export interface SegmentData {
  id: string | null;
  facts: DataFacts | null;
}

export type Segments = readonly [Segment, ...Segment[]];
/** A run, or a summary of one. */
export interface Segmented {
  readonly segments: readonly Pick<Segment, 'after'>[];
}

/** Recipe of the newest segment. */
export const recipeOf = ({ segments }: { segments: readonly { recipe: Recipe }[] }): Recipe => segments.at(-1)!.recipe;
/** Data of the newest segment. */
export const dataOf = <D>({ segments }: { segments: readonly { data: D }[] }): D => segments.at(-1)!.data;

/** False for a model imported without its recipe, until it is trained here. @param run its newest step */
export const isRecipeKnown = (run: {
  origin?: unknown;
  parent?: { how: string };
  segments: readonly unknown[];
  step: number;
}): boolean => run.origin === undefined || run.parent?.how === 'fine-tune' || run.segments.length > 1 || run.step > 0;

/** Index of the segment that a step belongs to. */
export const segmentAt = (segments: readonly Pick<Segment, 'after'>[], step: number): number =>
  Math.max(
    0,
    segments.findLastIndex(({ after }) => after < step),
  );

/** Tokens that a run was trained on up to a step, in windows of `context` tokens. */
export const tokensAt = (
  segments: readonly Pick<Segment, 'after' | 'recipe'>[],
  context: number,
  step: number,
): number =>
  segments.reduce((sum, { after, recipe }, i) => {
    const lastStep = Math.min(step, segments[i + 1]?.after ?? Infinity);
    return sum + Math.max(0, lastStep - after) * tokensPerStep(recipe, context);
  }, 0);

/** Returns whether a value was measured in the same segment as a step, and so is comparable with it. */
export function isMeasuredAlike(
  { segments }: Segmented,
  step: number,
): (measured: { readonly step: number }) => boolean {
  const index = segmentAt(segments, step);
  return (measured) => segmentAt(segments, measured.step) === index;
}

/** Newest evaluation up to a step, in that step's segment. */
export const measuredAt = <E extends { readonly step: number }>(
  record: Segmented,
  evaluations: readonly E[],
  step: number,
): E | undefined => evaluations.filter(isMeasuredAlike(record, step)).findLast((evaluation) => evaluation.step <= step);

/**
 * Segments of a run that resumes from a saved step with possibly changed data or settings. If they changed, earlier
 * steps keep their own segment.
 */
export function continued(segments: Segments, step: number, next: Pick<Segment, 'recipe' | 'data'>): Segments {
  const earlier = segments.filter(({ after }) => after < step);
  const last = earlier.at(-1);
  if (!last) return [{ after: 0, ...next }];
  const why = changed(last, next);
  if (why === undefined) return [...earlier.slice(0, -1), { ...last, ...next }] as unknown as Segments;
  return [...earlier, { after: step, ...next, why }] as unknown as Segments;
}

/** Settings that may change without making evaluations incomparable: the number of steps, and what is recorded. */
const COMPARABLE_FIELDS: readonly RecipeField[] = [
  ...(['steps', 'saveEvery', 'evalEvery', 'evalEarly', 'samplePrompt', 'recompute'] as const),
  ...(['patience', 'minDelta'] as const),
];

/** Reason for a new segment; undefined if the segment continues. */
export function changed(
  before: Pick<Segment, 'recipe' | 'data'>,
  next: Pick<Segment, 'recipe' | 'data'>,
): Segment['why'] {
  const isRecipeChanged = changedFields(before.recipe, next.recipe).length > 0;
  const isDataChanged = !isSameData(before.data.facts, next.data.facts);
  return isRecipeChanged && isDataChanged ? 'both' : isRecipeChanged ? 'recipe' : isDataChanged ? 'data' : undefined;
}

/** Changed settings that make a new segment. */
export const changedFields = (before: Recipe, next: Recipe): readonly RecipeField[] =>
  (Object.keys(fieldsOf(next)) as RecipeField[]).filter(
    (name) => before[name] !== next[name] && !COMPARABLE_FIELDS.includes(name),
  );

/** Whether both have the same texts, split into the same parts. */
export const isSameData = (a: DataFacts | null, b: DataFacts | null): boolean =>
  a === b || (a !== null && b !== null && dataKey(a) === dataKey(b));

const dataKey = ({ texts, textHash, split, parts }: DataFacts): string =>
  JSON.stringify([
    textHash,
    // With a single text, `end` and `ends` are the same split.
    texts.length < 2 && split.rule === 'end' ? 'ends' : split.rule,
    isChosen(split) ? split.seed : 0,
    ...[parts.train, parts.validation, parts.test].map((part) => part && [part.tokens, part.bytes]),
  ]);
