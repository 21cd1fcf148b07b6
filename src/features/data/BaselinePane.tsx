import { formatCount, formatNumber } from '../../core/base/units';
import { metricOf, type MetricId } from '../../core/metrics';
import type { Extent } from '../../core/metrics/metric';
import { nameOf } from '../../core/metrics/words';
import { metricsOf, objectiveOf } from '../../core/objectives';
import type { Baseline } from '../../core/objectives/objective';
import { shortTextWords } from '../../core/train/shortText';
import type { DataRecord } from '../../protocol/data';
import { modelOf } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { Pane, PaneHead } from '../../ui';
import styles from './BaselinePane.module.css';

/** What a model must beat, and how long an epoch of the training part is. */
export function BaselinePane({ data }: { data: DataRecord }) {
  const { manifest } = data;
  const context = useStudio((s) => s.project.model.config.context);
  const batch = useStudio((s) => s.project.recipe.batch);
  const steps = useStudio((s) => s.project.recipe.steps);
  const { vocabulary, parts } = manifest;
  const { train, validation } = parts;
  const objective = useStudio((s) => objectiveOf(s.project.recipe.objective));
  const perStep = batch * context;
  const project = useStudio((s) => s.project);
  const short = shortTextWords(modelOf(project), project.recipe.objective, {
    train: train.tokens,
    validation: validation.tokens,
  });
  return (
    <Pane title="To beat" hint="on the held-out part">
      {objective.baselines({ vocabulary, data }).map((baseline) => (
        <BaselineItem key={baseline.label} baseline={baseline} metrics={metricsOf(objective)} part={validation} />
      ))}
      <PaneHead title="One epoch" hint="over the training part" />
      <div className={styles.item}>
        <p>
          <b>{formatCount(Math.max(1, Math.round(train.tokens / perStep)))}</b> steps of {formatCount(batch)} ×{' '}
          {formatCount(context)} tokens
        </p>
        <p className={styles.quiet}>
          {formatCount(steps)} steps, as set, read {formatCount(steps * perStep)} tokens:{' '}
          {formatNumber((steps * perStep) / train.tokens)} epochs
        </p>
        {short !== undefined && <p className={styles.warn}>{short}</p>}
      </div>
    </Pane>
  );
}

function BaselineItem(p: { baseline: Baseline; metrics: readonly MetricId[]; part: Extent }) {
  const { words, loss, hint } = p.baseline;
  return (
    <div className={styles.item}>
      <h3>{words.charAt(0).toUpperCase() + words.slice(1)}</h3>
      <dl className={styles.readings}>
        {p.metrics.map((id) => {
          const metric = metricOf(id);
          if (!metric.ofMean) return null;
          return (
            <div key={id}>
              <dd>{formatNumber(metric.ofMean(loss, p.part))}</dd>
              <dt>{metric.unit === '' ? nameOf(metric) : metric.unit}</dt>
            </div>
          );
        })}
      </dl>
      <p className={styles.quiet}>{hint}</p>
    </div>
  );
}
