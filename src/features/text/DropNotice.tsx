import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { plainWords, skippedGroups, skippedWords } from '../../core/documents/dropReport';
import type { FailedWords } from '../../core/documents/keptDrop';
import { type ShownDrop, shownDrop } from '../../state/lastDrop';
import { unansweredFiles } from '../../state/questions';
import { useStudio, useStudioFields } from '../../state/react';
import { IconButton, Notice, TextAction } from '../../ui';
import styles from './DropNotice.module.css';

/** Notice of a drop: number of files added, waiting for an answer, and skipped. After a reload, of the last drop. */
export function DropNotice() {
  const drop = useStudio((s) => s.drop);
  const kept = useStudio((s) => (s.texts.length + s.tuneTexts.length > 0 ? s.project.lastDrop : null));
  const waiting = useStudioFields((s) => unansweredFiles(s).map(({ name }) => name));
  const shown = shownDrop(drop, kept, waiting);
  // The key changes with the number of failed files, so that later failures show at once.
  return shown ? (
    <DropSummary key={`${drop === null}/${shown.failed.length}`} drop={shown} isLast={drop === null} />
  ) : null;
}

function DropSummary({ drop, isLast }: { drop: ShownDrop; isLast: boolean }) {
  const dismiss = useStudio((s) => s.dismissDrop);
  const { title, skipped, failed, plain } = drop;
  const hasFailed = failed.length > 0 && !isLast;
  const [isOpen, setOpen] = useState(failed.length > 1 && !isLast);
  const hasList = skipped.length + failed.length > 1;
  const hasOneSkipped = skipped.length === 1 && !hasList;
  const hasDetail = hasOneSkipped || plain !== undefined;
  return (
    <div className={styles.drop} role={hasFailed ? 'alert' : 'status'}>
      <Notice
        {...(hasFailed ? { tone: 'error' } : { isFact: true })}
        title={title}
        areActionsShort
        actions={
          <>
            {hasList && (
              <TextAction isExpanded={isOpen} onPress={() => setOpen(!isOpen)}>
                {isOpen ? 'Hide' : 'Show'}
              </TextAction>
            )}
            <IconButton icon="close" label="Dismiss" onPress={dismiss} />
          </>
        }
      >
        {failed.length === 1 ? (
          <span className={styles.reason}>
            <Reason file={failed[0]!} />
          </span>
        ) : hasDetail ? (
          <>
            {hasOneSkipped && skippedWords(skipped[0]!)}
            {hasOneSkipped && plain && <br />}
            {plain && plainWords(plain)}
          </>
        ) : undefined}
      </Notice>
      {hasList && isOpen && <FileList drop={drop} />}
    </div>
  );
}

const FileList = ({ drop }: { drop: ShownDrop }) => (
  <div className={styles.list} role="group" aria-label="Files that were not added" tabIndex={0}>
    {drop.failed.length > 1 && (
      <section className={styles.failed}>
        <h2>
          Not added <small>{formatCount(drop.failed.length)}</small>
        </h2>
        <ul>
          {drop.failed.slice(0, MAX_LISTED).map((file) => (
            <li key={file.name}>
              <Reason file={file} />
            </li>
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
    {drop.more > 0 && (
      <ul>
        <More count={drop.more} />
      </ul>
    )}
  </div>
);
const MAX_LISTED = 100;

const More = ({ count }: { count: number }) => (count > 0 ? <li>and {formatCount(count)} more</li> : null);

const Reason = ({ file: { name, why } }: { file: FailedWords }) => (
  <>
    <b>{name}</b> {why}
  </>
);
