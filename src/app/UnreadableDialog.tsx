import { formatBytes } from '../core/base/units';
import { headline, remedy } from '../state/failures';
import { useStudio } from '../state/react';
import { describeWork } from '../state/work';
import { Button, Dialog } from '../ui';
import styles from './UnreadableDialog.module.css';

/** Lists stored items that can't be read, with the reason, the size and a download of the raw bytes. */
export function UnreadableDialog({ onClose }: { onClose: () => void }) {
  const unreadable = useStudio((s) => s.unreadable);
  const download = useStudio((s) => s.takingRaw);
  const takeRaw = useStudio((s) => s.takeRaw);
  const busy = describeWork(download);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Unreadable items"
      width={640}
      isDismissable
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <p>These items are not used, changed or removed. Downloads contain the raw stored values.</p>
      <ul className={styles.list} tabIndex={0} aria-label="Unreadable items">
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
              disabledReason={busy && 'Another download is running'}
              onPress={() => void takeRaw(record.key)}
            >
              Download
            </Button>
          </li>
        ))}
      </ul>
      {download.kind === 'failed' && (
        <p role="alert" className={styles.failed}>
          {headline(download.failure)}: {download.failure.message}
        </p>
      )}
    </Dialog>
  );
}
