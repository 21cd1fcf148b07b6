import { formatBytes } from '../core/base/units';
import { ENFORCED } from '../features/text/enforced';
import { type Offline, requestWords } from '../state/privacy';
import { useStudio } from '../state/react';
import { Button, Dialog, TextAction } from '../ui';
import { useUsage } from './privacyPromise';
import styles from './PrivacyDialog.module.css';

/** How a person checks that nothing leaves, and what was counted here. */
export function PrivacyDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog
      isOpen={isOpen}
      isDismissable
      onClose={onClose}
      title="Nothing leaves this computer"
      actions={<Button onPress={onClose}>Close</Button>}
    >
      {isOpen && <Check />}
    </Dialog>
  );
}

function Check() {
  const enforcement = useStudio((s) => s.enforcement);
  const requests = useStudio((s) => s.requests);
  const offline = useStudio((s) => s.offline);
  const usage = useUsage();
  const stored = usage?.bytes === undefined ? '–' : formatBytes(usage.bytes);
  const readings = [
    ...requestWords(requests),
    { label: 'Works offline', value: offlineWords(offline) },
    { label: 'Stored here', value: usage?.persistent ? `${stored}, kept until you delete it` : stored },
  ];
  return (
    <div className={styles.check}>
      <p>Text, models and runs stay in this browser. {ENFORCED[enforcement]}</p>
      {offline.kind === 'kept' && <p>To check it, turn off your network: everything still works.</p>}
      <p>The Network tab of the browser’s developer tools lists every request.</p>
      <dl className={styles.readings}>
        {readings.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.hint}>
        The second count rises as you open pages and as the app saves its files for offline use. Your text is in none of
        these requests.
      </p>
      {offline.kind === 'to be asked' && (
        <TextAction onPress={offline.keep}>Make Homegrown available offline</TextAction>
      )}
    </div>
  );
}

function offlineWords(offline: Offline): string {
  switch (offline.kind) {
    case 'not here':
      return 'no';
    case 'to be asked':
      return 'no, to save data';
    case 'keeping':
      return offline.hasCore ? `training, ${formatBytes(offline.bytes)} of ${formatBytes(offline.of)}` : 'not yet';
    case 'kept':
      return `everything, ${formatBytes(offline.bytes)}`;
    default:
      return offline satisfies never;
  }
}
