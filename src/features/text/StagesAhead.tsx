import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { Pane } from '../../ui';
import styles from './StagesAhead.module.css';

/** What a run goes through, with the settings as they are. */
export function StagesAhead({ stages }: Pick<PageProps, 'stages'>) {
  const studio = useStudio((s) => s);
  return (
    <Pane label="What will happen">
      <div className={styles.block}>
        <h2>What you will watch</h2>
        <p className={styles.lead}>With the settings as they are; all of them can be changed before and after</p>
        <ol className={styles.stages}>
          {stages.map(({ id, name, ahead }) => {
            const told = ahead?.(studio);
            return told && <Ahead key={id} stage={name} {...told} />;
          })}
        </ol>
      </div>
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
