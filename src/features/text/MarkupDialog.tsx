import { lazy, Suspense } from 'react';
import { formatCount } from '../../core/base/units';
import { isTable } from '../../core/documents/formats';
import { questionOf } from '../../state/markup';
import { skipWords } from '../../state/questions';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Dialog } from '../../ui';
import { countedKinds } from './countedKinds';
import styles from './MarkupDialog.module.css';

/** Loaded on demand: the first page doesn't need the code for tables. */
const TableDialog = lazy(() => import('./TableDialog').then((module) => ({ default: module.TableDialog })));

/**
 * Asks what to do with files for tuning that contain markup, such as HTML or CSV: once for all of one kind. A table
 * gets the dialog for its columns instead. Closing the dialog skips the files.
 */
export function MarkupDialog() {
  const markup = useStudioFields(questionOf);
  const addUnchanged = useStudio((s) => s.addUnchanged);
  const skip = useStudio((s) => s.skip);
  if (!markup[0]) return null;
  const skipFiles = (): void => skip(markup);
  if (isTable(markup[0].kind)) {
    return (
      <Suspense fallback={null}>
        <TableDialog />
      </Suspense>
    );
  }
  return (
    <Dialog
      isOpen
      onClose={skipFiles}
      title={markup.length === 1 ? "Train on the file's markup?" : "Train on the files' markup?"}
      actions={
        <>
          <Button onPress={skipFiles}>{skipWords(markup)}</Button>
          <Button variant="go" onPress={() => void addUnchanged(markup)}>
            Use as plain text
          </Button>
        </>
      }
    >
      <p>
        {countedKinds(markup)}. Used as plain text, {markup.length === 1 ? 'it teaches' : 'they teach'} the model to
        write tags, quotes and commas.
      </p>
      <ul className={styles.names} tabIndex={0} aria-label="Files">
        {markup.slice(0, MAX_NAMES).map(({ name }, i) => (
          <li key={i}>{name}</li>
        ))}
        {markup.length > MAX_NAMES && <li>and {formatCount(markup.length - MAX_NAMES)} more</li>}
      </ul>
    </Dialog>
  );
}
/** Maximum number of file names in the list. */
const MAX_NAMES = 200;
