import { useMemo, useState } from 'react';
import { formatCount, formatReading } from '../../core/base/units';
import { Pane, Segmented } from '../../ui';
import { RunsChart, type XAxis } from '../../ui/charts';
import { ends, forebearLines, lineOf, type Measure, MEASURES, measureWords, referenceOf, usualMeasure } from './curves';
import { bestOf, comparable, formatBits, type RunView } from './view';

/** Curves of the shown runs in one chart. */
export function CurvesPane(p: {
  all: readonly RunView[];
  shown: readonly RunView[];
  /** Baseline run, else the newest. */
  against: RunView | undefined;
}) {
  const { all, shown, against } = p;
  const [axis, setAxis] = useState<XAxis>('step');
  const objective = (against ?? shown[0])?.objective ?? 'causal';
  const [asked, setMeasure] = useState<Measure>();
  const measure = asked ?? usualMeasure(objective);
  const lines = useMemo(
    () => [
      ...forebearLines(shown, all, measure, axis),
      ...shown.flatMap((view) => lineOf(view, measure, axis, all) ?? []),
    ],
    [shown, all, measure, axis],
  );
  const reference = against && referenceOf(against, measure);
  const { label } = measureWords(measure, objective);
  return (
    <Pane label="Curves">
      <RunsChart
        title={label}
        hint={measure === 'training' ? 'nats, training text' : 'validation set'}
        lines={lines}
        reference={reference}
        y={ends(lines, reference?.value)}
        axis={axis}
        onAxis={setAxis}
        describeY={measure === 'bits' ? formatBits : formatReading}
        settings={
          <Segmented
            label="Metric"
            value={measure}
            onChange={setMeasure}
            options={MEASURES.map((value) => ({ value, label: measureWords(value, objective).label }))}
          />
        }
        caption={caption(shown, against, measure)}
      />
    </Pane>
  );
}

function caption(shown: readonly RunView[], against: RunView | undefined, measure: Measure): string {
  if (shown.length === 0) return 'No run is shown. Turn one on with the eye in its row';
  if (measure !== 'bits' || !against) return 'One line per run';
  const alike = comparable(shown, against).toSorted((a, b) => a.bits! - b.bits!);
  const [first, second] = alike;
  if (shown.every(({ objective }) => usualMeasure(objective) !== 'bits'))
    return 'Only next-token models have bits per byte';
  if (!first || !bestOf(alike)) return 'No run has been evaluated yet';
  const then = second ? `, then ${second.name} at ${formatBits(second.bits!)}` : '';
  const others = shown.length - alike.length;
  const apart = others > 0 ? `; ${formatCount(others)} with another validation set` : '';
  return `Lowest: ${first.name} at ${formatBits(first.bits!)}${then}; dots mark best steps${apart}`;
}
