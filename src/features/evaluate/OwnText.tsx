import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import { explain } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Button, Dialog, type DroppedFile, DropZone, FileButton, PageDrop, TextField } from '../../ui';
import styles from './EvaluatePage.module.css';
import { type Given, MOST, textIn } from './givenText';

const OWN = 'Own text';

/** While a text of one's own is what is measured on: what is dropped on the page or pasted into it is one. */
export function TakesText({ onGive }: { onGive: (given: Given) => void }) {
  const toast = useStudio((s) => s.toast);
  const read = (files: readonly DroppedFile[]): void =>
    void textIn(files).then(onGive, (error: unknown) =>
      toast({ text: 'That text was not taken', detail: explain(toFailure(error)) }),
    );
  return (
    <PageDrop
      onFiles={read}
      onText={(text) => onGive({ name: OWN, text })}
      onError={(detail) => toast({ text: 'What was dropped could not be read', detail })}
      words={OVER}
    />
  );
}
const OVER = 'Drop to measure on this text';

/** A text to measure on: pasted, written, dropped or of a file. It is not learnt from, and is not kept. */
export function OwnTextDialog({ given, onClose }: { given: Given | undefined; onClose: () => void }) {
  const own = useStudio((s) => s.ownText);
  const giveText = useStudio((s) => s.giveText);
  const [text, setText] = useState((given ?? own)?.text ?? '');
  const [name, setName] = useState((given ?? own)?.name ?? OWN);
  const [problem, setProblem] = useState<string>();
  const characters = Array.from(text).length;
  const refusal =
    text.trim() === ''
      ? 'There is no text yet'
      : characters > MOST
        ? `This is ${formatCount(characters)} characters, and ${formatCount(MOST)} are measured at most`
        : name.trim() === ''
          ? 'It needs a name'
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
      title="Measure on a text of your own"
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
        {text.length > MOST_SHOWN ? (
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
            hint={`${formatCount(characters)} characters. It is measured, not learnt from, and not kept`}
          />
        )}
        <TextField label="Name" value={name} onChange={setName} max={MAX_NAME} />
        <div className={styles.ways}>
          <FileButton isDense isSingle accept=".txt,.md,text/plain" onFiles={read}>
            Open a file…
          </FileButton>
          <DropZone onFiles={read} onError={setProblem} words={{ rest: 'or drop one anywhere', over: OVER }} />
        </div>
      </div>
    </Dialog>
  );
}

/** A field with more characters than this makes the page wait. */
const MOST_SHOWN = 200_000;
const BEGINNING = 600;

/** In place of a field. */
function Beginning(p: { text: string; characters: number; problem: string | undefined; onOther: () => void }) {
  return (
    <div className={styles.beginning}>
      <p>{p.text.slice(0, BEGINNING)}…</p>
      <p className={styles.note} {...(p.problem !== undefined && { role: 'alert' })}>
        {p.problem ??
          `The first of ${formatCount(p.characters)} characters. They are measured, not learnt from, and not kept`}
      </p>
      <Button isDense onPress={p.onOther}>
        Write another text
      </Button>
    </div>
  );
}
