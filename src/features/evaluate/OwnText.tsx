import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Button, Dialog, type DroppedFile, DropZone, FileButton, PageDrop, TextField } from '../../ui';
import styles from './EvaluatePage.module.css';
import { type EvaluationText, MAX_CHARACTERS, readEvaluationText } from './readEvaluationText';

const DEFAULT_NAME = 'Your text';

/** Accepts text dropped on the page or pasted into it, while the user's own text is evaluated. */
export function EvaluationTextDrop({ onChooseText }: { onChooseText: (text: EvaluationText) => void }) {
  const toast = useStudio((s) => s.toast);
  const read = (files: readonly DroppedFile[]): void =>
    void readEvaluationText(files).then(onChooseText, (error: unknown) =>
      toast({ text: "Couldn't use this text", detail: explain(toFailure(error)) }),
    );
  return (
    <PageDrop
      onFiles={read}
      onText={(text) => onChooseText({ name: DEFAULT_NAME, text })}
      onError={(detail) => toast({ text: "Couldn't read the dropped file", detail })}
      words={DROP_WORDS}
    />
  );
}
const DROP_WORDS = 'Drop to evaluate on this text';

/** Evaluation text: pasted, typed, dropped or from a file. Never trained on, never stored. */
export function OwnTextDialog({
  initialText,
  onClose,
}: {
  initialText: EvaluationText | undefined;
  onClose: () => void;
}) {
  const savedText = useStudio((s) => s.ownText);
  const giveText = useStudio((s) => s.giveText);
  const [text, setText] = useState((initialText ?? savedText)?.text ?? '');
  const [name, setName] = useState((initialText ?? savedText)?.name ?? DEFAULT_NAME);
  const [problem, setProblem] = useState<string>();
  const characters = Array.from(text).length;
  const refusal = textRefusal(text, name, characters);
  const changeText = (text: string): void => {
    setText(text);
    setProblem(undefined);
  };
  const read = (files: readonly DroppedFile[]): void =>
    void readEvaluationText(files).then(
      ({ name, text }) => {
        changeText(text);
        setName(name);
      },
      (error: unknown) => setProblem(explain(toFailure(error))),
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Evaluate on your own text"
      width={640}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={refusal}
            onPress={() => {
              giveText(name.trim(), text);
              onClose();
            }}
          >
            Use this text
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        {text.length > MAX_SHOWN ? (
          <LongTextPreview text={text} characters={characters} problem={problem} onClear={() => changeText('')} />
        ) : (
          <TextField
            label="Text"
            value={text}
            onChange={changeText}
            rows={10}
            isProse
            isFirst
            error={problem}
            hint={`${formatCount(characters)} characters. Not trained on, not stored`}
          />
        )}
        <TextField label="Name" value={name} onChange={setName} max={MAX_NAME} />
        <div className={styles.ways}>
          <FileButton isDense isSingle accept=".txt,.md,text/plain" onFiles={read}>
            Choose file…
          </FileButton>
          <DropZone onFiles={read} onError={setProblem} words={{ rest: 'or drop one anywhere', over: DROP_WORDS }} />
        </div>
      </div>
    </Dialog>
  );
}

/** Reason why the text can't be used; undefined if it can. */
function textRefusal(text: string, name: string, characters: number): string | undefined {
  if (text.trim() === '') return 'Enter a text';
  if (characters > MAX_CHARACTERS)
    return `${formatCount(characters)} characters; the maximum is ${formatCount(MAX_CHARACTERS)}`;
  return name.trim() === '' ? 'Enter a name' : undefined;
}

/** Maximum number of characters in a field: more would block the page. */
const MAX_SHOWN = 200_000;
const PREVIEW_LENGTH = 600;

/** Replaces the field for a text that is too long for it. */
function LongTextPreview(p: { text: string; characters: number; problem: string | undefined; onClear: () => void }) {
  return (
    <div className={styles.beginning}>
      <p>{p.text.slice(0, PREVIEW_LENGTH)}…</p>
      <p className={styles.note} {...(p.problem !== undefined && { role: 'alert' })}>
        {p.problem ?? `The first of ${formatCount(p.characters)} characters. Not trained on, not stored`}
      </p>
      <Button isDense onPress={p.onClear}>
        Clear text
      </Button>
    </div>
  );
}
