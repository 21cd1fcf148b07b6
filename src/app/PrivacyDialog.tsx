import { useSyncExternalStore } from 'react';
import { ENFORCED } from '../features/text/enforced';
import { hasOwnData, offlineTest, privacyRows } from '../state/privacy';
import { useStudio } from '../state/react';
import { Button, Dialog, TextAction } from '../ui';
import styles from './PrivacyDialog.module.css';

/** Steps to verify that nothing leaves the browser, and the counted requests. */
export function PrivacyDialog({
  isOpen,
  onClose,
  onDelete,
}: {
  isOpen: boolean;
  onClose: () => void;
  /** Asks before everything is deleted. */
  onDelete: () => void;
}) {
  return (
    <Dialog
      isOpen={isOpen}
      isDismissable
      onClose={onClose}
      title="Nothing leaves this computer"
      actions={<Button onPress={onClose}>Close</Button>}
    >
      {isOpen && <Evidence onDelete={onDelete} />}
    </Dialog>
  );
}

function Evidence({ onDelete }: { onDelete: () => void }) {
  const enforcement = useStudio((s) => s.enforcement);
  const requests = useStudio((s) => s.requests);
  const offline = useStudio((s) => s.offline);
  const usage = useStudio((s) => s.usage);
  const hasData = useStudio(hasOwnData);
  const test = offlineTest(offline, useIsOnline());
  return (
    <div className={styles.check}>
      <p>Text, models and runs stay in this browser. {ENFORCED[enforcement]}</p>
      {test !== undefined && <p>{test}</p>}
      <p>The Network tab of the browser’s developer tools lists every request.</p>
      <dl className={styles.readings}>
        {privacyRows({ requests, offline, usage, hasData }).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.hint}>
        None of your data was sent, not even to this site.
        {offline.kind !== 'kept' && ' More files of this app load as you open pages.'}
      </p>
      {hasData === true && <TextAction onPress={onDelete}>Delete all my data…</TextAction>}
      {offline.kind === 'to be asked' && (
        <TextAction onPress={offline.keep}>Make Homegrown available offline</TextAction>
      )}
    </div>
  );
}

const useIsOnline = (): boolean =>
  useSyncExternalStore(
    watchNetwork,
    () => navigator.onLine,
    () => true,
  );

function watchNetwork(onChange: () => void): () => void {
  for (const type of ['online', 'offline']) addEventListener(type, onChange);
  return () => {
    for (const type of ['online', 'offline']) removeEventListener(type, onChange);
  };
}
