import { useEffect, useState } from 'react';
import { listHash } from '../../core/evaluate/listHash';
import { Block } from '../../ui';
import styles from './Lists.module.css';

/** Says that the scores shown are of another list than the chosen one. */
export function OtherList({ found, list }: { found: string | undefined; list: readonly object[] | undefined }) {
  const [known, setKnown] = useState<{ list: readonly object[]; hash: string }>();
  useEffect(() => {
    let isWanted = true;
    if (list) void listHash(list).then((hash) => isWanted && setKnown({ list, hash }));
    return () => void (isWanted = false);
  }, [list]);
  if (found === undefined || list === undefined || known?.list !== list || known.hash === found) return null;
  return (
    <Block>
      <p className={styles.words}>Out of date: the list has changed. Score it again.</p>
    </Block>
  );
}
