/** How two runs compare, in a sentence or two. */
import { formatCount } from '../../core/base/units';
import { endingOf } from '../../core/runs/ending';
import { endingWord } from '../../core/train/endingWord';
import { changeWords, type Made } from '../../core/runs/compare';
import type { How } from '../../core/runs/lineage';
import { formatGap, gapOf } from './verdict';
import { formatBits, type RunView } from './view';

/** What is not known. */
export const NONE = '–';

export const HOW: Record<How | 'nothing', string> = {
  nothing: 'from nothing',
  fork: 'fork',
  'fine-tune': 'fine-tuned',
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
  const gaps = [view, against].map(gapOf);
  const [gap, other] = gaps.map((nats) => (nats === undefined ? undefined : formatGap(nats)));
  const beside = gap && other && gap !== other ? `, with a gap of ${gap} nats instead of ${other}` : '';
  return `At its best it is ${formatBits(Math.abs(difference))} bits a byte ${difference > 0 ? 'higher' : 'lower'}${beside}.`;
}

/** `+0.055`; in words where it is the baseline, or was measured on other text. */
export function differenceWords(view: RunView, baseline: RunView | undefined): string {
  if (view.id === baseline?.id) return 'baseline';
  if (view.bits === undefined || baseline?.bits === undefined) return NONE;
  if (view.heldOut !== baseline.heldOut) return 'other text';
  const difference = view.bits - baseline.bits;
  return `${difference > 0 ? '+' : difference < 0 ? '−' : '±'}${formatBits(Math.abs(difference))}`;
}

/** `finished at 4,000`, `paused at 1,200 of 4,000`. */
export function stateWords({ step, planned, row: { record } }: RunView, isRunning: boolean): string {
  const place = `${formatCount(step)} of ${formatCount(planned)}`;
  if (isRunning) return `running, ${place}`;
  const ending = endingOf(record, step, planned);
  if (record.origin && step === 0 && ending !== 'failed') return 'came in';
  const word = endingWord(ending).toLowerCase();
  if (ending === 'finished') return `${word} at ${formatCount(step)}`;
  return ending === 'failed' ? `${word}, step ${place}` : `${word} at ${place}`;
}
