import { formatBytes, formatCount } from '../../core/base/units';
import type { Offline } from '../../state/privacy';
import { useStudio } from '../../state/react';
import { Icon, TextAction } from '../../ui';
import { ENFORCED } from './enforced';
import styles from './FirstScreen.module.css';

/** What becomes of a person's text, in words that hold in this browser. */
export function NothingLeaves() {
  const enforcement = useStudio((s) => s.enforcement);
  const offline = useStudio((s) => s.offline);
  const { own, elsewhere } = useStudio((s) => s.requests);
  return (
    <div className={styles.promise}>
      <Icon name="check" tone="ok" />
      <p>
        <b>Nothing leaves this computer.</b> Text, model and runs stay in this browser, on this disk.{' '}
        {ENFORCED[enforcement]} {offlineWords(offline)}
        {offline.kind === 'to be asked' && (
          <>
            {' '}
            <TextAction onPress={offline.keep}>Get them all now, for offline</TextAction>
          </>
        )}
        <span className={styles.counted}>
          Requests so far: <b>{formatCount(own)}</b> to its own address, <b>{formatCount(elsewhere)}</b> elsewhere
        </span>
      </p>
    </div>
  );
}

/** Of about one length, so that nothing below moves. */
function offlineWords(offline: Offline): string {
  switch (offline.kind) {
    case 'not here':
      return 'Its own files it asks of its own address when needed.';
    case 'to be asked':
      return 'To save data, it gets its own files only when needed.';
    case 'keeping':
      return `${offline.files} of its ${offline.of} files are here; with all, it works offline.`;
    case 'kept':
      return `All of its files are here, ${formatBytes(offline.bytes)}: it works offline.`;
    default:
      return offline satisfies never;
  }
}
