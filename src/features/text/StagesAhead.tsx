import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { Fold, Pane } from '../../ui';
import { RecordedRun } from './RecordedRun';
import styles from './StagesAhead.module.css';

/** What there is to see: a run as it was, and what each stage will make of the settings as they are. */
export function StagesAhead({ stages }: Pick<PageProps, 'stages'>) {
  const studio = useStudio((s) => s);
  return (
    <Pane label="What you will watch">
      <RecordedRun />
      <Fold className={styles.block} summary="What happens on the way, with the settings as they are">
        <ol className={styles.stages}>
          {stages.map(({ id, name, ahead }) => {
            const told = ahead?.(studio);
            return told && <Ahead key={id} stage={name} {...told} />;
          })}
        </ol>
      </Fold>
    </Pane>
  );
}

function Ahead({ stage, reading, words }: { stage: string; reading: string; words: string }) {
  return (
    <li>
      <span className={styles.stage}>
        <b>{stage}</b>
        <span>{reading}</span>
      </span>
      <p>{words}</p>
    </li>
  );
}
