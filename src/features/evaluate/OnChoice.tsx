import { useState } from 'react';
import { toFailure } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { EvaluatedOn } from '../../core/runs/evaluations';
import { dataOf } from '../../core/runs/segments';
import { shownRun } from '../../state/openRun';
import { useStudio, useStudioFields } from '../../state/react';
import { Button, Dialog, FileButton, Select, TextField } from '../../ui';
import styles from './EvaluatePage.module.css';

export const PART_NAMES: Readonly<Record<EvaluatedOn, string>> = {
  validation: 'Validation part',
  test: 'Test part',
  text: 'Own text',
};

/** What is measured on: the part that the run was steered by, the one that nobody looked at, or a text of one's own. */
export function OnChoice({ onGive }: { onGive: () => void }) {
  const { on, own, hasData, test } = useStudioFields((s) => {
    const { record } = shownRun(s, 'evaluate');
    const data = record && dataOf(record);
    return {
      on: s.evaluatedOn,
      own: s.ownText?.name,
      hasData: data?.id !== null,
      test: data?.facts?.parts.test?.tokens,
    };
  });
  const choose = useStudio((s) => s.chooseEvaluatedOn);
  return (
    <>
      <Select<EvaluatedOn>
        layout="bare"
        label="Measured on"
        value={on}
        onChange={choose}
        options={[
          {
            value: 'validation',
            label: PART_NAMES.validation,
            hint: hasData ? 'held out while it learnt' : 'it came without its text',
          },
          {
            value: 'test',
            label: PART_NAMES.test,
            hint: test === undefined ? 'none was held out' : `${formatCount(test)} tokens, kept for the end`,
          },
          { value: 'text', label: PART_NAMES.text, hint: own ?? 'pasted, or of a file' },
        ]}
      />
      {on === 'text' && (
        <Button isDense onPress={onGive}>
          {own === undefined ? 'Give a text…' : 'Another text…'}
        </Button>
      )}
    </>
  );
}

/** Characters: more than that is a text of the project. */
const MOST = 2_000_000;

/** A text to measure on: pasted or written, or of a file. It is not learnt from, and is not kept. */
export function OwnTextDialog({ onClose }: { onClose: () => void }) {
  const own = useStudio((s) => s.ownText);
  const giveText = useStudio((s) => s.giveText);
  const [text, setText] = useState(own?.text ?? '');
  const [name, setName] = useState(own?.name ?? 'Own text');
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
  const read = async (file: File): Promise<void> => {
    try {
      setText(new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()));
      setName(file.name);
      setProblem(undefined);
    } catch (error) {
      setProblem(`${file.name} is no text in UTF-8: ${toFailure(error).message}`);
    }
  };
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
        <TextField
          label="Text"
          value={text}
          onChange={setText}
          rows={10}
          isProse
          isFirst
          hint={problem ?? `${formatCount(characters)} characters. It is measured, not learnt from, and not kept`}
        />
        <TextField label="Name" value={name} onChange={setName} />
        <div>
          <FileButton
            isDense
            isSingle
            accept=".txt,.md,text/plain"
            onFiles={([first]) => first && void read(first.file)}
          >
            Open a file…
          </FileButton>
        </div>
      </div>
    </Dialog>
  );
}
