import { useState } from 'react';
import { formatCount } from '../../core/base/units';
import { LICENCES, type LicenceId, MAX_LICENCE_LENGTH, type TextRecord } from '../../core/documents';
import { useStudio } from '../../state/react';
import { Button, Dialog, Select, TextField, type Option } from '../../ui';
import styles from './LicenceDialog.module.css';

type Choice = LicenceId | 'none' | 'other';
const OPTIONS: readonly Option<Choice>[] = [
  { value: 'none', label: 'Not stated' },
  ...(Object.keys(LICENCES) as LicenceId[]).map((value) => ({ value, label: value, hint: LICENCES[value] })),
  { value: 'other', label: 'Other license' },
];

/** Sets the license of texts, for model cards and datasheets. */
export function LicenceDialog({ texts, onClose }: { texts: readonly TextRecord[]; onClose: () => void }) {
  const setLicence = useStudio((s) => s.setLicence);
  const [first, ...others] = texts;
  const current = others.every(({ licence }) => licence === first?.licence) ? (first?.licence ?? null) : null;
  const [choice, setChoice] = useState<Choice>(choiceOf(current));
  const [words, setWords] = useState(choiceOf(current) === 'other' ? current! : '');
  const length = words.trim().length;
  const error =
    choice === 'other' && length > MAX_LICENCE_LENGTH
      ? `${formatCount(length)} characters; the maximum is ${formatCount(MAX_LICENCE_LENGTH)}`
      : undefined;
  const save = (): void => {
    void setLicence(
      texts.map(({ id }) => id),
      choice === 'none' ? null : choice === 'other' ? words : choice,
    );
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`License of ${others.length === 0 ? first?.name : `${formatCount(texts.length)} texts`}`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            onPress={save}
            disabledReason={error ?? (choice === 'other' && length === 0 ? 'Type the license first' : undefined)}
          >
            Save license
          </Button>
        </>
      }
    >
      <p>Model cards and datasheets show the license when you share a model.</p>
      <div className={styles.fields}>
        <Select label="License" value={choice} onChange={setChoice} options={OPTIONS} />
        {choice === 'other' && (
          <TextField
            label="License text"
            value={words}
            onChange={setWords}
            rows={3}
            error={error}
            hint="Who allowed what, and where to read it"
          />
        )}
      </div>
    </Dialog>
  );
}

const choiceOf = (licence: string | null): Choice =>
  licence === null ? 'none' : Object.hasOwn(LICENCES, licence) ? (licence as LicenceId) : 'other';
