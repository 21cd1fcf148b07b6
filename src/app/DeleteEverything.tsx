import { useEffect } from 'react';
import { formatBytes, formatCount } from '../core/base/units';
import { useStudio, useStudioStore } from '../state/react';
import { useWorkerValue } from '../state/useWorkerValue';
import { deleteEverythingRefusal } from '../state/projects';
import { Button, Dialog, Stage } from '../ui';
import styles from './DeleteEverything.module.css';
import { askToDeleteEverything } from './everything';
import { measureUsage } from './privacyPromise';

/** Sizes of all stored data by kind, and the button that deletes it. There is no undo, and the dialog says so. */
export function DeleteEverything({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const refusal = useStudio(deleteEverythingRefusal);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Delete all your data from this browser?"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="risk" disabledReason={refusal} onPress={askToDeleteEverything}>
            {' '}
            Delete all data{' '}
          </Button>
        </>
      }
    >
      {isOpen && <StoredSizes />}
    </Dialog>
  );
}

/** Sizes by kind, measured when the dialog opens. Without them the total is still shown. */
function StoredSizes() {
  const { value: kinds } = useWorkerValue('measureEverything', null);
  const bytes = useStudio((s) => s.usage?.bytes);
  const store = useStudioStore();
  useEffect(() => {
    void measureUsage(store);
  }, [store]);
  return (
    <>
      <dl className={styles.kinds}>
        {kinds?.map(({ name, count, bytes }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
            <dd>{bytes === null ? '' : formatBytes(bytes)}</dd>
          </div>
        ))}
        <div className={styles.sum}>
          <dt>Total, as the browser counts it</dt>
          <dd />
          <dd>{bytes === undefined ? '–' : formatBytes(bytes)}</dd>
        </div>
      </dl>
      <p>
        This can’t be undone. Export what you want to keep first. Your settings are deleted too. The app stays available
        offline; other tabs reload.
      </p>
    </>
  );
}

/** Shown while this or another tab deletes everything. */
export const Deleting = () => (
  <Stage title="Homegrown" summary="Deleting all your data from this browser. This takes a few seconds">
    {null}
  </Stage>
);
