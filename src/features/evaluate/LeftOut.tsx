import { counted, formatCount } from '../../core/base/units';
import { shownLists } from '../../state/lists';
import { useStudio } from '../../state/react';
import { Block } from '../../ui';
import styles from './Lists.module.css';
import type { ListName } from '../../state/slices/lists';

/** Pairs or tasks that could not be scored, with reasons. */
export function LeftOut({ of }: { of: ListName }) {
  const leftOut = useStudio((s) => shownLists(s)?.evaluation.leftOut) ?? NONE;
  const words = leftOutOf(leftOut, of);
  return (
    words && (
      <Block>
        <p className={styles.words}>{words}</p>
      </Block>
    )
  );
}
const NONE: readonly { name: string; reason: string }[] = [];

/** How many, and the first reasons; undefined if all were scored. Tasks have names of their own. */
export function leftOutOf(leftOut: readonly { name: string; reason: string }[], of: ListName): string | undefined {
  const listOf = (name: string): ListName => (name === 'minimalPairs' || name === 'swaps' ? name : 'tasks');
  const own = leftOut.filter(({ name }) => listOf(name) === of);
  if (own.length === 0) return undefined;
  const reasons = [...new Set(own.map(({ reason }) => reason))];
  const more = reasons.length > FIRST ? ` Plus ${counted(reasons.length - FIRST, 'other reason')}.` : '';
  const all = own.length === 1 ? 'Not scored.' : `${formatCount(own.length)} not scored.`;
  return `${all} ${reasons.slice(0, FIRST).join(' ')}${more}`;
}
const FIRST = 3;
