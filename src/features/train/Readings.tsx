import type { ReactNode } from 'react';
import { counted, formatBytes, formatCount, formatDuration, formatReading } from '../../core/base/units';
import { percentNumber } from '../../core/evaluate/labelResult';
import { accuracyOf } from '../../core/runs/labelStanding';
import { estimateOf, type Evaluated, metricOf, type MetricId, oldMetricsIn } from '../../core/metrics';
import { metricsOf, objectiveOf } from '../../core/objectives';
import { trainingAt } from '../../core/train/verdict';
import { millisecondsLeft } from '../../state/pace';
import { useShown, useStudio } from '../../state/react';
import type { Phase } from '../../state/phase';
import { cx, NumberStrip, Quantity, text, type Reading } from '../../ui';
import { judgedEvaluation } from '../../state/standing';
import { plannedSteps, type RunSettings } from '../../state/runSettings';
import styles from './TrainPage.module.css';

/** The number strip: each number has its place and keeps its width while it changes. */
export function Readings({ settings }: { settings: RunSettings }) {
  const { log, phase, saved } = useShown('train');
  const isGpu = useStudio((s) => s.device.kind === 'open' && s.device.info.kind === 'webgpu');
  const { after } = settings.segments.at(-1)!;
  const isClassifier = settings.model.config.classes !== undefined;
  // Of the text that it learns from now.
  const last = isClassifier
    ? judgedEvaluation({ log, phase }, after)
    : log.evaluations.findLast((evaluation) => after === 0 || evaluation.step > after);
  const done = log.step.at(-1);
  const planned = plannedSteps(phase, settings);
  const trained = done === undefined ? undefined : trainingAt(log, done, after);
  const speed = log.tokensPerSecond.at(-1);
  const isFailed = phase.kind === 'failed' && saved !== null;
  const step = isFailed ? saved.step : (done ?? saved?.step ?? 0);
  const time = timeReading(phase, planned - step, millisecondsLeft(log, planned), log.activeMs.at(-1));
  const facts = settings.segments.at(-1)!.data.facts?.labels;
  const readings: Reading[] = [
    { label: isFailed ? 'Saved at step' : 'Step', value: steady(9, formatCount(step), `of ${formatCount(planned)}`) },
    ...(isClassifier ? labelReadings(last, facts) : []),
    ...(isClassifier ? [time] : []),
    ...metricsOf(objectiveOf(settings.recipe.objective))
      .filter((id) => !isClassifier || metricOf(id).needs !== 'labels')
      .map((id, i) => ({ ...measuredReading(id, last, i === 0), ...(isClassifier && { label: 'Validation loss' }) })),
    ...(last ? oldMetricsIn(last) : []).map((id) => measuredReading(id, last, false)),
    {
      label: 'Training loss',
      run: 1,
      value: steady(6, trained === undefined ? undefined : formatReading(trained), 'nats'),
    },
    { label: 'Speed', value: steady(9, speed === undefined ? undefined : formatCount(speed), 'tokens/s') },
    ...(isClassifier ? [] : [time]),
    {
      label: isGpu ? 'GPU memory' : 'Memory',
      isSecondary: true,
      value: steady(6, log.memoryBytes > 0 ? formatBytes(log.memoryBytes) : undefined),
    },
  ];
  return <NumberStrip readings={readings} />;
}

/** Accuracy and macro F1 of a classifier, with how many texts are right and the interval. */
function labelReadings(last: Evaluated | undefined, facts: Parameters<typeof accuracyOf>[1]): readonly Reading[] {
  const accuracy = last && accuracyOf(last, facts);
  const f1 = last && estimateOf('macroF1', last);
  return [
    {
      label: 'Accuracy',
      run: 2,
      value: steady(6, accuracy && percentNumber(accuracy.value), '%'),
      ...(accuracy && { interval: `${formatCount(accuracy.right)} of ${counted(accuracy.texts, 'text')}` }),
    },
    {
      label: metricOf('macroF1').label,
      value: steady(6, f1 && percentNumber(f1.value), '%'),
      // One without width says nothing: texts that are all right stay so however they are drawn again.
      ...(f1?.low !== undefined &&
        f1.low < f1.high! && { interval: `${percentNumber(f1.low)} to ${percentNumber(f1.high!)}` }),
    },
  ];
}

/** Of the newest evaluation. What the headline says in another way is left out where there is little room. */
function measuredReading(id: MetricId, last: Evaluated | undefined, isHeadline: boolean): Reading {
  const { label, unit, shortUnit, scale } = metricOf(id);
  const estimate = last && estimateOf(id, last);
  return {
    label,
    run: 2,
    ...(scale && !isHeadline && { isSecondary: true }),
    value: steady(5, estimate && formatReading(estimate.value), (shortUnit ?? unit) || undefined),
  };
}

function timeReading(phase: Phase, steps: number, left: number | undefined, taken: number | undefined): Reading {
  const time = (ms: number | undefined): ReactNode => steady(7, ms === undefined ? undefined : formatDuration(ms));
  switch (phase.kind) {
    case 'finished':
      return { label: 'Took', value: time(taken) };
    case 'stopped':
    case 'failed':
      return { label: 'Left to do', value: steady(7, formatCount(Math.max(0, steps)), 'steps') };
    case 'idle':
    case 'preparing':
    case 'compiling':
    case 'training':
    case 'stopping':
      return { label: 'Time left', value: time(left) };
    default:
      return phase satisfies never;
  }
}

/** A reading in a place of so many figures, so that its neighbours stay where they are while it changes. */
const steady = (figures: number, value: string | undefined, unit?: string): ReactNode => (
  <span className={styles.steady} style={{ minWidth: `${String(figures)}ch` }}>
    <Quantity>{value ?? '–'}</Quantity>
    {unit !== undefined && value !== undefined && <span className={cx(text.quantityUnit, styles.unit)}>{unit}</span>}
  </span>
);
