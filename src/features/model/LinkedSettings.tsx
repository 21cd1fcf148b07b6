import { useState, useSyncExternalStore } from 'react';
import { explain } from '../../state/failures';
import { linkedIn, linkedWords, applySettings } from '../../state/linkedSettings';
import { useStudioStore } from '../../state/react';
import { Button, Notice } from '../../ui';

/** Offers settings from the URL; an unreadable link shows the reason. */
export function LinkedSettings() {
  const store = useStudioStore();
  const hash = useSyncExternalStore(onHash, () => location.hash);
  const [done, setDone] = useState<string>();
  const found = hash === done ? undefined : linkedIn(hash);
  if (!found) return null;
  const leave = (): void => {
    setDone(hash);
    history.replaceState(history.state, '', location.pathname + location.search);
  };
  if ('code' in found)
    return (
      <Notice tone="error" title="This link can’t be used" actions={<Button onPress={leave}>Dismiss</Button>}>
        {explain(found)}
      </Notice>
    );
  return (
    <Notice
      title="Settings from a link"
      actions={
        <>
          <Button
            onPress={() => {
              applySettings(store, found);
              leave();
            }}
          >
            Use these settings
          </Button>
          <Button variant="quiet" onPress={leave}>
            Dismiss
          </Button>
        </>
      }
    >
      {linkedWords(found)}
    </Notice>
  );
}

function onHash(notify: () => void): () => void {
  window.addEventListener('hashchange', notify);
  return () => window.removeEventListener('hashchange', notify);
}
