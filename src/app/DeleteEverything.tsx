import { useEffect, useState } from 'react';
import { formatBytes, formatCount } from '../core/base/units';
import type { Everything } from '../protocol/data';
import { useStudio, useStudioStore } from '../state/react';
import { deleteEverythingRefusal } from '../state/projects';
import { Button, Dialog, Stage } from '../ui';
import styles from './DeleteEverything.module.css';
import { askToDeleteEverything } from './everything';
import { measureUsage } from './privacyPromise';

/** What would be freed, by kind, and the one button that frees it. There is no undo, which is said. */
export function DeleteEverything({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const refusal = useStudio(deleteEverythingRefusal);
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Delete everything of yours from this browser?"
      actions={
        <>
          <Button onPress={onClose}>Keep it</Button>
          <Button variant="risk" disabledReason={refusal} onPress={askToDeleteEverything}>
            Delete everything
          </Button>
        </>
      }
    >
      {isOpen && <What />}
    </Dialog>
  );
}

/** Measured when it is asked. */
function What() {
  const measure = useStudio((s) => s.measureEverything);
  const [kinds, setKinds] = useState<Everything>();
  const bytes = useStudio((s) => s.usage?.bytes);
  const store = useStudioStore();
  useEffect(() => {
    measure().then(setKinds, () => setKinds([])); // the sum is shown all the same
    void measureUsage(store);
  }, [measure, store]);
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
          <dt>All that is stored, as the browser counts it</dt>
          <dd />
          <dd>{bytes === undefined ? '–' : formatBytes(bytes)}</dd>
        </div>
      </dl>
      <p>
        This can’t be undone. Download on Export what you want to keep. Your settings are deleted too. The app’s own
        files stay, so that it opens without a network; its other tabs start over.
      </p>
    </>
  );
}

/** What a page shows while it, or another tab, deletes. */
export const Deleting = () => (
  <Stage title="Homegrown" summary="Everything of yours is being deleted from this browser. This takes a few seconds">
    {null}
  </Stage>
);
