import { useState } from 'react';
import { counted } from '../../core/base/units';
import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { useWorkerValue } from '../../state/useWorkerValue';
import { Button, Dialog, RadioList, Select } from '../../ui';
import styles from './TunePage.module.css';

/** Selects a text with chats between two people, and which of them is the assistant. */
export function SpeakersDialog({ onClose }: { onClose: () => void }) {
  const texts = useStudio((s) => s.texts);
  const addSpoken = useStudio((s) => s.addSpoken);
  const [textId, setTextId] = useState(texts[0]?.id ?? '');
  const [assistant, setAssistant] = useState<string | null>(null);
  const { value: speakers, failure } = useWorkerValue('speakers', { textId });
  const isSpeaker = speakers?.some(({ name }) => name === assistant) ?? false;
  const reason = !speakers
    ? (failure?.message ?? 'Reading the text')
    : speakers.length === 0
      ? 'No chat between two people in this text'
      : isSpeaker
        ? undefined
        : 'Choose who is the assistant';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Who is the assistant?"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={reason}
            onPress={() => {
              void addSpoken(textId, assistant!);
              onClose();
            }}
          >
            Add chats
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <p>The model trains on the assistant’s messages. The other person is the user.</p>
        <Select
          label="Text"
          value={textId}
          onChange={setTextId}
          options={texts.map(({ id, name }) => ({ value: id, label: name }))}
        />
        {failure && <p role="alert">{explain(failure)}</p>}
        {speakers?.length === 0 && <p role="status">No chat between two people in this text.</p>}
        {speakers && speakers.length > 0 && (
          <RadioList
            label="Assistant"
            value={isSpeaker ? assistant : null}
            onChange={setAssistant}
            options={speakers.map(({ name, conversations }) => ({
              value: name,
              label: name,
              body: counted(conversations, 'conversation'),
            }))}
          />
        )}
      </div>
    </Dialog>
  );
}
