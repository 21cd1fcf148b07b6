/** How two runs compare, in a sentence or two. */
import { formatCount } from '../../core/base/units';
import { changeWords, type Made } from '../../core/runs/compare';
import type { How } from '../../core/runs/lineage';
import { formatBits, type RunView } from './view';

export const HOW: Record<How | 'nothing', string> = {
  nothing: 'from nothing',
  fork: 'fork',
  'fine-tune': 'adapted',
  distil: 'distilled',
  import: 'came in',
};

/** `One setting differs`, and which. */
export function differWords(before: Made, after: Made): { count: string; which: string } {
  const all = changeWords(before, after);
  if (all.length === 0) return { count: 'No setting differs', which: '' };
  const count = all.length === 1 ? 'One setting differs' : `${formatCount(all.length)} settings differ`;
  return { count, which: all.slice(0, 3).join('; ') + (all.length > 3 ? ' and others' : '') };
}

/** Where it stands beside the other, as far as the two can be compared. */
export function standing(view: RunView, against: RunView): string {
  if (view.bits === undefined || against.bits === undefined)
    return 'One of them has not been measured on held-out text.';
  if (view.heldOut !== against.heldOut)
    return 'They were measured on other held-out text, so their numbers do not compare.';
  const difference = view.bits - against.bits;
  if (Math.abs(difference) < 0.0005) return 'At their best they reach the same, to three digits.';
  return `At its best it is ${formatBits(Math.abs(difference))} bits a byte ${difference > 0 ? 'higher' : 'lower'}.`;
}
