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
            <TextAction onPress={offline.keep}>Load everything now</TextAction>
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
      return 'The app loads its own files when it needs them.';
    case 'to be asked':
      return 'To save data, the app loads its own files only when it needs them.';
    case 'keeping':
      return offline.hasCore
        ? `Text files and training work offline. The rest is loading: ${formatBytes(offline.bytes)} of ${formatBytes(offline.of)}.`
        : 'The app doesn’t work offline yet. Its files are loading.';
    case 'kept':
      return `Everything works offline: all ${formatBytes(offline.bytes)} of the app are in this browser.`;
    default:
      return offline satisfies never;
  }
}
