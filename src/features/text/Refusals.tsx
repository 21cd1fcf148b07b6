import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Button, Notice } from '../../ui';
import styles from './Refusals.module.css';

/** Files that were not added, each with the reason and a way out. */
export function Refusals() {
  const refused = useStudio((s) => s.refused);
  const dismiss = useStudio((s) => s.dismissRefusals);
  const [first, ...others] = refused;
  if (!first) return null;
  const title = others.length === 0 ? `${first.name} was not added` : `${refused.length} files were not added`;
  return (
    <div role="alert" className={styles.refusals}>
      <Notice
        tone="error"
        title={title}
        actions={
          <Button isDense onPress={dismiss}>
            Dismiss
          </Button>
        }
      >
        {others.length === 0 ? (
          <span className={styles.reason}>{explain(first.failure)}</span>
        ) : (
          <span className={styles.list} role="group" tabIndex={0} aria-label="Files that were not added">
            {refused.map(({ name, failure }) => (
              <span key={name} className={styles.reason}>
                <b>{name}</b> {explain(failure)}
              </span>
            ))}
          </span>
        )}
      </Notice>
    </div>
  );
}
