/** Warns about a warm-up of more than half of the steps. */
import { formatCount } from '../base/units';
import type { Recipe } from './recipe';

interface LongWarmup {
  title: string;
  detail: string;
  /** The usual number of warm-up steps. */
  usual: number;
}

/** @returns undefined for a warm-up of at most half of the steps */
export function longWarmup({ warmup, steps }: Pick<Recipe, 'warmup' | 'steps'>): LongWarmup | undefined {
  if (warmup <= steps / 2) return undefined;
  return {
    title: warmup >= steps ? 'The learning rate never reaches its peak' : 'Warm-up takes most of the steps',
    detail: `${formatCount(warmup)} of ${formatCount(steps)} steps are warm-up. 5 % is usual.`,
    usual: Math.max(1, Math.round(steps / 20)),
  };
}
