import { useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { counted, formatCount } from '../core/base/units';
import styles from './Histogram.module.css';
import { Table } from './Table';
import { TableToggle } from './TableToggle';

/** Filter bound: values beyond it are left out. The pointer or keys move it on the histogram. */
export interface HistogramBound {
  /** Accessible name: `Least that stays`. */
  label: string;
  side: 'min' | 'max';
  /** Possible values of the bound in order, and the index of the current one. */
  stops: readonly number[];
  stop: number;
  /** Position of the bound in words. */
  says: string;
  onMove: (stop: number) => void;
}
interface HistogramProps {
  title: string;
  /** Unit that each value describes: `document`. */
  of: string;
  values: readonly number[];
  format: (value: number) => string;
  bounds: readonly HistogramBound[];
  /** Logarithmic axis (`log1p`), for values from 0 with a wide range. */
  isLog?: boolean;
  caption?: ReactNode;
}

const BINS = 48;

/** Histogram of values with filter bounds; kept values are drawn strong. A table can replace it. */
export function Histogram(p: HistogramProps) {
  const [isTable, setTable] = useState(false);
  const inputs = useRef<(HTMLInputElement | null)[]>([]);
  /** Axis ends, fixed while a bound is dragged. */
  const [dragged, drag] = useState<{ bound: number; ends: readonly [number, number] }>();
  const at = ({ stops, stop }: HistogramBound): number => stops[stop] ?? 0;
  const own = endsOf([...p.values, ...p.bounds.map(at)]);
  const [from, to] = dragged?.ends ?? own;
  const along = p.isLog ? Math.log1p : (value: number): number => value;
  const place = (value: number): number =>
    to > from ? Math.min(1, Math.max(0, (along(value) - along(from)) / (along(to) - along(from)))) : 0.5;
  const isOut = (value: number): boolean =>
    p.bounds.some((bound) => (bound.side === 'min' ? value < at(bound) : value > at(bound)));
  const bins = binsOf(p.values, place, isOut);
  const max = Math.max(1, ...bins.map(({ all }) => all));

  /** Returns the bound nearest to the pointer, and its stop nearest to the pointer. */
  const pointed = (event: PointerEvent<HTMLElement>, bound?: number): { bound: number; stop: number } => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const x = Math.min(1, Math.max(0, (event.clientX - left) / width));
    const apart = (i: number): number => Math.abs(place(at(p.bounds[i]!)) - x);
    const nearest = bound ?? [...p.bounds.keys()].reduce((best, i) => (apart(i) < apart(best) ? i : best), 0);
    const { stops } = p.bounds[nearest]!;
    const off = (stop: number): number => Math.abs(place(stops[stop]!) - x);
    return { bound: nearest, stop: [...stops.keys()].reduce((best, i) => (off(i) < off(best) ? i : best), 0) };
  };
  const move = ({ bound, stop }: { bound: number; stop: number }): void => {
    if (stop !== p.bounds[bound]!.stop) p.bounds[bound]!.onMove(stop);
  };

  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <b>{p.title}</b>
        <span>{counted(p.values.length, p.of)}</span>
        <span className={styles.grow} />
        <TableToggle title={p.title} figure="histogram" isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? (
        <Table
          label={p.title}
          columns={[
            { id: 'from', header: 'From', cell: ({ from }) => from },
            { id: 'all', header: `${p.of}s`, isNumber: true, cell: ({ all }) => formatCount(all) },
            { id: 'out', header: 'Outside the bounds', isNumber: true, cell: ({ out }) => formatCount(out) },
          ]}
          rows={bins.flatMap(({ all, out, min }, i) => (all > 0 ? [{ i, all, out, from: p.format(min) }] : []))}
          rowKey={({ i }) => `${i}`}
          isDense
        />
      ) : (
        <>
          <div
            className={styles.plot}
            data-moves={p.bounds.length > 0 || undefined}
            onPointerDown={(event) => {
              if (event.button !== 0 || p.bounds.length === 0) return;
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
              const to = pointed(event);
              drag({ bound: to.bound, ends: own });
              inputs.current[to.bound]?.focus({ preventScroll: true });
              move(to);
            }}
            onPointerMove={(event) => dragged && move(pointed(event, dragged.bound))}
            onPointerUp={() => drag(undefined)}
            onPointerCancel={() => drag(undefined)}
          >
            <svg viewBox={`0 0 ${BINS} 100`} preserveAspectRatio="none" aria-hidden>
              {bins.map(({ all, out }, i) => {
                // A single value stays visible next to thousands.
                const [height, gone] = [all, out].map((n) => (n > 0 ? Math.max(2, (100 * n) / max) : 0)) as [
                  number,
                  number,
                ];
                return (
                  all > 0 && (
                    <g key={i}>
                      <rect className={styles.out} x={i} y={100 - height} width={0.9} height={height} />
                      {out < all && (
                        <rect className={styles.in} x={i} y={100 - height} width={0.9} height={height - gone || 2} />
                      )}
                    </g>
                  )
                );
              })}
            </svg>
            {p.bounds.map((bound, i) => (
              <span key={bound.label} className={styles.bound} style={{ left: `${100 * place(at(bound))}%` }}>
                <input
                  ref={(input) => {
                    inputs.current[i] = input;
                  }}
                  type="range"
                  min={0}
                  max={bound.stops.length - 1}
                  step={1}
                  value={bound.stop}
                  aria-label={`${bound.label}, ${p.title}`}
                  aria-valuetext={bound.says}
                  onChange={(event) => move({ bound: i, stop: event.currentTarget.valueAsNumber })}
                />
                <i />
              </span>
            ))}
          </div>
          <div className={styles.ends} aria-hidden>
            <span>{p.format(from)}</span>
            {to > from && <span>{p.format(to)}</span>}
          </div>
        </>
      )}
      {p.caption !== undefined && <figcaption className={styles.caption}>{p.caption}</figcaption>}
    </figure>
  );
}

interface Bin {
  all: number;
  out: number;
  /** Smallest value in the bin. */
  min: number;
}
function binsOf(
  values: readonly number[],
  place: (value: number) => number,
  isOut: (value: number) => boolean,
): readonly Bin[] {
  const bins = Array.from({ length: BINS }, (): Bin => ({ all: 0, out: 0, min: Infinity }));
  for (const value of values) {
    const bin = bins[Math.min(BINS - 1, Math.floor(place(value) * BINS))]!;
    bin.all++;
    bin.min = Math.min(bin.min, value);
    if (isOut(value)) bin.out++;
  }
  return bins;
}

function endsOf(values: readonly number[]): readonly [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return [min, max];
}
