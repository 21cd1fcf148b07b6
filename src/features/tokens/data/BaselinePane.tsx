import { counted, formatCount, formatNumber } from '../../../core/base/units';
import { upperFirst } from '../../../core/base/firstLetter';
import { metricOf, type MetricId } from '../../../core/metrics';
import type { Extent, Metric } from '../../../core/metrics/metric';
import { nameOf, valueWords } from '../../../core/metrics/words';
import { metricsOf, objectiveOf } from '../../../core/objectives';
import type { Baseline } from '../../../core/objectives/objective';
import { stepsOfEpoch } from '../../../core/train/epoch';
import { shortTextWords } from '../../../core/train/shortText';
import type { DataRecord } from '../../../protocol/data';
import { modelOf } from '../../../state/estimate';
import { useStudio } from '../../../state/react';
import { useInRows } from '../../../state/useInRows';
import { Pane, PaneHead } from '../../../ui';
import styles from './BaselinePane.module.css';

/** Baselines that a model must beat, and the length of an epoch over the training set. */
export function BaselinePane({ data }: { data: DataRecord }) {
  const { vocabulary, parts } = data.manifest;
  const { train, validation } = parts;
  const project = useStudio((s) => s.project);
  const { context } = project.model.config;
  const objective = objectiveOf(project.recipe.objective);
  const shortTextWarning = shortTextWords(modelOf(project), project.recipe, {
    train: train.tokens,
    validation: validation.tokens,
  });
  const inRows = useInRows();
  const { batch, accumulate, steps } = project.recipe;
  const stepsPerEpoch = stepsOfEpoch(train, context, project.recipe, inRows?.rows);
  const rowsPerStep = batch * accumulate;
  const epochs = Number((steps / stepsPerEpoch).toPrecision(3));
  return (
    <Pane title="Baselines" hint="on the validation set">
      {objective.baselines({ vocabulary, data }).map((baseline) => (
        <BaselineItem key={baseline.label} baseline={baseline} metrics={metricsOf(objective)} part={validation} />
      ))}
      {objective.measuredBaselines?.(data).map(({ words, values }) => (
        <div key={words} className={styles.item}>
          <h3>{upperFirst(words)}</h3>
          <MetricList
            values={Object.entries(values).map(([id, value]) => [metricOf(id as MetricId), value] as const)}
          />
        </div>
      ))}
      <PaneHead title="One epoch" hint="over the training set" />
      <div className={styles.item}>
        <p>
          <b>{formatCount(Math.max(1, Math.round(stepsPerEpoch)))}</b> steps of{' '}
          {inRows ? `${formatCount(rowsPerStep)} rows` : `${formatCount(rowsPerStep)} × ${formatCount(context)} tokens`}
        </p>
        <p className={styles.quiet}>
          Your {formatCount(steps)} steps read{' '}
          {inRows
            ? `all ${counted(inRows.rows, 'row')} ${formatNumber(epochs)} times`
            : `${formatCount((steps / stepsPerEpoch) * train.tokens)} tokens: ${formatNumber(epochs)} epochs`}
        </p>
        {shortTextWarning !== undefined && <p className={styles.warn}>{shortTextWarning}</p>}
        {inRows?.words !== undefined && <p className={inRows.isCut ? styles.warn : styles.quiet}>{inRows.words}</p>}
      </div>
    </Pane>
  );
}

function BaselineItem(p: { baseline: Baseline; metrics: readonly MetricId[]; part: Extent }) {
  const { words, loss, hint } = p.baseline;
  return (
    <div className={styles.item}>
      <h3>{upperFirst(words)}</h3>
      <MetricList
        values={p.metrics.flatMap((id) => {
          const metric = metricOf(id);
          return metric.ofMean ? [[metric, metric.ofMean(loss, p.part)] as const] : [];
        })}
      />
      <p className={styles.quiet}>{hint}</p>
    </div>
  );
}

const MetricList = ({ values }: { values: readonly (readonly [Metric, number])[] }) => (
  <dl className={styles.readings}>
    {values.map(([metric, value]) => (
      <div key={metric.label}>
        <dd>{metric.ofMean ? formatNumber(value) : valueWords(metric, { value })}</dd>
        <dt>{metric.ofMean && metric.unit !== '' ? metric.unit : nameOf(metric)}</dt>
      </div>
    ))}
  </dl>
);
