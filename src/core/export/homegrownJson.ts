import { badFile } from '../base/errors';
import { formatCount } from '../base/units';
import { normalizersSchema } from '../base/normalizerSchema';
import { z } from '../base/zod';
import { type TrainState, trainStateSchema } from '../checkpoint/snapshot';
import { type Evaluated, estimatesOfMean } from '../metrics';
import { metricsOf, type ObjectiveId, objectiveOf } from '../objectives';
import { bestNotKept } from '../runs/best';
import type { RunRecord } from '../runs/record';
import { idInFile, parentInFile, RUN_FIELDS, segmentsInFile, sharedFields, sharedShape } from '../runs/runFields';
import { dataOf, isMeasuredAlike, recipeOf, type Segment, segmentAt, type Segments } from '../runs/segments';
import {
  type DataFacts,
  dataFactsSchema,
  decisionSchema,
  rolesSchema,
  documentListsSchema,
  tokenizerFacts,
} from '../runs/settings';
import { askedSchema, type AskedSummary } from '../runs/askedSummary';
import { type EvaluationSummary, evaluationSummariesSchema } from '../runs/evaluationSummary';
import { SPLIT_NAMES } from '../tokenizer/splits';
import { MAX_TEMPLATE_LENGTH, TOKENIZER_KINDS, type TokenizerModel } from '../tokenizer/tokenizer';
import type { Recipe } from '../train/recipe';
import type { TrainEvent } from '../train/run';
import { parse } from './parse';
import { upgradeInfo } from './upgradeInfo';

/** Contents of `homegrown.json`: a run without tensors and tokenizer. The model card uses nothing else. */
export type RunInfo = z.infer<typeof runInfoSchema>;

const count = z.int().nonnegative();

/** Returns all fields in order. Fields of builds before 2026-12-02 keep their places; `newer` ones follow. */
const infoShape = ({ name, createdAt, model, mixed, device, origin, card, looks, ...newer }: typeof sharedShape) => ({
  version: z.literal(2),
  /** Id of the run, which stays the same in later exports. */
  id: idInFile,
  parent: parentInFile.exactOptional(),
  name,
  createdAt,
  model,
  tokenizer: z.enum(TOKENIZER_KINDS),
  /** Roles of the tokenizer's special tokens; absent if it has only the end of text. */
  roles: rolesSchema.exactOptional(),
  /** How an imported tokenizer splits text. */
  split: z.enum(SPLIT_NAMES).exactOptional(),
  /** Normalization before the split, in addition to what the split always does. */
  normalizers: normalizersSchema.exactOptional(),
  /** Earlier training data of the model; the recipe replayed a share of its rows. */
  replayed: dataFactsSchema.exactOptional(),
  /** Chat template, in Jinja. */
  chatTemplate: z.string().max(MAX_TEMPLATE_LENGTH).exactOptional(),
  /** Segments up to this step's. */
  segments: segmentsInFile,
  /** Absent if all weights are trainable. An adapter's weights are merged, and also stored with the moments. */
  trainable: RUN_FIELDS.trainable.schema,
  mixed,
  /** Decision of a classifier. `inWeights`: the temperature is merged into the head, as in every export without moments. */
  decision: decisionSchema.extend({ inWeights: z.literal(true).exactOptional() }).exactOptional(),
  state: trainStateSchema,
  /** Status of the terminal's output folder; `running` also after an interruption. Absent in an export. */
  status: z.enum(['running', 'stopped', 'finished']).exactOptional(),
  device,
  /** Last evaluation at or before this step, on held-out text: the loss in nats, and other metrics by their ids. */
  result: z.object({ step: count, loss: z.number() }).catchall(z.number()).nullable(),
  origin,
  card,
  /** Step with a lower loss on held-out text than any saved one, in runs of older builds and imported models. */
  bestNotKept: z.strictObject({ step: count, loss: z.number() }).exactOptional(),
  looks,
  ...newer,
  /** Documents of the newest segment's texts with several documents, so that the run can resume from files. */
  documents: documentListsSchema.exactOptional(),
  /** Evaluations of this step on a whole held-out set or a text. */
  evaluations: evaluationSummariesSchema.exactOptional(),
  /** Results of lists of prompts, and comparisons with other steps. */
  asked: askedSchema.exactOptional(),
});
export const runInfoSchema = z.strictObject(infoShape(sharedShape));

/**
 * Reads `homegrown.json` of this version or an earlier one.
 * @param file its name
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
 * Returns contents of `homegrown.json` and the model card for a run at a saved step. `events` come from readMetrics.
 * Result and best belong to the step's segment, because losses on different texts aren't comparable. The best in
 * `state` is the best saved step.
 */
export function runInfo(record: RunRecord, kept: TrainState, events: readonly TrainEvent[]): RunInfo {
  const { id, parent, tokenizer, trainable, old, decision } = record;
  const infoSegments = segmentInfos(record.segments);
  const [first, ...rest] = infoSegments;
  const segments = [first, ...rest.slice(0, segmentAt(infoSegments, kept.step))] as const;
  const isAlike = isMeasuredAlike(record, kept.step);
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isAlike);
  const state = { ...kept, best: kept.best && isAlike(kept.best) ? kept.best : null };
  const unkept = bestNotKept(evaluations, state.step, state.best);
  return inOrder({
    version: VERSION,
    id,
    ...sharedFields(record),
    ...(parent && { parent: parentInfo(parent) }),
    ...tokenizerFacts(tokenizer),
    ...(old?.facts && segments.some(({ recipe }) => recipe.replay > 0) && { replayed: old.facts }),
    segments,
    ...(trainable && { trainable }),
    ...(decision && { decision }),
    state,
    result: resultAt(state, evaluations, recipeOf({ segments }).objective, dataOf({ segments })),
    ...(unkept && { bestNotKept: unkept }),
  });
}

/** Orders the fields as an export writes them: in the schema's order, with `replayed` before the segments. */
function inOrder(info: RunInfo): RunInfo {
  const names = Object.keys(runInfoSchema.shape).filter((name) => name !== 'replayed');
  const order = names.flatMap((name) => (name === 'segments' ? ['replayed', name] : [name]));
  const has = (name: string): name is keyof RunInfo => Object.hasOwn(info, name);
  return Object.fromEntries(order.filter(has).map((name) => [name, info[name]])) as RunInfo;
}

/** Fields that belong to the step alone; a run that resumes from it starts without them. */
export const OF_STEP = ['bestNotKept', 'evaluations', 'asked'] as const satisfies readonly (keyof RunInfo)[];
type OfStep = (typeof OF_STEP)[number];
export function withoutStep(info: RunInfo): Omit<RunInfo, OfStep> {
  const isOfRun = ([name]: [string, unknown]): boolean => !OF_STEP.includes(name as OfStep);
  return Object.fromEntries(Object.entries(info).filter(isOfRun)) as Omit<RunInfo, OfStep>;
}

/** Adds evaluations of the step, which a run's record doesn't have. */
export const withMeasurements = (info: RunInfo, { evaluations, asked }: StepMeasurements): RunInfo => ({
  ...info,
  ...(evaluations.length > 0 && { evaluations: [...evaluations] }),
  ...(asked && { asked }),
});
export interface StepMeasurements {
  evaluations: readonly EvaluationSummary[];
  asked?: AskedSummary;
}

/** Run information of a run without a step. */
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

/** Names of all texts; if there are many, the first ones and the number of others. */
function nameBy(texts: DataFacts['texts']): string {
  const all = texts.map(({ name }) => name).join(', ');
  if (all.length <= LONG_NAME) return all;
  const more = texts.length > 1 ? ` and ${formatCount(texts.length - 1)} more` : '';
  return texts[0]!.name.slice(0, LONG_NAME) + more;
}
const LONG_NAME = 200;

const parentInfo = ({ runId: id, ...parent }: NonNullable<RunRecord['parent']>): NonNullable<RunInfo['parent']> => ({
  id,
  ...parent,
});

/** A run's segments for the file, without the ids of their data, which belong to the store. */
export const segmentInfos = (segments: Segments): RunInfo['segments'] =>
  segments.map(({ data, ...segment }) => ({ ...segment, data: data.facts })) as unknown as RunInfo['segments'];

/** Converts segments in the file back. */
export const segmentsOf = ({ segments }: Pick<RunInfo, 'segments'>): Segments =>
  segments.map(({ data, ...segment }): Segment => ({
    ...segment,
    data: { id: null, facts: data },
  })) as unknown as Segments;

function resultAt(
  { step, best }: TrainState,
  evaluations: readonly (TrainEvent & { kind: 'evaluated' })[],
  objective: ObjectiveId,
  data: DataFacts | null,
): RunInfo['result'] {
  const last = evaluations.findLast((evaluation) => evaluation.step <= step);
  // The best step has its own loss, even if the curve was lost before the next save.
  if (best?.step === step && last?.step !== step && data) {
    const { tokens, bytes } = data.parts.validation;
    const metrics = estimatesOfMean(metricsOf(objectiveOf(objective)), best.loss, { tokens, bytes });
    return resultOf({ step, loss: best.loss, metrics });
  }
  if (!last || !Number.isFinite(last.loss)) return null;
  return resultOf(last);
}

/** An evaluation in the form of `homegrown.json`. */
export function resultOf({ step, loss, metrics }: Evaluated & { step: number }): NonNullable<RunInfo['result']> {
  const values = Object.entries(metrics).map(([id, { value }]) => [id, value] as const);
  return { step, loss, ...Object.fromEntries(values.filter(([, value]) => Number.isFinite(value))) };
}

/** Converts a result back to an evaluation. */
export function evaluatedOf({ step, loss, ...values }: NonNullable<RunInfo['result']>): Evaluated & { step: number } {
  const metrics = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value }]));
  return { step, loss, metrics };
}
