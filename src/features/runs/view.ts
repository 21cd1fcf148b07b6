/** A run as this stage shows it: what it was made with, how good it is on which text, and where it is from. */
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

/** Losses are in nats. */
export interface RunView extends Kin {
  row: RunRow;
  name: string;
  hue: number;
  made: Made;
  objective: ObjectiveId;
  segments: Segments;
  /** Of the whole plan. */
  planned: number;
  /** The best evaluation on what it learns from now. */
  best: { step: number; loss: number } | null;
  /** At its best; undefined where it was not measured. */
  bits: number | undefined;
  /** What runs must have been measured on to be compared; null where it is not known. */
  heldOut: string | null;
}

/** Made once for a row. */
export function viewOf(row: RunRow): RunView {
  let view = views.get(row);
  if (!view) views.set(row, (view = made(row)));
  return view;
}
const views = new WeakMap<RunRow, RunView>();

function made(row: RunRow): RunView {
  const { record, curve } = row;
  const { segments, model, tokenizer } = record;
  const recipe = recipeOf(record);
  const { facts } = dataOf(record);
  const best = lowestOf(curve?.evaluations, isMeasuredAlike(record, row.step));
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

function lowestOf(
  evaluations: RunCurve['evaluations'] | undefined,
  isAlike: (measured: { step: number }) => boolean,
): RunView['best'] {
  let best: RunView['best'] = null;
  for (let i = 0; i < (evaluations?.step.length ?? 0); i++) {
    const [step, loss] = [evaluations!.step[i]!, evaluations!.loss[i]!];
    if (!(best && best.loss <= loss) && isAlike({ step })) best = { step, loss };
  }
  return best;
}

/** Milliseconds that it was trained, those of what it was forked from among them; undefined where that is not known. */
export const timeOf = ({ row: { curve } }: Pick<RunView, 'row'>): number | undefined =>
  curve ? Math.max(0, curve.training.ms.at(-1) ?? 0, curve.evaluations.ms.at(-1) ?? 0) : undefined;

/** An estimate from the time and the kind of device. */
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

/** Runs comparable with this one in bits per byte: measured on the same held-out set. */
export const comparable = (views: readonly RunView[], as: Pick<RunView, 'heldOut'>): readonly RunView[] =>
  views.filter(({ heldOut, bits }) => heldOut === as.heldOut && bits !== undefined);

export const bestOf = (views: readonly RunView[]): RunView | undefined =>
  views.reduce<RunView | undefined>(
    (a, b) => (b.bits !== undefined && !((a?.bits ?? Infinity) <= b.bits) ? b : a),
    undefined,
  );

/** What the others are held against: the one that a person chose, else the first that was made. `views` are newest first. */
export const baselineOf = (views: readonly RunView[], chosen: string | null): RunView | undefined =>
  views.find(({ id }) => id === chosen) ?? views.at(-1);

/** `perplexity`, of the run's own objective. */
export const headlineValue = ({ objective, best }: RunView): number | undefined =>
  best ? headlineOf(objective).scale.of(best.loss) : undefined;

/** Four digits, as runs differ in the third. */
export const formatBits = (bits: number): string => bits.toFixed(3);
