import { formatBytes } from '../core/base/units';
import { headline, remedy } from '../state/failures';
import { useStudio } from '../state/react';
import { describeWork } from '../state/work';
import { Button, Dialog } from '../ui';
import styles from './UnreadableDialog.module.css';

/** Each thing that cannot be read: what it is, why, how large; and its bytes, to take along. */
export function UnreadableDialog({ onClose }: { onClose: () => void }) {
  const unreadable = useStudio((s) => s.unreadable);
  const taking = useStudio((s) => s.takingRaw);
  const takeRaw = useStudio((s) => s.takeRaw);
  const busy = describeWork(taking);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="What cannot be read"
      width={640}
      isDismissable
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <p>
        It is left as it is: nothing here is used, changed or removed. A download holds what is stored, value by value,
        for whoever may know how to read it.
      </p>
      <ul className={styles.list} tabIndex={0} aria-label="What cannot be read">
        {unreadable.map((record) => (
          <li key={record.key}>
            <div>
              <b>{record.name}</b> <span className={styles.size}>{formatBytes(record.bytes)}</span>
              <p>{record.failure.message.replace(/\.$/, '')}.</p>
              {record.failure.code === 'newer-version' && <p>{remedy(record.failure)}</p>}
            </div>
            <Button
              isDense
              icon="download"
              label={`Download ${record.name}, ${record.key}`}
              disabledReason={busy && 'Another one is being written'}
              onPress={() => void takeRaw(record.key)}
            >
              Download
            </Button>
          </li>
        ))}
      </ul>
      {taking.kind === 'failed' && (
        <p role="alert" className={styles.failed}>
          {headline(taking.failure)}: {taking.failure.message}
        </p>
      )}
    </Dialog>
  );
}
