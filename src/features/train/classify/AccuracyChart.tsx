import { formatNumber } from '../../../core/base/units';
import { intervalWords } from '../../../core/evaluate/labelResult';
import { accuracyOf } from '../../../core/runs/labelStanding';
import { objectiveOf } from '../../../core/objectives';
import { useShown } from '../../../state/react';
import { plannedSteps, type RunSettings } from '../../../state/runSettings';
import { LineChart } from '../../../ui/charts';

/** Accuracy on held-out texts with its interval, and baselines. */
export function AccuracyChart({ settings }: { settings: RunSettings }) {
  const { log, phase } = useShown('train');
  const { recipe, segments } = settings;
  const { facts } = segments.at(-1)!.data;
  const points = log.evaluations.flatMap((evaluation) => {
    const accuracy = accuracyOf(evaluation, facts?.labels);
    return accuracy ? [{ step: evaluation.step, ...accuracy }] : [];
  });
  const last = points.at(-1);
  const baselines = (facts && objectiveOf(recipe.objective).measuredBaselines?.(facts)) ?? [];
  const references = baselines.flatMap(({ id, words, values }) =>
    values['accuracy'] === undefined
      ? []
      : [
          {
            value: values['accuracy'],
            label: words,
            ...(LONG_LABELS[id] !== undefined && { longLabel: LONG_LABELS[id] }),
          },
        ],
  );
  const min = Math.min(100, ...points.map(({ low }) => low), ...references.map(({ value }) => value));
  return (
    <LineChart
      title="Accuracy"
      hint="held-out, with 95 % interval"
      lines={[
        {
          id: 'accuracy',
          label: 'accuracy',
          run: 2,
          hasPoints: true,
          x: points.map(({ step }) => step),
          y: points.map(({ value }) => value),
          low: points.map(({ low }) => low),
          high: points.map(({ high }) => high),
        },
      ]}
      xMax={plannedSteps(phase, settings)}
      // Leaves room for points and labels at 100 %.
      y={{ min: Math.max(0, 10 * Math.floor(min / 10)), max: 104 }}
      references={references}
      describeY={percent}
      minHeight={188}
      caption={
        last
          ? `Accuracy ${intervalWords(last)} at the latest evaluation`
          : 'Accuracy appears after the first evaluation'
      }
      syncKey="train"
      subject={log}
    />
  );
}

const LONG_LABELS: Readonly<Record<string, string>> = { majority: 'always the most common label' };
const percent = (value: number): string => `${formatNumber(Number(value.toFixed(1)))} %`;
