/** Comparison of two runs in a sentence or two. */
import { counted, formatCount } from '../../core/base/units';
import { endingOf } from '../../core/runs/ending';
import { endingWord } from '../../core/train/endingWord';
import { changeWords, type Made } from '../../core/runs/compare';
import type { How } from '../../core/runs/lineage';
import { formatGap, gapOf } from './verdict';
import { formatBits, type RunView } from './view';

/** Stands for an unknown value. */
export const NO_VALUE = '–';

/** How a run started. */
export const ORIGIN_WORDS: Record<How | 'nothing', string> = {
  nothing: 'from scratch',
  fork: 'fork',
  'fine-tune': 'fine-tuned',
  distil: 'distilled',
  import: 'imported',
};

/** `2 settings differ`, and a list of them. */
export function settingDifferences(before: Made, after: Made): { count: string; list: string } {
  const changes = changeWords(before, after);
  if (changes.length === 0) return { count: 'Same settings', list: '' };
  const count = `${counted(changes.length, 'setting')} ${changes.length === 1 ? 'differs' : 'differ'}`;
  return {
    count,
    list: changes.slice(0, 3).join('; ') + (changes.length > 3 ? ` and ${formatCount(changes.length - 3)} more` : ''),
  };
}

/** Compares a run with the baseline, if both were evaluated on the same text. */
export function comparisonWords(view: RunView, baseline: RunView): string {
  if (view.bits === undefined || baseline.bits === undefined) return 'One of them has no evaluation yet.';
  if (view.heldOut !== baseline.heldOut) return "Their validation sets differ, so their numbers don't compare.";
  const difference = view.bits - baseline.bits;
  if (Math.abs(difference) < 0.0005) return 'Their best steps are equal to three digits.';
  const gaps = [view, baseline].map(gapOf);
  const [gap, otherGap] = gaps.map((nats) => (nats === undefined ? undefined : formatGap(nats)));
  const gapWords = gap && otherGap && gap !== otherGap ? `, gap ${gap} instead of ${otherGap} nats` : '';
  return `Its best step has ${formatBits(Math.abs(difference))} bits per byte ${difference > 0 ? 'more' : 'less'}${gapWords}.`;
}

/** `+0.055`; in words for the baseline itself, or after an evaluation on other text. */
export function differenceWords(view: RunView, baseline: RunView | undefined): string {
  if (view.id === baseline?.id) return 'baseline';
  if (view.bits === undefined || baseline?.bits === undefined) return NO_VALUE;
  if (view.heldOut !== baseline.heldOut) return 'other text';
  const difference = view.bits - baseline.bits;
  return `${difference > 0 ? '+' : difference < 0 ? '−' : '±'}${formatBits(Math.abs(difference))}`;
}

/** `finished at 4,000`, `paused at 1,200 of 4,000`. */
export function stateWords({ step, planned, row: { record } }: RunView, isRunning: boolean): string {
  const progress = `${formatCount(step)} of ${formatCount(planned)}`;
  if (isRunning) return `running, ${progress}`;
  const ending = endingOf(record, step, planned);
  if (record.origin && step === 0 && ending !== 'failed') return 'imported';
  const word = endingWord(ending).toLowerCase();
  if (ending === 'finished') return `${word} at ${formatCount(step)}`;
  return ending === 'failed' ? `${word}, step ${progress}` : `${word} at ${progress}`;
}
