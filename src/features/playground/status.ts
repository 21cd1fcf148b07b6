import { formatCount, formatDuration } from '../../core/base/units';
import type { Writing } from '../../state/slices/playground';

/** Says how the last generation ended. */
export function readStatus(writing: Writing, tokens: number, blanks: number, isChat: boolean): string {
  if (writing.kind !== 'done') return '';
  const { reason, ms, leftOut = 0 } = writing;
  const many = `${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
  const dropped = leftOut > 0 ? `. Dropped the first ${formatCount(leftOut)} messages: they no longer fit` : '';
  switch (reason) {
    case 'length':
      return `${many} in ${formatDuration(ms)}${dropped}`;
    case 'filled':
      return `${formatCount(blanks)} ${blanks === 1 ? 'blank' : 'blanks'} in ${formatDuration(ms)}`;
    case 'classified':
      return `Classified in ${formatDuration(ms)}`;
    case 'stopped':
      return `Stopped after ${many}${dropped}`;
    case 'end':
      return `${many}, then the model ended ${isChat ? 'its turn' : 'the text'}${dropped}`;
    default:
      return reason satisfies never;
  }
}
