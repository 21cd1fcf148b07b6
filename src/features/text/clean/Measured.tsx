import { formatCount, formatNumber } from '../../../core/base/units';
import { BarFigure } from '../../../ui';

const BARS = 12;

/** How the documents lie by what a rule measures of them: what a limit would cut off is seen before it is set. */
export function Measured({ measured }: { measured: Readonly<Record<string, readonly number[]>> }) {
  return Object.entries(measured).map(([name, values]) => (
    <BarFigure
      key={name}
      title={WORDS[name] ?? name}
      hint={`${formatCount(values.length)} documents`}
      heads={['From', 'Documents']}
      rows={rowsOf(values)}
      format={formatCount}
    />
  ));
}

function rowsOf(values: readonly number[]): { id: string; label: string; value: number }[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const width = (most - least) / BARS || 1;
  const counts = new Array<number>(most === least ? 1 : BARS).fill(0);
  for (const value of values) counts[Math.min(Math.floor((value - least) / width), counts.length - 1)]!++;
  return counts.map((value, i) => ({ id: `${i}`, label: formatNumber(least + i * width), value }));
}

const WORDS: Readonly<Record<string, string>> = { likeness: 'Likeness to the sample', characters: 'Characters' };
