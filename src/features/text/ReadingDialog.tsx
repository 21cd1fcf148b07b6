import { useStudio } from '../../state/react';
import { Button, Dialog, Switch } from '../../ui';
import { FORMAT_WORDS } from './formatWords';
import styles from './ReadingDialog.module.css';

/** Lists the accepted files, and the options for web pages and email. */
export function ReadingDialog({ onClose }: { onClose: () => void }) {
  const { wholePages = false, wholeMessages = false } = useStudio((s) => s.readerOptions);
  const setReaderOptions = useStudio((s) => s.setReaderOptions);
  return (
    <Dialog
      isOpen
      isDismissable
      onClose={onClose}
      title="Files that Homegrown reads"
      actions={
        <Button variant="go" onPress={onClose}>
          Done
        </Button>
      }
    >
      <p>{FORMAT_WORDS}, and any other file of UTF-8 text.</p>
      <p>
        To import a website, save it with <code>wget -r -l 2 --warc-file=site ADDRESS</code> and drop the file here.
      </p>
      <div className={styles.switches}>
        <p>For files you add from now on in this tab:</p>
        <Switch
          label="All text of web pages"
          hint="Menus and footers too"
          isOn={wholePages}
          onChange={(isOn) => setReaderOptions({ wholePages: isOn })}
        />
        <Switch
          label="All text of messages"
          hint="Quoted messages and signatures too"
          isOn={wholeMessages}
          onChange={(isOn) => setReaderOptions({ wholeMessages: isOn })}
        />
      </div>
    </Dialog>
  );
}
