/** Small charts on Train: one per step value with a chart, one per metric that isn't a scale of the loss. */
import { type MetricId, metricOf, runMetricsIn } from '../../core/metrics';
import type { Metric } from '../../core/metrics/metric';
import { nameOf } from '../../core/metrics/words';
import { metricsOf, type ObjectiveId, objectiveOf } from '../../core/objectives';
import { type StepValueName, stepValues } from '../../core/train/stepValues';
import type { RunLog } from '../../state/runLog';
import { partUpTo } from './columns';

export interface ChartData<Id extends string> {
  id: Id;
  label: string;
  title: string;
  /** Name of the chart's line. */
  name: string;
  x: readonly number[];
  y: readonly number[];
}

const titled = ({ label, unit }: Pick<Metric, 'label' | 'unit'>) => ({
  label,
  title: unit === '' ? label : `${label}, ${unit}`,
  name: nameOf({ label }),
});

/** Charts of step values up to `upTo`. An optional value has a chart once it is measured. */
export function stepCharts(log: RunLog, upTo = Infinity): readonly ChartData<StepValueName>[] {
  const part = partUpTo(log.step, upTo);
  return stepValues()
    .flatMap(([id, value]) => (value.chart === undefined ? [] : [{ id, value, place: value.chart }]))
    .sort((a, b) => a.place - b.place)
    .flatMap(({ id, value }) => {
      const column = log.columns[id];
      return column ? [{ id, ...titled(value), x: part(log.step), y: part(column) }] : [];
    });
}

/** Charts over the evaluations up to `upTo`: the objective's metrics, and other measured ones. */
export function metricCharts(
  { evaluations }: Pick<RunLog, 'evaluations'>,
  objective: ObjectiveId,
  upTo = Infinity,
): readonly ChartData<MetricId>[] {
  const shown = evaluations.filter(({ step }) => step <= upTo);
  const last = shown.at(-1);
  // Accuracy has its own chart.
  const own = metricsOf(objectiveOf(objective)).filter((id) => metricOf(id).ofMean === undefined && id !== 'accuracy');
  return [...own, ...(last ? runMetricsIn(last) : [])].map((id) => {
    const points = shown.flatMap(({ step, metrics }) => (metrics[id] ? [{ step, value: metrics[id].value }] : []));
    return { id, ...titled(metricOf(id)), x: points.map(({ step }) => step), y: points.map(({ value }) => value) };
  });
}
