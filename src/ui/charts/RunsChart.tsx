import type { ReactNode } from 'react';
import { formatReading } from '../../core/base/units';
import { Segmented } from '../Segmented';
import { LineFigure } from './LineChart';
import { useMedia } from './surroundings';
import { linearTicks, timeTicks } from '../../core/charts/ticks';
import type { Line, Reference, XAxis } from './types';
import { formatX, tickX } from './words';

interface RunsChartProps {
  title: string;
  hint?: ReactNode;
  /** One line per run, labeled with its name; ancestors of runs are silent and quiet. */
  lines: readonly Line[];
  reference?: Reference | undefined;
  /** Range of y, if known better than from the lines. */
  y?: { min: number; max: number } | undefined;
  axis: XAxis;
  onAxis: (axis: XAxis) => void;
  /** Settings before the selection of the axis. */
  settings: ReactNode;
  describeY?: (y: number) => string;
  caption: ReactNode;
}

/** Overlaid curves of several runs, each labeled at its end. */
export function RunsChart({ lines, axis, onAxis, reference, y, ...p }: RunsChartProps) {
  const isPhone = useMedia('(max-width: 759px)');
  const right = Math.max(0, ...lines.map(({ x }) => x[x.length - 1] ?? 0)) || 1;
  return (
    <LineFigure
      title={p.title}
      {...(p.hint !== undefined && { hint: p.hint })}
      lines={lines}
      labelRoom={isPhone ? 112 : 136}
      minHeight={200}
      {...(reference && { references: [reference] })}
      {...(y && { y })}
      xWord={axis === 'time' ? 'time' : axis}
      xTicks={(width) => {
        const count = Math.max(2, Math.floor(width / 88));
        const values = axis === 'time' ? timeTicks(right, count) : linearTicks(0, right, count);
        return values.map((value, index) => ({ value, label: tickX[axis](value, index === 0) }));
      }}
      describeX={(x) => formatX[axis](axis === 'time' ? x : Math.round(x))}
      describeY={p.describeY ?? formatReading}
      settings={
        <>
          {p.settings}
          <Segmented
            label="Horizontal axis"
            value={axis}
            onChange={onAxis}
            options={[
              { value: 'step', label: 'Step' },
              { value: 'tokens', label: 'Tokens' },
              { value: 'time', label: 'Time' },
            ]}
          />
        </>
      }
      caption={p.caption}
    />
  );
}
