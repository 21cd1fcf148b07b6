import { useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/base/errors';
import { counted } from '../../core/base/units';
import type { DataApi } from '../../protocol/data';
import { explain } from '../../state/failures';
import { useStudio, useStudioStore } from '../../state/react';
import { Button, Dialog, RadioList, Select } from '../../ui';
import styles from './TunePage.module.css';

/** Chats of two people that lie among the texts: which text, and who of the two is to answer. */
export function SpeakersDialog({ onClose }: { onClose: () => void }) {
  const texts = useStudio((s) => s.texts);
  const addSpoken = useStudio((s) => s.addSpoken);
  const [textId, choose] = useState(texts[0]?.id ?? '');
  const [assistant, setAssistant] = useState<string | null>(null);
  const { speakers, failure } = useSpeakers(textId);
  const isOne = speakers?.some(({ name }) => name === assistant) ?? false;
  const reason = !speakers
    ? (failure?.message ?? 'The text is being read')
    : speakers.length === 0
      ? 'This text has no chat of two people'
      : isOne
        ? undefined
        : 'Say who is to answer';
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Whose answers are learnt?"
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
        <p>Of a chat of two people one is the assistant, whose messages are learnt, and the other asks.</p>
        <Select
          label="Text"
          value={textId}
          onChange={choose}
          options={texts.map(({ id, name }) => ({ value: id, label: name }))}
        />
        {failure && <p role="alert">{explain(failure)}</p>}
        {speakers?.length === 0 && <p role="status">This text has no chat of two people.</p>}
        {speakers && speakers.length > 0 && (
          <RadioList
            label="Assistant"
            value={isOne ? assistant : null}
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

function useSpeakers(textId: string): { speakers?: DataApi['speakers']['output']; failure?: Failure } {
  const store = useStudioStore();
  const [found, setFound] = useState<{ of: string; speakers?: DataApi['speakers']['output']; failure?: Failure }>();
  useEffect(() => {
    let isWanted = true;
    store
      .getState()
      .speakersOf(textId)
      .then(
        (speakers) => isWanted && setFound({ of: textId, speakers }),
        (error: unknown) => isWanted && setFound({ of: textId, failure: toFailure(error) }),
      );
    return () => {
      isWanted = false;
    };
  }, [store, textId]);
  return found?.of === textId ? found : {};
}
