import { useEffect, useState } from 'react';
import { listHash } from '../../core/evaluate/listHash';
import { Block } from '../../ui';
import styles from './Lists.module.css';

/** Warns that the list changed since it was scored. */
export function OtherList({
  scoredHash,
  list,
}: {
  scoredHash: string | undefined;
  list: readonly object[] | undefined;
}) {
  const [hashed, setHashed] = useState<{ list: readonly object[]; hash: string }>();
  useEffect(() => {
    let isCurrent = true;
    if (list) void listHash(list).then((hash) => isCurrent && setHashed({ list, hash }));
    return () => void (isCurrent = false);
  }, [list]);
  if (scoredHash === undefined || list === undefined || hashed?.list !== list || hashed.hash === scoredHash)
    return null;
  return (
    <Block>
      <p className={styles.words}>Out of date: the list has changed. Score it again.</p>
    </Block>
  );
}
