import { counted, formatCount } from '../../core/base/units';
import { shownLists } from '../../state/lists';
import { useStudio } from '../../state/react';
import { Block } from '../../ui';
import styles from './Lists.module.css';
import type { ListName } from '../../state/slices/lists';

/** Pairs or tasks that could not be scored, with reasons. */
export function UnscoredNote({ list }: { list: ListName }) {
  const leftOut = useStudio((s) => shownLists(s)?.evaluation.leftOut) ?? NO_ITEMS;
  const words = unscoredWords(leftOut, list);
  return (
    words && (
      <Block>
        <p className={styles.words}>{words}</p>
      </Block>
    )
  );
}
const NO_ITEMS: readonly { name: string; reason: string }[] = [];

/** Number of items without a score and the first reasons; undefined if all were scored. */
export function unscoredWords(
  leftOut: readonly { name: string; reason: string }[],
  list: ListName,
): string | undefined {
  // Any other name is a task's.
  const listOf = (name: string): ListName => (name === 'minimalPairs' || name === 'swaps' ? name : 'tasks');
  const items = leftOut.filter(({ name }) => listOf(name) === list);
  if (items.length === 0) return undefined;
  const reasons = [...new Set(items.map(({ reason }) => reason))];
  const moreReasons =
    reasons.length > MAX_REASONS ? ` Plus ${counted(reasons.length - MAX_REASONS, 'other reason')}.` : '';
  const count = items.length === 1 ? 'Not scored.' : `${formatCount(items.length)} not scored.`;
  return `${count} ${reasons.slice(0, MAX_REASONS).join(' ')}${moreReasons}`;
}
const MAX_REASONS = 3;
