/** A scale that maps values from `min` to `max` to 0 to 1. */
export interface Scale {
  min: number;
  max: number;
  isLog?: boolean;
}
/** Scale of a chart's x axis: the canvas draws curves only linearly along x. */
export type LinearScale = Scale & { isLog?: false };
export const along = (scale: Scale, value: number): number => {
  const min = warp(scale, scale.min);
  const max = warp(scale, scale.max);
  return max > min ? (warp(scale, value) - min) / (max - min) : 0;
};
/** Transforms a value so that the scale is linear in it. */
export const warp = (scale: Scale, value: number): number => (scale.isLog ? Math.log(Math.max(value, 1e-12)) : value);

/** Position of a step on an axis that spreads out early steps: ln(1 + step/20). */
export const earlyPlace = (step: number): number => Math.log1p(step / EARLY_STEPS);
/** Step at a position; inverse of `earlyPlace`. */
export const earlyStep = (place: number): number => EARLY_STEPS * Math.expm1(place);
const EARLY_STEPS = 20;

/** Scale that contains all values, padded by `room` of its span at both ends; a linear one isn't padded below zero. */
export function scaleAround(values: readonly number[], isLog: boolean, room = 0.06): Scale {
  const known = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (known.length === 0) return isLog ? { min: 1, max: 10, isLog } : { min: 0, max: 1 };
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (isLog) {
    const pad = Math.max((high / low) ** room, 1.02);
    return { min: low / pad, max: high * pad, isLog };
  }
  const pad = (high - low || Math.abs(high) || 1) * room;
  return { min: low >= 0 ? Math.max(0, low - pad) : low - pad, max: high + pad };
}

/** Minimum and maximum finite value. */
export function extent(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high && value !== Infinity) high = value;
  }
  return [low, high];
}
