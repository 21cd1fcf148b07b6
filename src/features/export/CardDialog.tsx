import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { CARD_HEADINGS, usualWords } from '../../core/export/cardWords';
import { CARD_PARTS, type CardPart, type CardWords, MAX_CARD_PART_LENGTH } from '../../core/runs/card';
import type { RunRecord } from '../../core/runs/record';
import { useStudio } from '../../state/react';
import { Button, Dialog, TextField } from '../../ui';
import styles from './ExportPage.module.css';

/** Fields of the model card that only the author can fill in, next to the generated ones. */
export function CardDialog({ run, onClose }: { run: RunRecord; onClose: () => void }) {
  const writeCard = useStudio((s) => s.writeCard);
  const defaultText = (part: CardPart): string => usualWords(part, run.model);
  const [words, setWords] = useState(
    () =>
      Object.fromEntries(CARD_PARTS.map((part) => [part, run.card?.[part] ?? defaultText(part)])) as Record<
        CardPart,
        string
      >,
  );
  const tooLong = CARD_PARTS.find((part) => words[part].length > MAX_CARD_PART_LENGTH);
  const save = (): void => {
    // Parts equal to their default aren't stored, so that they follow later changes of the default.
    const editedParts = CARD_PARTS.filter((part) => words[part].trim() !== defaultText(part));
    const card: CardWords = Object.fromEntries(editedParts.map((part) => [part, words[part].trim()]));
    void writeCard(run.id, card);
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Model card of ${run.name}`}
      width={640}
      actions={
        <>
          <Button
            onPress={() =>
              setWords(Object.fromEntries(CARD_PARTS.map((part) => [part, defaultText(part)])) as typeof words)
            }
          >
            Restore default text
          </Button>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            onPress={save}
            disabledReason={
              tooLong && `${CARD_HEADINGS[tooLong]} is longer than ${formatCount(MAX_CARD_PART_LENGTH)} characters`
            }
          >
            {' '}
            Save model card{' '}
          </Button>
        </>
      }
    >
      <div className={styles.parts}>
        <p>Edit these sections. The rest is filled in from the run.</p>
        {CARD_PARTS.map((part) => (
          <TextField
            key={part}
            label={CARD_HEADINGS[part]}
            value={words[part]}
            onChange={(text) => setWords((previous) => ({ ...previous, [part]: text }))}
            rows={part === 'about' ? 3 : 5}
            isFirst={part === 'about'}
            {...(words[part].length > MAX_CARD_PART_LENGTH && {
              error: `${formatCount(words[part].length)} characters; the maximum is ${formatCount(MAX_CARD_PART_LENGTH)}`,
            })}
          />
        ))}
      </div>
    </Dialog>
  );
}
