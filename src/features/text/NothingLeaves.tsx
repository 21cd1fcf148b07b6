import { formatBytes, formatCount } from '../../core/base/units';
import type { Held, Offline } from '../../state/privacy';
import { useStudio } from '../../state/react';
import { Icon } from '../../ui';
import styles from './FirstScreen.module.css';

/** What becomes of a person's text, in words that hold in this browser. */
export function NothingLeaves() {
  const held = useStudio((s) => s.held);
  const offline = useStudio((s) => s.offline);
  const { own, elsewhere } = useStudio((s) => s.requests);
  return (
    <div className={styles.promise}>
      <Icon name="check" tone="ok" />
      <p>
        <b>Nothing leaves this machine.</b> Text, model and runs stay in this browser, on this disk.{' '}
        {held && HELD[held]} {KEPT[offline.kind]}
        <span className={styles.counted}>
          Requests so far: <b>{formatCount(own)}</b> to its own address, <b>{formatCount(elsewhere)}</b> elsewhere
          {offlineWords(offline)}
        </span>
      </p>
    </div>
  );
}

const HELD: Readonly<Record<Held, string>> = {
  everything: 'This browser refuses the page all that leads elsewhere: requests, calls, pop-ups and links.',
  requests:
    'This browser refuses the page and its workers every request to another address. Pop-ups and links it does not hold back; the page has none that lead elsewhere.',
  page: 'This browser refuses the page every request to another address. Its workers are held by nothing, for this server does not send the headers for it.',
};

const KEPT: Readonly<Record<Offline['kind'], string>> = {
  'not here': 'It asks its own address for its own files as it needs them.',
  'to be asked': 'It asks its own address for its own files as it needs them, to save data.',
  keeping: 'It now gets the rest of its own files, so that it works without a network.',
  kept: 'All of it is here: it opens and works without a network.',
};

function offlineWords(offline: Offline): string {
  if (offline.kind === 'keeping') return `; ${offline.files} of ${offline.of} files kept`;
  return offline.kind === 'kept' ? `; ${formatBytes(offline.bytes)} kept` : '';
}
