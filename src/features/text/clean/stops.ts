/** Positions of a measure's bounds on its histogram, with the setting of each. */
import type { Fields, NumberField } from '../../../core/base/field';
import { leastOf } from '../../../core/documents/clean/measures';
import type { Step } from '../../../core/documents/clean/recipe';
import type { StatedMeasure } from '../../../core/documents/clean/rules/rule';

interface Movable {
  side: 'min' | 'max';
  /** Name of the field that the bound sets. */
  setting: string;
  /** Possible positions, in ascending order of value. */
  stops: readonly Stop[];
  /** Index of the current position. */
  stop: number;
}
interface Stop {
  /** Position on the axis. */
  at: number;
  /** Value of the setting. */
  value: number;
}

/** Number of distinguishable positions on a picture. */
const PLACES = 100;

export function movablesOf(
  measure: StatedMeasure,
  fields: Fields,
  settings: Step['settings'],
  values: readonly number[],
  isLog: boolean,
): readonly Movable[] {
  const { min, max, share } = measure;
  if (share !== undefined) {
    const current = Number(settings[share]);
    const stops = stopsOfShare(values, current);
    return [{ side: 'min', setting: share, stops, stop: stops.findIndex(({ value }) => value === current) }];
  }
  return (['min', 'max'] as const).flatMap((side) => {
    const setting = { min, max }[side];
    if (setting === undefined) return [];
    const current = Number(settings[setting]);
    const stops = stopsOf(side, fields[setting] as NumberField, measure, current, values, isLog);
    const distance = (i: number): number => Math.abs(stops[i]!.value - current);
    const stop = [...stops.keys()].reduce((best, i) => (distance(i) < distance(best) ? i : best), 0);
    return [{ side, setting, stops, stop }];
  });
}

/** Stops between documents, at most 100, and the current share. The first stop keeps all documents. */
function stopsOfShare(values: readonly number[], current: number): readonly Stop[] {
  const places = Math.min(PLACES, values.length);
  const shares = Array.from({ length: places }, (_, out) => Math.round((1000 * (places - out)) / places) / 1000);
  return [...new Set([...shares, current])]
    .sort((a, b) => b - a)
    .map((value) => ({ value, at: leastOf(value, values) }));
}

/** Round numbers over the range of values. The end of the range keeps all documents. */
function stopsOf(
  side: 'min' | 'max',
  { kind, min, max }: NumberField,
  { unbounded }: StatedMeasure,
  current: number,
  values: readonly number[],
  isLog: boolean,
): readonly Stop[] {
  const round = side === 'min' ? Math.floor : Math.ceil;
  const [from, to] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const [toScale, fromScale] = isLog ? [Math.log1p, Math.expm1] : [(x: number) => x, (x: number) => x];
  const roundValues = Array.from({ length: PLACES + 1 }, (_, i) => {
    const x = fromScale(toScale(from) + (i / PLACES) * (toScale(to) - toScale(from)));
    const step = kind === 'whole' || x === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(x))) - 2);
    return Math.min(max, Math.max(min, Number((round(x / step) * step).toPrecision(12))));
  });
  const isUnbounded = current === unbounded;
  const stops = [...new Set(isUnbounded ? roundValues : [...roundValues, current])]
    .sort((a, b) => a - b)
    .map((value) => ({ at: value, value }));
  if (unbounded === undefined) return stops;
  // The setting without a bound is at the end where all documents stay.
  const isWithin = ({ at }: Stop): boolean => at === current || (at > from && at < to);
  const boundedStops = stops.filter((stop) => stop.value !== unbounded && isWithin(stop));
  return side === 'min'
    ? [{ at: Math.min(from, current), value: unbounded }, ...boundedStops]
    : [...boundedStops, { at: Math.max(to, current), value: unbounded }];
}
