import { formatCount, formatDuration } from '../../core/base/units';
import type { Writing } from '../../state/playground';

/** How the last writing ended, in words. */
export function readStatus(writing: Writing, tokens: number, blanks: number): string {
  if (writing.kind !== 'done') return '';
  const { reason, ms } = writing;
  const many = `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
  switch (reason) {
    case 'length':
      return `${many} in ${formatDuration(ms)}`;
    case 'filled':
      return `${formatCount(blanks)} ${blanks === 1 ? 'blank' : 'blanks'} in ${formatDuration(ms)}`;
    case 'stopped':
      return `Stopped after ${many}`;
    case 'end':
      return `${many}, then the model ended the text`;
    default:
      return reason satisfies never;
  }
}
