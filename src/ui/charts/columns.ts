import type { Numbers } from './types';

/**
 * Points of a line for a plot of `width` pixel columns over [min, max]: the minimum and maximum of each column, in
 * order, so that spikes survive; the first and last always. Skips points out of order or not finite.
 */
export function visiblePoints(x: Numbers, y: Numbers, min: number, max: number, width: number): [number[], number[]] {
  const xs: number[] = [];
  const ys: number[] = [];
  const count = Math.min(x.length, y.length);
  const push = (i: number) => {
    const at = x[i]!;
    const last = xs.at(-1);
    if (last !== undefined && at <= last) return;
    xs.push(at);
    ys.push(y[i]!);
  };
  const perColumn = width / (max - min);
  if (!(count > 2 * width) || !Number.isFinite(perColumn)) {
    for (let i = 0; i < count; i++) if (Number.isFinite(y[i])) push(i);
    return [xs, ys];
  }
  let column = -1;
  let low = -1;
  let high = -1;
  const flush = () => {
    if (low < 0) return;
    push(Math.min(low, high));
    if (low !== high) push(Math.max(low, high));
  };
  let last = -1;
  for (let i = 0; i < count; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) continue;
    const here = Math.floor((x[i]! - min) * perColumn);
    if (here !== column) {
      flush();
      column = here;
      low = i;
      high = i;
    } else {
      if (value < y[low]!) low = i;
      if (value > y[high]!) high = i;
    }
    last = i;
  }
  flush();
  if (last >= 0) push(last);
  return [xs, ys];
}

/** `visiblePoints` of a line in parts, with a null between two parts, where a chart leaves a gap. */
export function visibleParts(
  x: Numbers,
  y: Numbers,
  starts: readonly number[],
  view: { min: number; max: number; width: number },
): [number[], (number | null)[]] {
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  const all = [0, ...starts, x.length];
  for (let part = 0; part + 1 < all.length; part++) {
    const cut = (column: Numbers): Numbers => Array.prototype.slice.call(column, all[part], all[part + 1]) as number[];
    const [px, py] = visiblePoints(cut(x), cut(y), view.min, view.max, view.width);
    const last = xs.at(-1);
    if (last !== undefined && px[0] !== undefined) {
      xs.push((last + px[0]) / 2);
      ys.push(null);
    }
    for (const [i, value] of px.entries()) {
      xs.push(value);
      ys.push(py[i]!);
    }
  }
  return [xs, ys];
}

/** Index of the value nearest to `target` in an ascending column, or -1 if it is empty. */
export function nearest(column: Numbers, target: number): number {
  let low = 0;
  let high = column.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low > 0 && target - column[low - 1]! <= column[low]! - target ? low - 1 : low;
}
