import { useState, useSyncExternalStore } from 'react';
import { explain } from '../../state/failures';
import { linkedIn, linkedWords, applySettings } from '../../state/linkedSettings';
import { useStudioStore } from '../../state/react';
import { Button, Notice } from '../../ui';

/** Offers settings from the URL; an unreadable link shows the reason. */
export function LinkedSettings() {
  const store = useStudioStore();
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  const [dismissedHash, setDismissedHash] = useState<string>();
  const link = hash === dismissedHash ? undefined : linkedIn(hash);
  if (!link) return null;
  const dismiss = (): void => {
    setDismissedHash(hash);
    history.replaceState(history.state, '', location.pathname + location.search);
  };
  if ('code' in link)
    return (
      <Notice tone="error" title="This link can’t be used" actions={<Button onPress={dismiss}>Dismiss</Button>}>
        {explain(link)}
      </Notice>
    );
  return (
    <Notice
      title="Settings from a link"
      actions={
        <>
          <Button
            onPress={() => {
              applySettings(store, link);
              dismiss();
            }}
          >
            Use these settings
          </Button>
          <Button variant="quiet" onPress={dismiss}>
            Dismiss
          </Button>
        </>
      }
    >
      {linkedWords(link)}
    </Notice>
  );
}

function subscribeToHash(notify: () => void): () => void {
  window.addEventListener('hashchange', notify);
  return () => window.removeEventListener('hashchange', notify);
}
