import { lazy, Suspense } from 'react';
import { formatCount } from '../../core/base/units';
import { isTable } from '../../core/documents/formats';
import { questionOf } from '../../state/markup';
import { skipWords } from '../../state/questions';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Dialog } from '../../ui';
import { countedKinds } from './countedKinds';
import styles from './MarkupDialog.module.css';

/** Imports the code for tables, which the first page doesn't need. */
const TableDialog = lazy(() => import('./TableDialog').then((module) => ({ default: module.TableDialog })));

/** Asks once about all tuning files that aren't prose. Closing the dialog skips them. */
export function MarkupDialog() {
  const markup = useStudioFields(questionOf);
  const addUnchanged = useStudio((s) => s.addUnchanged);
  const skip = useStudio((s) => s.skip);
  if (!markup[0]) return null;
  const leave = (): void => skip(markup);
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
      onClose={leave}
      title={markup.length === 1 ? 'Train on its markup too?' : 'Train on their markup too?'}
      actions={
        <>
          <Button onPress={leave}>{skipWords(markup)}</Button>
          <Button variant="go" onPress={() => void addUnchanged(markup)}>
            Use as plain text
          </Button>
        </>
      }
    >
      <p>{countedKinds(markup)}. As plain text, the model learns to write tags, quotes and commas too.</p>
      <ul className={styles.names} tabIndex={0} aria-label="Files">
        {markup.slice(0, MAX_NAMES).map(({ name }, i) => (
          <li key={i}>{name}</li>
        ))}
        {markup.length > MAX_NAMES && <li>and {formatCount(markup.length - MAX_NAMES)} more</li>}
      </ul>
    </Dialog>
  );
}
const MAX_NAMES = 200;
