import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Button, Dialog, type DroppedFile, DropZone, FileButton, PageDrop, TextField } from '../../ui';
import styles from './EvaluatePage.module.css';
import { type Given, MAX_CHARACTERS, textIn } from './givenText';

const OWN = 'Your text';

/** Accepts text dropped on the page or pasted into it, while the user's own text is evaluated. */
export function TakesText({ onGive }: { onGive: (given: Given) => void }) {
  const toast = useStudio((s) => s.toast);
  const read = (files: readonly DroppedFile[]): void =>
    void textIn(files).then(onGive, (error: unknown) =>
      toast({ text: "Couldn't use this text", detail: explain(toFailure(error)) }),
    );
  return (
    <PageDrop
      onFiles={read}
      onText={(text) => onGive({ name: OWN, text })}
      onError={(detail) => toast({ text: "Couldn't read the dropped file", detail })}
      words={OVER}
    />
  );
}
const OVER = 'Drop to evaluate on this text';

/** Evaluation text: pasted, typed, dropped or from a file. Never trained on, never stored. */
export function OwnTextDialog({ given, onClose }: { given: Given | undefined; onClose: () => void }) {
  const own = useStudio((s) => s.ownText);
  const giveText = useStudio((s) => s.giveText);
  const [text, setText] = useState((given ?? own)?.text ?? '');
  const [name, setName] = useState((given ?? own)?.name ?? OWN);
  const [problem, setProblem] = useState<string>();
  const characters = Array.from(text).length;
  const refusal =
    text.trim() === ''
      ? 'Enter a text'
      : characters > MAX_CHARACTERS
        ? `${formatCount(characters)} characters; the maximum is ${formatCount(MAX_CHARACTERS)}`
        : name.trim() === ''
          ? 'Enter a name'
          : undefined;
  const write = (text: string): void => {
    setText(text);
    setProblem(undefined);
  };
  const read = (files: readonly DroppedFile[]): void =>
    void textIn(files).then(
      ({ name, text }) => {
        write(text);
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
          <Beginning text={text} characters={characters} problem={problem} onOther={() => write('')} />
        ) : (
          <TextField
            label="Text"
            value={text}
            onChange={write}
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
          <DropZone onFiles={read} onError={setProblem} words={{ rest: 'or drop one anywhere', over: OVER }} />
        </div>
      </div>
    </Dialog>
  );
}

/** Maximum number of characters in a field: more would block the page. */
const MAX_SHOWN = 200_000;
const BEGINNING = 600;

/** Replaces the field for a text that is too long for it. */
function Beginning(p: { text: string; characters: number; problem: string | undefined; onOther: () => void }) {
  return (
    <div className={styles.beginning}>
      <p>{p.text.slice(0, BEGINNING)}…</p>
      <p className={styles.note} {...(p.problem !== undefined && { role: 'alert' })}>
        {p.problem ?? `The first of ${formatCount(p.characters)} characters. Not trained on, not stored`}
      </p>
      <Button isDense onPress={p.onOther}>
        Clear text
      </Button>
    </div>
  );
}
