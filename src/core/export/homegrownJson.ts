import { badFile } from '../base/errors';
import { listOf, MOST_SEGMENTS } from '../base/limits';
import { moment } from '../base/moment';
import { formatCount } from '../base/units';
import { normalizersSchema } from '../base/normalizerSchema';
import { z } from '../base/zod';
import { type TrainState, trainStateSchema } from '../checkpoint/snapshot';
import { type Evaluated, estimatesOfMean } from '../metrics';
import { metricsOf, type ObjectiveId, objectiveOf } from '../objectives';
import { bestNotKept } from '../runs/best';
import { cardSchema } from '../runs/card';
import { HOW } from '../runs/lineage';
import { looksSchema } from '../runs/looks';
import type { RunRecord } from '../runs/record';
import { dataOf, isMeasuredAlike, recipeOf, type Segment, segmentAt, type Segments } from '../runs/segments';
import {
  type DataFacts,
  dataFactsSchema,
  decisionSchema,
  modelSchema,
  originSchema,
  recipeSchema,
  rolesSchema,
  toldDocumentsSchema,
  type ToldTokenizer,
  toldTemplate,
  beganSchema,
  mixedSchema,
  trainableSchema,
} from '../runs/settings';
import { askedSchema, type ToldAsked } from '../runs/toldAsked';
import { type ToldEvaluation, toldEvaluationsSchema } from '../runs/toldEvaluations';
import { SPLIT_NAMES } from '../tokenizer/splits';
import { LONGEST_TEMPLATE, TOKENIZER_KINDS, type TokenizerModel } from '../tokenizer/tokenizer';
import type { Recipe } from '../train/recipe';
import type { TrainEvent } from '../train/run';
import type { FormatSettings } from './format';
import { parse } from './parse';
import { upgradeInfo } from './upgradeInfo';

/** `homegrown.json`: all that a run is besides tensors and tokenizer. The model card is written from it alone. */
export type RunInfo = z.infer<typeof runInfoSchema>;

const count = z.int().nonnegative();
const idSchema = z.string().regex(/^[\w.-]{1,100}$/);
/** Builds before named a model of many files by all of them. */
const nameSchema = z.string().transform((name) => name.slice(0, LONGEST_NAME));
const LONGEST_NAME = 1000;
/** A stretch with settings and data of its own, which begins after a step. */
const segmentSchema = z.strictObject({
  after: count,
  recipe: recipeSchema,
  /** Null where it is not known. */
  data: dataFactsSchema.nullable(),
  why: z.enum(['data', 'recipe', 'both']).exactOptional(),
});
type ToldSegment = z.infer<typeof segmentSchema>;

export const runInfoSchema = z.strictObject({
  version: z.literal(2),
  /** Of the run, wherever it goes on and is exported from. */
  id: idSchema,
  /** The step of another run that it began from. */
  parent: z
    .strictObject({
      id: idSchema,
      step: count,
      how: z.enum(HOW),
      name: nameSchema,
      momentsAtZero: z.literal(true).exactOptional(),
      began: beganSchema.exactOptional(),
    })
    .exactOptional(),
  name: nameSchema,
  createdAt: moment,
  model: modelSchema,
  tokenizer: z.enum(TOKENIZER_KINDS),
  /** Of the tokenizer's special tokens; absent = the end of text alone. */
  roles: rolesSchema.exactOptional(),
  /** How a tokenizer that was made elsewhere splits text. */
  split: z.enum(SPLIT_NAMES).exactOptional(),
  /** How it brings a text into a form before it splits it, besides what its split always does. */
  normalizers: normalizersSchema.exactOptional(),
  /** What the model had learnt before, of which the recipe's share of rows was replayed. */
  replayed: dataFactsSchema.exactOptional(),
  /** How a conversation is written, in Jinja; absent where its tokenizer has no template. */
  chatTemplate: z.string().max(LONGEST_TEMPLATE).exactOptional(),
  /** Oldest first, up to the one that this step belongs to. */
  segments: listOf(segmentSchema, MOST_SEGMENTS)
    .refine((segments) => segments.length > 0 && segments.every(isInOrder), 'its segments are not in order')
    .transform((segments) => segments as unknown as readonly [ToldSegment, ...ToldSegment[]]),
  /** What of the model learns; absent where all does. What an adapter has learnt is in the weights, and is apart beside the moments. */
  trainable: trainableSchema.exactOptional(),
  /** Its weights are an average: such a share, 0 to 1, of those of another model, and the rest of what it learnt. */
  mixed: mixedSchema.exactOptional(),
  /** Of a classifier. `inWeights`: its temperature is in those of its head, as it is wherever nothing is to be learnt on. */
  decision: decisionSchema.extend({ inWeights: z.literal(true).exactOptional() }).exactOptional(),
  state: trainStateSchema,
  /**
   * How the run came to rest, of a folder that the terminal trains into; `running` while it trains, and where that was interrupted.
   * Absent in an export.
   */
  status: z.enum(['running', 'stopped', 'finished']).exactOptional(),
  device: z.string().max(1000).nullable(),
  /** The last evaluation at or before this step, on held-out text: nats, and what else was measured by the metrics' ids. */
  result: z.object({ step: count, loss: z.number() }).catchall(z.number()).nullable(),
  origin: originSchema.exactOptional(),
  /** What a person says in its card. */
  card: cardSchema.exactOptional(),
  /** A step that did better on held-out text than any that is kept: only runs of older builds, and models brought in, have one. */
  bestNotKept: z.strictObject({ step: count, loss: z.number() }).exactOptional(),
  /** At the test part of its data, as the run's record has them. */
  looks: looksSchema.exactOptional(),
  /**
   * Of texts of the newest segment that are several documents, which those are: by this the run can go on from files.
   * Absent where it was not known any more.
   */
  documents: toldDocumentsSchema.exactOptional(),
  /** What was measured of this step on all of a held-out part, or of a text. */
  evaluations: toldEvaluationsSchema.exactOptional(),
  /** What it was asked by lists, and which steps it was compared with. */
  asked: askedSchema.exactOptional(),
});

function isInOrder({ after }: ToldSegment, i: number, all: readonly ToldSegment[]): boolean {
  return i === 0 ? after === 0 : after > all[i - 1]!.after;
}

/**
 * What a `homegrown.json` says, of this version or one before.
 * @param file what it is called
 * @throws HomegrownError `bad-file`
 */
export async function readRunInfo(file: string, json: unknown): Promise<RunInfo> {
  const { version } = parse(file, z.object({ version: z.int().positive() }), json);
  if (version > VERSION)
    throw badFile(
      `${file} has version ${version}, from a newer Homegrown`,
      'Update Homegrown, or remove that file to import only the model.',
    );
  return parse(file, runInfoSchema, version === VERSION ? json : await upgradeInfo(json as object));
}
const VERSION = 2;

/**
 * What `homegrown.json` and the model card say of a run at a saved step; `events` as readMetrics gives them. Result and best
 * are of the segment that the step belongs to: a loss on one text says nothing of a model that went on with another.
 * The best in `state` is the best that is kept.
 */
export function runInfo(record: RunRecord, kept: TrainState, events: readonly TrainEvent[]): RunInfo {
  const { id, parent, name, createdAt, model, tokenizer, device, origin, card, looks, trainable, old, mixed } = record;
  const { decision } = record;
  const told = toldSegments(record.segments);
  const [first, ...rest] = told;
  const segments = [first, ...rest.slice(0, segmentAt(told, kept.step))] as const;
  const isAlike = isMeasuredAlike(record, kept.step);
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isAlike);
  const state = { ...kept, best: kept.best && isAlike(kept.best) ? kept.best : null };
  const unkept = bestNotKept(evaluations, state.step, state.best);
  return {
    version: VERSION,
    id,
    ...(parent && { parent: toldParent(parent) }),
    name,
    createdAt,
    model,
    ...tokenizerFacts(tokenizer),
    ...(old?.facts && segments.some(({ recipe }) => recipe.replay > 0) && { replayed: old.facts }),
    segments: [...segments],
    ...(trainable && { trainable }),
    ...(mixed && { mixed }),
    ...(decision && { decision }),
    state,
    device,
    result: resultAt(state, evaluations, recipeOf({ segments }).objective, dataOf({ segments })),
    ...(origin && { origin }),
    ...(card && { card }),
    ...(unkept && { bestNotKept: unkept }),
    ...(looks && { looks }),
  };
}

/** With what was measured of the step; a run alone does not say. */
export const withMeasured = (info: RunInfo, { evaluations, asked }: Measured): RunInfo => ({
  ...info,
  ...(evaluations.length > 0 && { evaluations: [...evaluations] }),
  ...(asked && { asked }),
});
export interface Measured {
  evaluations: readonly ToldEvaluation[];
  asked?: ToldAsked;
}

/** Of a run that has made no step. */
export function newInfo({
  id,
  createdAt,
  model,
  tokenizer,
  recipe,
  data,
  trainable,
  replayed,
}: Pick<RunInfo, 'id' | 'createdAt' | 'model' | 'trainable' | 'replayed'> & {
  recipe: Recipe;
  data: DataFacts;
  tokenizer: TokenizerModel;
}): RunInfo {
  return {
    version: VERSION,
    id,
    name: nameBy(data.texts),
    createdAt,
    model,
    ...tokenizerFacts(tokenizer),
    segments: [{ after: 0, recipe, data }],
    ...(trainable && { trainable }),
    ...(replayed && { replayed }),
    state: { step: 0, tokensSeen: 0, activeMs: 0, best: null },
    device: null,
    result: null,
  };
}

/** All their names; where those are many, the first and how many more. */
function nameBy(texts: DataFacts['texts']): string {
  const all = texts.map(({ name }) => name).join(', ');
  if (all.length <= LONG_NAME) return all;
  const more = texts.length > 1 ? ` and ${formatCount(texts.length - 1)} more` : '';
  return texts[0]!.name.slice(0, LONG_NAME) + more;
}
const LONG_NAME = 200;

const toldParent = ({ runId: id, ...parent }: NonNullable<RunRecord['parent']>): NonNullable<RunInfo['parent']> => ({
  id,
  ...parent,
});

/** A run's segments, as the file says them: where their ids lie is of the store that they lie in. */
export const toldSegments = (segments: Segments): RunInfo['segments'] =>
  segments.map(({ data, ...segment }) => ({ ...segment, data: data.facts })) as unknown as RunInfo['segments'];

/** And back. */
export const segmentsOf = ({ segments }: Pick<RunInfo, 'segments'>): Segments =>
  segments.map(({ data, ...segment }): Segment => ({
    ...segment,
    data: { id: null, facts: data },
  })) as unknown as Segments;

/** What a model is and how it is trained at its step: what formats ask before they write it. */
export const settingsOf = (
  info: Pick<RunInfo, 'model' | 'segments' | 'tokenizer' | 'normalizers' | 'trainable' | 'chatTemplate' | 'decision'>,
): FormatSettings => ({
  model: info.model,
  recipe: recipeOf(info),
  tokenizer: info.tokenizer,
  ...(info.normalizers && { normalizers: info.normalizers }),
  ...(info.trainable && { trainable: info.trainable }),
  ...(info.chatTemplate !== undefined && { chatTemplate: info.chatTemplate }),
  ...(info.decision && { atLeast: info.decision.atLeast }),
});

export const tokenizerFacts = (
  told: ToldTokenizer,
): Pick<RunInfo, 'tokenizer' | 'roles' | 'split' | 'normalizers' | 'chatTemplate'> => {
  const { kind, roles, elsewhere, split = elsewhere?.split, normalizers } = told;
  const chatTemplate = toldTemplate(told);
  return {
    tokenizer: kind,
    ...(roles && { roles }),
    ...(split && { split }),
    ...(normalizers && { normalizers }),
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
};

function resultAt(
  { step, best }: TrainState,
  evaluations: readonly (TrainEvent & { kind: 'evaluated' })[],
  objective: ObjectiveId,
  data: DataFacts | null,
): RunInfo['result'] {
  const last = evaluations.findLast((evaluation) => evaluation.step <= step);
  // The best step's own loss is kept with it, also where the curve was lost on the way to the next save.
  if (best?.step === step && last?.step !== step && data) {
    const { tokens, bytes } = data.parts.validation;
    const metrics = estimatesOfMean(metricsOf(objectiveOf(objective)), best.loss, { tokens, bytes });
    return resultOf({ step, loss: best.loss, metrics });
  }
  if (!last || !Number.isFinite(last.loss)) return null;
  return resultOf(last);
}

/** An evaluation as it stands in `homegrown.json`. */
export function resultOf({ step, loss, metrics }: Evaluated & { step: number }): NonNullable<RunInfo['result']> {
  const values = Object.entries(metrics).map(([id, { value }]) => [id, value] as const);
  return { step, loss, ...Object.fromEntries(values.filter(([, value]) => Number.isFinite(value))) };
}

/** And back. */
export function evaluatedOf({ step, loss, ...values }: NonNullable<RunInfo['result']>): Evaluated & { step: number } {
  const metrics = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value }]));
  return { step, loss, metrics };
}
