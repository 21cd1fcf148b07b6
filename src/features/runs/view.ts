/** View of a run for this stage: settings, scores, evaluation text and origin. */
import { headlineOf, type ObjectiveId } from '../../core/objectives';
import { bitsPerByteOf } from '../../core/runs/bitsPerByte';
import type { Made } from '../../core/runs/compare';
import type { RunRow } from '../../protocol/data';
import { textNames } from '../../core/runs/facts';
import type { RunCurve } from '../../core/runs/curve';
import type { Kin } from '../../core/runs/lineage';
import {
  dataOf,
  isMeasuredAlike,
  isRecipeKnown,
  recipeOf,
  type SegmentData,
  type Segments,
  tokensAt as tokensTrained,
} from '../../core/runs/segments';
import { formatCount } from '../../core/base/units';
import { deviceKindOf, type Energy, energyOf, type Power } from '../../core/train/energy';
import { KIND_WORDS } from '../../state/preparation';

/** A run as this stage shows it; losses are in nats. */
export interface RunView extends Kin {
  row: RunRow;
  name: string;
  hue: number;
  made: Made;
  objective: ObjectiveId;
  segments: Segments;
  /** Number of steps of the whole plan. */
  planned: number;
  /** Best evaluation on the current data. */
  best: { step: number; loss: number } | null;
  /** Bits per byte at the best step; undefined if not measured. */
  bits: number | undefined;
  /** Key of the evaluation data; runs with equal keys are comparable. Null if unknown. */
  heldOut: string | null;
}

/** Returns the cached view of a row. */
export function viewOf(row: RunRow): RunView {
  let view = views.get(row);
  if (!view) views.set(row, (view = createView(row)));
  return view;
}
const views = new WeakMap<RunRow, RunView>();

function createView(row: RunRow): RunView {
  const { record, curve } = row;
  const { segments, model, tokenizer } = record;
  const recipe = recipeOf(record);
  const { facts } = dataOf(record);
  const best = lowestEvaluation(curve?.evaluations, isMeasuredAlike(record, row.step));
  const text = facts && { key: heldOutKey(facts), words: textNames(facts) };
  const view = { segments, objective: record.objective };
  return {
    row,
    id: record.id,
    name: record.name,
    hue: record.hue,
    createdAt: record.createdAt,
    step: row.step,
    ...(record.parent && { parent: record.parent }),
    ...(record.origin && { origin: record.origin }),
    ...view,
    made: {
      model,
      tokenizer: {
        key: `${tokenizer.kind} ${model.vocabulary}`,
        words: `${KIND_WORDS[tokenizer.kind]} ${formatCount(model.vocabulary)}`,
      },
      recipe: isRecipeKnown({ ...record, step: row.step }) ? recipe : null,
      data: text,
    },
    planned: recipe.steps,
    best,
    bits: best ? bitsPerByteOf(view, best.loss, best.step) : undefined,
    heldOut: text?.key ?? null,
  };
}

function lowestEvaluation(
  evaluations: RunCurve['evaluations'] | undefined,
  isComparable: (measured: { step: number }) => boolean,
): RunView['best'] {
  let best: RunView['best'] = null;
  for (let i = 0; i < (evaluations?.step.length ?? 0); i++) {
    const [step, loss] = [evaluations!.step[i]!, evaluations!.loss[i]!];
    if (!(best && best.loss <= loss) && isComparable({ step })) best = { step, loss };
  }
  return best;
}

/** Training time in milliseconds, including that of the run's ancestors; undefined if unknown. */
export const timeOf = ({ row: { curve } }: Pick<RunView, 'row'>): number | undefined =>
  curve ? Math.max(0, curve.training.ms.at(-1) ?? 0, curve.evaluations.ms.at(-1) ?? 0) : undefined;

/** Energy estimate from the training time and the kind of device. */
export function energyOfRun(view: Pick<RunView, 'row'>, power: Power): Energy | undefined {
  const ms = timeOf(view);
  const { device } = view.row.record;
  return ms === undefined || device === null ? undefined : energyOf(ms / 1000, deviceKindOf(device), power);
}

const heldOutKey = ({ textHash, split, parts: { validation } }: NonNullable<SegmentData['facts']>) =>
  JSON.stringify([textHash, split.rule, split.seed, validation.bytes]);

/** Number of tokens trained on by a step. */
export const tokensAt = ({ segments, made: { model } }: Pick<RunView, 'segments' | 'made'>, step: number): number =>
  tokensTrained(segments, model.config.context, step);

/** Runs comparable with `other` in bits per byte: measured on the same held-out set. */
export const comparable = (views: readonly RunView[], other: Pick<RunView, 'heldOut'>): readonly RunView[] =>
  views.filter(({ heldOut, bits }) => heldOut === other.heldOut && bits !== undefined);

/** Run with the fewest bits per byte; undefined if none has a score. */
export const bestOf = (views: readonly RunView[]): RunView | undefined =>
  views.reduce<RunView | undefined>(
    (best, view) => (view.bits !== undefined && !((best?.bits ?? Infinity) <= view.bits) ? view : best),
    undefined,
  );

/** Baseline: the run chosen by the user, else the oldest. `views` are newest first. */
export const baselineOf = (views: readonly RunView[], chosen: string | null): RunView | undefined =>
  views.find(({ id }) => id === chosen) ?? views.at(-1);

/** Value of the headline metric of the run's own objective, such as perplexity. */
export const headlineValue = ({ objective, best }: RunView): number | undefined =>
  best ? headlineOf(objective).scale.of(best.loss) : undefined;

/** Three decimals, as runs differ in the third significant digit. */
export const formatBits = (bits: number): string => bits.toFixed(3);
