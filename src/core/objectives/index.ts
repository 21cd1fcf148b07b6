/** List of objectives. To add one, write its file and add a line here. */
import { type Fields, initialValues } from '../base/field';
import { formatNumber } from '../base/units';
import { metricOf, METRICS, type MetricId } from '../metrics';
import type { Metric, Scale } from '../metrics/metric';
import { inShort, measuredWords } from '../metrics/words';
import { type ModelId, modelIds, modelSpec } from '../models';
import type { ModelChoice, Network } from '../models/network';
import type { ModelKind } from '../models/spec';
import { causal } from './causal';
import { chats } from './chats';
import { labels } from './labels';
import { masked } from './masked';
import { pairs } from './pairs';
import { prefix } from './prefix';
import { spanCorruption } from './spanCorruption';
import type { TokenSource } from '../shards/manifest';
import type { TokenRole } from '../tokenizer/special';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Batches } from './batch';
import type { BaselineFacts } from './facts';
import type {
  Baseline,
  EvaluatedAs,
  InputSpecs,
  Learner,
  Learning,
  TrainingSource,
  Objective,
  ObjectiveSettings,
  ToShow,
  Unmeasured,
} from './objective';
import type { Shown } from './shown';

export const OBJECTIVES = { causal, masked, spanCorruption, prefix, pairs, chats, labels } as const satisfies Record<
  string,
  Objective
>;
export type ObjectiveId = keyof typeof OBJECTIVES;

/** An objective as the common type. */
export const objectiveOf = (id: ObjectiveId): Objective => OBJECTIVES[id];

/** Fields of all objectives, each once. */
export const objectiveFields = (): ObjectiveFields =>
  Object.assign({}, ...Object.values(OBJECTIVES).map(({ fields }: { fields: Fields }) => fields)) as ObjectiveFields;
export type ObjectiveFields = Both<(typeof OBJECTIVES)[ObjectiveId]['fields']>;
type Both<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Baselines without training. */
export const baselinesOf = (
  id: ObjectiveId,
  { vocabulary, config }: Pick<ModelChoice, 'vocabulary' | 'config'>,
  data: BaselineFacts | null,
): readonly [Baseline, ...Baseline[]] => objectiveOf(id).baselines({ vocabulary, classes: config.classes, data });

/** Baselines as figures of evaluations: `{ unigram: { loss: 6.41 } }`. */
export function baselineFigures(
  id: ObjectiveId,
  model: Pick<ModelChoice, 'vocabulary' | 'config'>,
  data: BaselineFacts | null,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const figures: Record<string, Record<string, number>> = {};
  for (const { id: name, loss } of baselinesOf(id, model, data)) figures[name] = { loss };
  for (const { id: name, values } of (data && objectiveOf(id).measuredBaselines?.(data)) ?? [])
    figures[name] = { ...figures[name], ...values };
  return figures;
}

/** Objectives that a kind of model supports, its usual one first. */
export const objectivesFor = (kind: ModelKind): readonly ObjectiveId[] =>
  (Object.keys(OBJECTIVES) as ObjectiveId[]).filter((id) => objectiveOf(id).kinds.includes(kind));

/**
 * Default objective of an architecture: the first in the list that it supports and that fits the data.
 * @param ofPairs whether the documents have inputs and targets
 */
export function usualObjective(model: ModelId, ofPairs = false): ObjectiveId {
  const all = objectivesFor(modelSpec(model).kind);
  return all.find((id) => trainingSource(id) === (ofPairs ? 'pairs' : 'documents')) ?? all[0]!;
}

/**
 * How evaluation measures a model. A model that can't have learned the objective, such as an imported one, is measured by the
 * usual objective of its architecture; a classifier by its labels.
 */
export function evaluatedAs(
  objective: ObjectiveId,
  { id, config }: Pick<ModelChoice, 'id' | 'config'>,
): EvaluatedAs | Unmeasured {
  const { kind } = modelSpec(id);
  const isOfLabels = trainingSource(objective) === 'labels';
  if (config.classes) return isOfLabels ? objectiveOf(objective).evaluatedAs(kind) : 'labels';
  return objectiveOf(isOfLabels ? usualObjective(id) : objectiveOn(id, objective)).evaluatedAs(kind);
}

/** Why evaluation can't measure a model, as a sentence; null if it can. */
export function unmeasured(objective: ObjectiveId, model: Pick<ModelChoice, 'id' | 'config'>): string | null {
  const as = evaluatedAs(objective, model);
  return typeof as === 'string' ? null : as.unmeasured;
}

/** Whether evaluation needs pairs of input and target, but the model was trained on text, so only its loss is measured. */
export const lacksPairs = (objective: ObjectiveId, model: Pick<ModelChoice, 'id' | 'config'>): boolean =>
  evaluatedAs(objective, model) === 'answers' && trainingSource(objective) !== 'pairs';

export const trainingSource = (id: ObjectiveId): TrainingSource => objectiveOf(id).of ?? 'documents';

/** Whether an objective is for tuning data only, so that runs on a project's text can't use it. */
export const isOfTuning = (id: ObjectiveId): boolean => ['chats', 'labels'].includes(trainingSource(id));

/** Objective after a change of architecture: the current one if the new architecture supports it, else its usual one. */
export const objectiveOn = (model: ModelId, now: ObjectiveId): ObjectiveId =>
  objectiveOf(now).kinds.includes(modelSpec(model).kind) ? now : usualObjective(model);

/** Special token roles that an objective needs, in addition to those of every tokenizer. */
export const rolesOf = (id: ObjectiveId): readonly TokenRole[] =>
  (Object.entries(objectiveOf(id).roles) as [TokenRole, number][]).flatMap(([role, times]) =>
    Array.from({ length: times }, () => role),
  );

/** Architectures that support an objective. */
export const modelsFor = (id: ObjectiveId): readonly ModelId[] =>
  modelIds().filter((model) => objectiveOf(id).kinds.includes(modelSpec(model).kind));

/** A model to train. */
type Learns = Pick<ModelChoice, 'id'> & Partial<Pick<ModelChoice, 'config'>>;
export const learnerOf = ({ id, config }: Learns): Learner => ({ kind: modelSpec(id).kind, classes: config?.classes });

/** An objective with its functions on tensors, for given settings. */
export interface LoadedObjective extends Pick<Objective, 'gives' | 'headline'>, Omit<Learning, 'show'> {
  inputs(rows: number, context: number): InputSpecs;
  batches(source: TokenSource, context: number, tokenizer: Tokenizer): Promise<Batches>;
  show(network: Network, asked: ToShow): Promise<Shown>;
}
/**
 * @param settings such as a recipe; absent: initial values of its fields
 * @param model to train; absent: of the first supported kind
 */
export async function loadObjective(
  id: ObjectiveId,
  settings?: ObjectiveSettings,
  model?: Learns,
): Promise<LoadedObjective> {
  const objective = objectiveOf(id);
  const { gives, headline } = objective;
  const learning = await objective.load();
  const own = settings ?? initialValues(objective.fields);
  const learner = model === undefined ? { kind: objective.kinds[0]! } : learnerOf(model);
  return {
    gives,
    headline,
    ...learning,
    show: (network, asked) => learning.show(network, asked, own),
    inputs: (rows, context) => objective.inputs(rows, context, own, learner),
    batches: (source, context, tokenizer) => objective.batches(source, context, tokenizer, own, learner),
  };
}

/** All objectives in list order: `Masked language modeling, of bert`. */
export const objectiveWords = (): readonly string[] =>
  (Object.keys(OBJECTIVES) as ObjectiveId[]).map((id) => `${objectiveOf(id).label}, of ${modelsFor(id).join(', ')}`);

/** Metrics of an objective: the headline, then the others in list order. */
export function metricsOf({ gives, headline }: Pick<Objective, 'gives' | 'headline'>): readonly MetricId[] {
  const ids = Object.keys(METRICS) as MetricId[];
  const measured = (id: MetricId): boolean => gives.includes(metricOf(id).needs);
  return [headline, ...ids.filter((id) => id !== headline && measured(id))];
}

/** A metric as shown for an objective: the loss of labels is per text, not per token. */
export const metricIn = (objective: ObjectiveId, id: MetricId): Metric =>
  id === 'loss' && trainingSource(objective) === 'labels' ? { ...METRICS.loss, unit: 'nats per text' } : metricOf(id);

/** Headline metric of an objective, in which its losses are shown. */
export const headlineOf = (id: ObjectiveId): Metric & { scale: Scale } => METRICS[objectiveOf(id).headline];

/** A loss in the headline metric: `perplexity 85.4`. */
export function headlineWords(id: ObjectiveId, loss: number, format = formatNumber): string {
  const metric = headlineOf(id);
  return measuredWords(inShort(metric), { value: metric.scale.of(loss) }, format);
}
