import { useState } from 'react';
import { MAX_NAME } from '../../core/base/textLimits';
import { formatCount } from '../../core/base/units';
import { freeName } from '../../state/freeName';
import { useStudio } from '../../state/react';
import { Button, Dialog, TextField } from '../../ui';
import styles from './PasteDialog.module.css';

/** Dialog for pasted or typed text with a name. Asks before it discards the text. */
export function PasteDialog({ text, onClose }: { text: string; onClose: () => void }) {
  const texts = useStudio((s) => s.texts);
  const addPaste = useStudio((s) => s.addPaste);
  const [draft, setDraft] = useState(text);
  const [name, setName] = useState(() =>
    freeName(
      'Pasted text',
      texts.map((existing) => existing.name),
    ),
  );
  const [isLeaving, setLeaving] = useState(false);
  const missing =
    draft.trim() === '' ? 'Paste or type text first' : name.trim() === '' ? 'Enter a name first' : undefined;
  const add = () => {
    void addPaste(draft, name.trim());
    onClose();
  };
  const leave = () => (draft.trim() === '' ? onClose() : setLeaving(true));
  return (
    <Dialog
      isOpen
      onClose={leave}
      title="Paste text"
      width={640}
      actions={
        <>
          <Button onPress={leave}>Cancel</Button>
          <Button variant="go" onPress={add} disabledReason={missing}>
            Add text
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <TextField
          label="Text"
          value={draft}
          onChange={setDraft}
          rows={12}
          isProse
          isFirst
          hint={`${formatCount(Array.from(draft).length)} characters`}
        />
        <TextField label="Name" value={name} onChange={setName} max={MAX_NAME} />
      </div>
      <Dialog
        isOpen={isLeaving}
        onClose={() => setLeaving(false)}
        title="Discard this text?"
        actions={
          <>
            <Button onPress={() => setLeaving(false)}>Keep text</Button>
            <Button variant="risk" onPress={onClose}>
              Discard text
            </Button>
          </>
        }
      >
        <p>Its {formatCount(Array.from(draft).length)} characters aren’t saved anywhere else.</p>
      </Dialog>
    </Dialog>
  );
}
