import { useState, type ReactNode } from 'react';
import { counted, formatBytes, formatCount, formatDuration, formatReading } from '../../core/base/units';
import { percentNumber } from '../../core/evaluate/labelResult';
import { accuracyOf } from '../../core/runs/labelStanding';
import { estimateOf, type Evaluated, metricOf, type MetricId, runMetricsIn } from '../../core/metrics';
import { metricsOf, objectiveOf } from '../../core/objectives';
import { trainingAt } from '../../core/train/meanAt';
import { millisecondsLeft } from '../../state/pace';
import { useShown, useStudio } from '../../state/react';
import type { Phase } from '../../state/phase';
import { Button, cx, NumberStrip, Quantity, text, type Reading } from '../../ui';
import { evaluationsSince, judgedEvaluation } from '../../state/standing';
import { plannedSteps, type RunSettings } from '../../state/runSettings';
import styles from './TrainPage.module.css';

/** Four numbers, and the others under More readings. Each keeps its place and width while it changes. */
export function Readings({ settings }: { settings: RunSettings }) {
  const [isOpen, setOpen] = useState(false);
  const { main, others } = useReadings(settings);
  return (
    <>
      <NumberStrip
        readings={main}
        more={
          <Button variant="quiet" isDense opens isExpanded={isOpen} onPress={() => setOpen(!isOpen)}>
            More readings
          </Button>
        }
      />
      {isOpen && <NumberStrip readings={others} />}
    </>
  );
}

/** The four main numbers: progress, quality, time and speed; and the others. */
function useReadings(settings: RunSettings): Record<'main' | 'others', readonly Reading[]> {
  const { log, phase, saved } = useShown('train');
  const isGpu = useStudio((s) => s.device.kind === 'open' && s.device.info.kind === 'webgpu');
  const { after } = settings.segments.at(-1)!;
  const isClassifier = settings.model.config.classes !== undefined;
  // Evaluations on the current text only.
  const evaluation = isClassifier ? judgedEvaluation({ log, phase }, after) : evaluationsSince(log, after).at(-1);
  const lastStep = log.step.at(-1);
  const planned = plannedSteps(phase, settings);
  const trainingLoss = lastStep === undefined ? undefined : trainingAt(log, lastStep, after);
  const speed = log.tokensPerSecond.at(-1);
  const isFailed = phase.kind === 'failed' && saved !== null;
  const step = isFailed ? saved.step : (lastStep ?? saved?.step ?? 0);
  const time = timeReading(phase, planned - step, millisecondsLeft(log, planned), log.activeMs.at(-1));
  const facts = settings.segments.at(-1)!.data.facts?.labels;
  const stepReading: Reading = {
    label: isFailed ? 'Saved at step' : 'Step',
    value: steady(9, formatCount(step), `of ${formatCount(planned)}`),
    ...(step < planned && { note: `${formatCount(Math.floor((100 * step) / planned))} % done` }),
  };
  const [headline, ...metrics] = [
    ...metricsOf(objectiveOf(settings.recipe.objective))
      .filter((id) => !isClassifier || metricOf(id).needs !== 'labels')
      .map((id) => ({ ...measuredReading(id, evaluation), ...(isClassifier && { label: 'Validation loss' }) })),
    ...(evaluation ? runMetricsIn(evaluation) : []).map((id) => measuredReading(id, evaluation)),
  ];
  const speedReading: Reading = {
    label: 'Speed',
    value: steady(9, speed === undefined ? undefined : formatCount(speed), 'tokens/s'),
    ...(speed !== undefined && { note: `${formatReading(speed / settings.tokensPerStep)} steps/s` }),
  };
  const training: Reading = {
    label: 'Training loss',
    run: 1,
    value: steady(6, trainingLoss === undefined ? undefined : formatReading(trainingLoss), 'nats'),
  };
  const memory: Reading = {
    label: isGpu ? 'GPU memory' : 'Memory',
    value: steady(6, log.memoryBytes > 0 ? formatBytes(log.memoryBytes) : undefined),
  };
  if (isClassifier)
    return {
      main: [stepReading, ...labelReadings(evaluation, facts), time],
      others: [...(headline ? [headline] : []), ...metrics, training, speedReading, memory],
    };
  // Speed matters while it trains; afterwards, how well the model compresses text.
  const bits = metrics.find(({ label }) => label === metricOf('bitsPerByte').label);
  const fourth = (phase.kind === 'finished' && bits) || speedReading;
  return {
    main: [stepReading, ...(headline ? [headline] : []), time, fourth],
    others: [...metrics, training, speedReading, memory].filter((reading) => reading !== fourth),
  };
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
      // Omits an interval without width: if all texts are right, resampling can't change the score.
      ...(f1?.low !== undefined &&
        f1.low < f1.high! && { interval: `${percentNumber(f1.low)} to ${percentNumber(f1.high!)}` }),
    },
  ];
}

/** Metric of the newest evaluation. */
function measuredReading(id: MetricId, last: Evaluated | undefined): Reading {
  const { label, unit, shortUnit } = metricOf(id);
  const estimate = last && estimateOf(id, last);
  return {
    label,
    run: 2,
    value: steady(5, estimate && formatReading(estimate.value), (shortUnit ?? unit) || undefined),
    ...(id === 'perplexity' && estimate && { note: `like choosing among ${formatCount(estimate.value)} tokens` }),
  };
}

function timeReading(
  phase: Phase,
  stepsLeft: number,
  leftMs: number | undefined,
  elapsedMs: number | undefined,
): Reading {
  const time = (ms: number | undefined): ReactNode => steady(7, ms === undefined ? undefined : formatDuration(ms));
  switch (phase.kind) {
    case 'finished':
      return { label: 'Training time', value: time(elapsedMs) };
    case 'stopped':
    case 'failed':
      return { label: 'Steps left', value: steady(7, formatCount(Math.max(0, stepsLeft))) };
    case 'idle':
    case 'preparing':
    case 'compiling':
    case 'training':
    case 'stopping':
      return {
        label: 'Time left',
        value: time(leftMs),
        ...(elapsedMs !== undefined && { note: `${formatDuration(elapsedMs)} so far` }),
      };
    default:
      return phase satisfies never;
  }
}

/** Value padded to a number of digits, so that its neighbors don't move when it changes. */
const steady = (digits: number, value: string | undefined, unit?: string): ReactNode => (
  <span className={styles.steady} style={{ minWidth: `${String(digits)}ch` }}>
    <Quantity>{value ?? '–'}</Quantity>
    {unit !== undefined && value !== undefined && <span className={cx(text.quantityUnit, styles.unit)}>{unit}</span>}
  </span>
);
