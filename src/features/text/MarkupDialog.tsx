import { lazy, Suspense } from 'react';
import { formatCount } from '../../core/base/units';
import { isTable } from '../../core/documents/read';
import { questionOf } from '../../state/markup';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Dialog } from '../../ui';
import { countedKinds } from './countedKinds';
import styles from './MarkupDialog.module.css';

/** It brings the code of tables along, which the first page does without. */
const TableDialog = lazy(() => import('./TableDialog').then((module) => ({ default: module.TableDialog })));

/** One question for all files to tune on that are not prose; to close it leaves them out. */
export function MarkupDialog() {
  const markup = useStudioFields(questionOf);
  const take = useStudio((s) => s.takeMarkup);
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
  const [one, them] = markup.length === 1 ? [true, 'it'] : [false, 'them'];
  return (
    <Dialog
      isOpen
      onClose={leave}
      title={`Learn ${one ? 'a file' : `${formatCount(markup.length)} files`} with all markup?`}
      actions={
        <>
          <Button onPress={leave}>Leave {them} out</Button>
          <Button variant="go" onPress={() => void take(markup)}>
            Take {them} as {one ? 'it is' : 'they are'}
          </Button>
        </>
      }
    >
      <p>
        {countedKinds(markup)} {one ? 'is' : 'are'} more than prose, and Homegrown does not take the prose out yet. As{' '}
        {one ? 'it is' : 'they are'}, tags, quotes and commas become tokens like any other, and the model learns to
        write them too.
      </p>
      <ul className={styles.names} tabIndex={0} aria-label="Files in question">
        {markup.slice(0, MOST_NAMES).map(({ name }, i) => (
          <li key={i}>{name}</li>
        ))}
        {markup.length > MOST_NAMES && <li>and {formatCount(markup.length - MOST_NAMES)} more</li>}
      </ul>
    </Dialog>
  );
}
const MOST_NAMES = 200;
