import { useState } from 'react';
import { paragraph } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { type DropReport, dropSummary, plainWords, skippedGroups, skippedWords } from '../../core/documents/dropReport';
import { remedy } from '../../state/failures';
import { waitingFiles } from '../../state/questions';
import { useStudio } from '../../state/react';
import { IconButton, Notice, TextAction } from '../../ui';
import { refusalWords } from './refusalWords';
import styles from './DropNotice.module.css';

/** The one notice of a drop: how many files were added, need an answer, and were skipped. */
export function DropNotice() {
  const drop = useStudio((s) => s.drop);
  const waiting = useStudio((s) => waitingFiles(s).length);
  return drop && !isNothing(drop, waiting) ? <Shown key={keyOf(drop)} drop={drop} waiting={waiting} /> : null;
}

/** Whether there is more to say than how many files were added. */
export const isPlainDrop = (drop: DropReport | null, waiting: number): boolean =>
  !drop || (drop.skipped.length + drop.failed.length + waiting === 0 && !drop.plain);

const isNothing = (drop: DropReport, waiting: number): boolean => drop.added === 0 && isPlainDrop(drop, waiting);
/** What failed is shown at once, also where it came after the notice. */
const keyOf = ({ failed }: DropReport): number => failed.length;

function Shown({ drop, waiting }: { drop: DropReport; waiting: number }) {
  const dismiss = useStudio((s) => s.dismissDrop);
  const { skipped, failed, plain } = drop;
  const hasFailed = failed.length > 0;
  const [isOpen, setOpen] = useState(failed.length > 1);
  const isList = skipped.length + failed.length > 1;
  return (
    <div className={styles.drop} role={hasFailed ? 'alert' : 'status'}>
      <Notice
        {...(hasFailed ? { tone: 'error' } : { isFact: true })}
        title={dropSummary(drop, waiting)}
        actions={
          <>
            {isList && (
              <TextAction isExpanded={isOpen} onPress={() => setOpen(!isOpen)}>
                {isOpen ? 'Hide' : 'Show'}
              </TextAction>
            )}
            <IconButton icon="close" label="Dismiss" onPress={dismiss} />
          </>
        }
      >
        {hasFailed && failed.length === 1 ? (
          <span className={styles.reason}>{reasonOf(failed[0]!)}</span>
        ) : skipped.length === 1 && !isList ? (
          skippedWords(skipped[0]!)
        ) : (
          plain && plainWords(plain)
        )}
      </Notice>
      {isList && isOpen && <List drop={drop} />}
    </div>
  );
}

const List = ({ drop }: { drop: DropReport }) => (
  <div className={styles.list} role="group" aria-label="Files that were not added" tabIndex={0}>
    {drop.failed.length > 1 && (
      <section className={styles.failed}>
        <h2>
          Not added <small>{formatCount(drop.failed.length)}</small>
        </h2>
        <ul>
          {drop.failed.slice(0, MAX_LISTED).map((file) => (
            <li key={file.name}>{reasonOf(file)}</li>
          ))}
          <More count={drop.failed.length - MAX_LISTED} />
        </ul>
      </section>
    )}
    {skippedGroups(drop, MAX_LISTED).map(({ title, files, more }) => (
      <section key={title}>
        <h2>
          {title} <small>{formatCount(files.length + more)}</small>
        </h2>
        <ul>
          {files.map((file) => (
            <li key={file.name}>
              <b>{file.name}</b> {file.why}
            </li>
          ))}
          <More count={more} />
        </ul>
      </section>
    ))}
  </div>
);
const MAX_LISTED = 100;

const More = ({ count }: { count: number }) => (count > 0 ? <li>and {formatCount(count)} more</li> : null);

const reasonOf = (file: DropReport['failed'][number]) => (
  <>
    <b>{file.name}</b> {paragraph(refusalWords(file), remedy(file.failure))}
  </>
);
