import type { ReactNode } from 'react';
import { explain, headline } from '../../state/failures';
import { describeWork, type Work } from '../../state/work';
import { Block, Button, Progress } from '../../ui';
import styles from './Lists.module.css';

/** Progress with Cancel, or the reason of a failure; then the children. */
export function WorkStatus({ work, children }: { work: Work; children: ReactNode }) {
  const progressWords = describeWork(work);
  if (work.kind === 'busy' && progressWords)
    return (
      <Block>
        <div className={styles.asking}>
          <Progress {...progressWords} delayMs={0} />
          <Button isDense icon="stop" onPress={work.stop}>
            Cancel
          </Button>
        </div>
      </Block>
    );
  return (
    <>
      {work.kind === 'failed' && (
        <Block>
          <p role="alert" className={styles.failed}>
            <b>{headline(work.failure)}</b> {explain(work.failure)}
          </p>
        </Block>
      )}
      {children}
    </>
  );
}
