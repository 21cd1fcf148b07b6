/** Add an objective: its file, and its line here. */
import { formatNumber } from '../base/units';
import { metricOf, METRICS, type MetricId } from '../metrics';
import type { Metric, Scale } from '../metrics/metric';
import { inShort, measuredWords } from '../metrics/words';
import { type ModelId, modelIds, modelSpec } from '../models';
import type { ModelKind } from '../models/spec';
import { causal } from './causal';
import type { Learning, Objective } from './objective';

export const OBJECTIVES = { causal } as const satisfies Record<string, Objective>;
export type ObjectiveId = keyof typeof OBJECTIVES;

/** Any of them, seen through what they share. */
export const objectiveOf = (id: ObjectiveId): Objective => OBJECTIVES[id];

/** Those that a kind of model can learn. */
export const objectivesFor = (kind: ModelKind): readonly ObjectiveId[] =>
  (Object.keys(OBJECTIVES) as ObjectiveId[]).filter((id) => objectiveOf(id).kinds.includes(kind));

/** Architectures that can learn it. */
export const modelsFor = (id: ObjectiveId): readonly ModelId[] =>
  modelIds().filter((model) => objectiveOf(id).kinds.includes(modelSpec(model).kind));

/** One of them with what it does on tensors. */
export type LoadedObjective = Objective & Learning;
export async function loadObjective(id: ObjectiveId): Promise<LoadedObjective> {
  const objective = objectiveOf(id);
  return { ...objective, ...(await objective.load()) };
}

/** What is measured where it is learnt: the headline, then the others in the order of their list. */
export function metricsOf({ gives, headline }: Pick<Objective, 'gives' | 'headline'>): readonly MetricId[] {
  const ids = Object.keys(METRICS) as MetricId[];
  const measured = (id: MetricId): boolean => gives.includes(metricOf(id).needs);
  return [headline, ...ids.filter((id) => id !== headline && measured(id))];
}

/** The metric in which losses of it are told. */
export const headlineOf = (id: ObjectiveId): Metric & { scale: Scale } => METRICS[objectiveOf(id).headline];

/** A loss in it: `perplexity 85.4`. */
export function headlineWords(id: ObjectiveId, loss: number, format = formatNumber): string {
  const metric = headlineOf(id);
  return measuredWords(inShort(metric), { value: metric.scale.of(loss) }, format);
}
