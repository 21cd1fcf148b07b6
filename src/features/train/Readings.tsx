import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDuration, formatReading } from '../../core/base/units';
import { trainingAt } from '../../core/train/verdict';
import { millisecondsLeft } from '../../state/pace';
import { useStudio } from '../../state/react';
import type { Phase } from '../../state/run';
import { NumberStrip, type Reading } from '../../ui';
import type { RunSettings } from './runSettings';
import styles from './TrainPage.module.css';

/** The number strip: each number has its place and keeps its width while it changes. */
export function Readings({ settings }: { settings: RunSettings }) {
  const log = useStudio((s) => s.log);
  const phase = useStudio((s) => s.phase);
  const saved = useStudio((s) => s.saved);
  const isGpu = useStudio((s) => s.device.kind === 'open' && s.device.info.kind === 'webgpu');
  useStudio((s) => s.logVersion);
  const last = log.evaluations.at(-1);
  const done = log.step.at(-1);
  const planned = plannedSteps(phase, settings);
  const trained = done === undefined ? undefined : trainingAt(log, done);
  const isFailed = phase.kind === 'failed';
  const step = isFailed ? (saved?.step ?? 0) : (done ?? saved?.step ?? 0);
  const readings: Reading[] = [
    {
      label: isFailed ? 'Saved at step' : 'Step',
      value: steady(formatCount(step), 5),
      unit: `of ${formatCount(planned)}`,
    },
    { label: 'Perplexity', run: 2, value: steady(last && formatReading(Math.exp(last.loss)), 5) },
    {
      label: 'Validation',
      run: 2,
      isSecondary: true,
      value: steady(last && formatReading(last.loss), 4),
      unit: 'nats',
    },
    {
      label: 'Training',
      run: 1,
      value: steady(trained === undefined ? undefined : formatReading(trained), 4),
      unit: 'nats',
    },
    { label: 'Bits per byte', value: steady(last && formatReading(last.bitsPerByte), 4) },
    {
      label: 'Speed',
      value: steady(log.tokensPerSecond.length > 0 ? formatCount(log.tokensPerSecond.at(-1)!) : undefined, 6),
      unit: 'tokens/s',
    },
    timeReading(phase, planned - step, millisecondsLeft(log, planned), log.activeMs.at(-1)),
    {
      label: isGpu ? 'GPU memory' : 'Memory',
      isSecondary: true,
      ...bytes(log.memoryBytes),
    },
  ];
  return <NumberStrip readings={readings} />;
}

/** Steps of the whole plan, longer than the recipe's where the run is trained on. */
export const plannedSteps = (phase: Phase, { recipe }: RunSettings): number =>
  'of' in phase && phase.of > 0 ? phase.of : recipe.steps;

function timeReading(phase: Phase, steps: number, left: number | undefined, taken: number | undefined): Reading {
  switch (phase.kind) {
    case 'finished':
      return { label: 'Took', value: steady(taken === undefined ? undefined : formatDuration(taken), 6) };
    case 'stopped':
    case 'failed':
      return { label: 'Left to do', value: steady(formatCount(Math.max(0, steps)), 6), unit: 'steps' };
    case 'idle':
    case 'preparing':
    case 'compiling':
    case 'training':
    case 'stopping':
      return { label: 'Time left', value: steady(left === undefined ? undefined : formatDuration(left), 8) };
    default:
      return phase satisfies never;
  }
}

function bytes(n: number): Pick<Reading, 'value' | 'unit'> {
  if (n === 0) return { value: '–' };
  const [value = '', unit = ''] = formatBytes(n).split(' ');
  return { value: steady(value, 4), unit };
}

/** A value in a place of `characters` figures, so that its neighbours stay where they are. */
const steady = (value: string | undefined, characters: number): ReactNode => (
  <span className={styles.steady} style={{ minWidth: `${String(characters)}ch` }}>
    {value ?? '–'}
  </span>
);
