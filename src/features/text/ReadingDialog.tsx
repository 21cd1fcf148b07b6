import { useState } from 'react';
import { useStudio } from '../../state/react';
import { Button, Dialog, Switch, TextAction } from '../../ui';
import styles from './ReadingDialog.module.css';

/** What of web pages and mail is taken, where that can be asked. */
export function ReadingOptions() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <TextAction onPress={() => setOpen(true)}>How files are read…</TextAction>
      {isOpen && <ReadingDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ReadingDialog({ onClose }: { onClose: () => void }) {
  const { wholePages = false, wholeMessages = false } = useStudio((s) => s.reading);
  const setReading = useStudio((s) => s.setReading);
  return (
    <Dialog
      isOpen
      isDismissable
      onClose={onClose}
      title="How files are read"
      actions={
        <Button variant="go" onPress={onClose}>
          Done
        </Button>
      }
    >
      <p>It holds for what is added from now on, in this tab. What is there stays as it was read.</p>
      <div className={styles.switches}>
        <Switch
          label="All text of web pages"
          hint="Menus and footers too, and not only what a page is about"
          isOn={wholePages}
          onChange={(isOn) => setReading({ wholePages: isOn })}
        />
        <Switch
          label="All text of messages"
          hint="What a message of mail quotes of others and its signature, too"
          isOn={wholeMessages}
          onChange={(isOn) => setReading({ wholeMessages: isOn })}
        />
      </div>
    </Dialog>
  );
}
