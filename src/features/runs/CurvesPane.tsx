import { useMemo, useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import { Pane, Segmented } from '../../ui';
import { RunsChart, type XAxis } from '../../ui/charts';
import {
  yRange,
  ancestorLines,
  runLine,
  type Measure,
  MEASURES,
  measureWords,
  unigramReference,
  defaultMeasure,
} from './curves';
import { bestOf, comparable, formatBits, type RunView } from './view';

/** Curves of the shown runs in one chart. */
export function CurvesPane(p: { all: readonly RunView[]; shown: readonly RunView[]; baseline: RunView | undefined }) {
  const { all, shown, baseline } = p;
  const [axis, setAxis] = useState<XAxis>('step');
  const objective = (baseline ?? shown[0])?.objective ?? 'causal';
  const [chosenMeasure, setChosenMeasure] = useState<Measure>();
  const measure = chosenMeasure ?? defaultMeasure(objective);
  const lines = useMemo(
    () => [
      ...ancestorLines(shown, all, measure, axis),
      ...shown.flatMap((view) => runLine(view, measure, axis, all) ?? []),
    ],
    [shown, all, measure, axis],
  );
  const reference = baseline && unigramReference(baseline, measure);
  const { label } = measureWords(measure, objective);
  return (
    <Pane label="Curves">
      <RunsChart
        title={label}
        hint={measure === 'training' ? 'nats, training text' : 'validation set'}
        lines={lines}
        reference={reference}
        y={yRange(lines, reference?.value)}
        axis={axis}
        onAxis={setAxis}
        describeY={measure === 'bits' ? formatBits : formatReading}
        settings={
          <Segmented
            label="Metric"
            value={measure}
            onChange={setChosenMeasure}
            options={MEASURES.map((value) => ({ value, label: measureWords(value, objective).label }))}
          />
        }
        caption={caption(shown, baseline, measure)}
      />
    </Pane>
  );
}

function caption(shown: readonly RunView[], baseline: RunView | undefined, measure: Measure): string {
  if (shown.length === 0) return 'No run is shown. Turn one on with the eye in its row';
  if (measure !== 'bits' || !baseline) return 'One line per run';
  const comparableRuns = comparable(shown, baseline).toSorted((a, b) => a.bits! - b.bits!);
  const [best, second] = comparableRuns;
  if (shown.every(({ objective }) => defaultMeasure(objective) !== 'bits'))
    return 'Only next-token models have bits per byte';
  if (!best || !bestOf(comparableRuns)) return 'No run has been evaluated yet';
  const secondWords = second ? `, then ${second.name} at ${formatBits(second.bits!)}` : '';
  const otherCount = shown.length - comparableRuns.length;
  const otherWords = otherCount > 0 ? `; ${formatCount(otherCount)} with another validation set` : '';
  return `Lowest: ${best.name} at ${formatBits(best.bits!)}${secondWords}; dots mark best steps${otherWords}`;
}
