/** Adds training data from files, a drop or pasted text, and lists files that couldn't be added. */
import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { paragraph } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { Purpose } from '../../core/runs/tuning';
import { useLeaveRowsOut } from '../../state/badRows';
import { remedy } from '../../state/failures';
import { freeName } from '../../state/freeName';
import { useStudio, useStudioFields, useStudioStore } from '../../state/react';
import { isUndecoded } from '../../state/refused';
import { useEncodingQuestion } from '../../state/undecoded';
import { describeWork } from '../../state/work';
import {
  Button,
  Dialog,
  type DroppedFile,
  EncodingDialog,
  FileButton,
  Notice,
  PageDrop,
  Progress,
  RowProblems,
  TextField,
} from '../../ui';
import styles from './TunePage.module.css';
import type { Undecoded } from '../../state/slices/adding';
import { toTuneOn } from '../../state/tuningInputs';

export interface Adding {
  purpose: Purpose;
  /** Text of the dialog, saved while it is closed. */
  draft: string;
  write: (draft: string) => void;
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
  take: (files: readonly DroppedFile[]) => void;
}

export function useAdding(purpose: Purpose): Adding {
  const [draft, write] = useState('');
  const [isOpen, setOpen] = useState(false);
  const store = useStudioStore();
  const take = (files: readonly DroppedFile[]): void =>
    void store.getState().addFiles(
      files.map(({ path, file }) => ({ name: path, file })),
      purpose,
    );
  return { purpose, draft, write, isOpen, setOpen, take };
}

const WORDS: Readonly<
  Record<
    Purpose,
    { add: string; over: string; title: string; hint: string; placeholder?: string; name: string; button: string }
  >
> = {
  adapt: {
    add: 'Add text…',
    over: 'Drop to add this text',
    title: 'Add text to train on',
    hint: 'Used for fine-tuning only',
    name: 'Pasted text',
    button: 'Add text',
  },
  instruct: {
    add: 'Add chats…',
    over: 'Drop to add these chats',
    title: 'Add chats to train on',
    hint: 'JSON Lines in OpenAI, ShareGPT or Alpaca format',
    placeholder: '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}',
    name: 'Pasted chats',
    button: 'Add chats',
  },
  classify: {
    add: 'Add labeled table…',
    over: 'Drop to add this table',
    title: 'Add labeled texts',
    hint: 'First line: column names, such as text,label',
    name: 'labeled.csv',
    button: 'Add texts',
  },
};

/** @param isNext filled: the next step of a page without data */
export const AddButton = ({ adding, isNext = false }: { adding: Adding; isNext?: boolean }) => (
  <FileButton isDense={!isNext} icon="plus" variant={isNext ? 'go' : 'default'} onFiles={adding.take}>
    {WORDS[adding.purpose].add}
  </FileButton>
);

/** Buttons in the head. Without data, the empty stage has the button that adds files. */
export function AddButtons({ adding }: { adding: Adding }) {
  const isEmpty = useStudio((s) => toTuneOn(s, adding.purpose).length === 0);
  return (
    <>
      <Button isDense onPress={() => adding.setOpen(true)}>
        Paste…
      </Button>
      {adding.purpose === 'classify' && (
        <FileButton isDense isFolder onFiles={adding.take}>
          Add folder…
        </FileButton>
      )}
      {!isEmpty && <AddButton adding={adding} />}
    </>
  );
}

/** Accepts drops anywhere on the page, and pastes. */
export function Dropped({ adding }: { adding: Adding }) {
  const toast = useStudio((s) => s.toast);
  return (
    <PageDrop
      onFiles={adding.take}
      onText={(text) => {
        adding.write(text);
        adding.setOpen(true);
      }}
      onError={(detail) => toast({ text: "Couldn't read the dropped files", detail })}
      words={WORDS[adding.purpose].over}
    />
  );
}

/** Dialog for pasted or typed text, with a name. */
export function AddDialog({ adding }: { adding: Adding }) {
  return adding.isOpen ? <OpenDialog adding={adding} draft={adding.draft} /> : null;
}

function OpenDialog({ adding, draft }: { adding: Adding; draft: string }) {
  const addPaste = useStudio((s) => s.addPaste);
  const texts = useStudio((s) => s.tuneTexts);
  const { title, hint, placeholder, name: usual, button } = WORDS[adding.purpose];
  const [name, setName] = useState(() =>
    freeName(
      usual,
      texts.map((t) => t.name),
    ),
  );
  const close = (): void => adding.setOpen(false);
  const missing =
    draft.trim() === '' ? 'Paste or type something first' : name.trim() === '' ? 'Enter a name' : undefined;
  return (
    <Dialog
      isOpen
      onClose={close}
      title={title}
      width={640}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={missing}
            onPress={() => {
              void addPaste(draft, name.trim(), adding.purpose);
              adding.write('');
              close();
            }}
          >
            {button}
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <TextField
          label={adding.purpose === 'instruct' ? 'Chats' : adding.purpose === 'classify' ? 'Table' : 'Text'}
          value={draft}
          onChange={adding.write}
          rows={12}
          isProse={adding.purpose === 'adapt'}
          isFirst
          hint={hint}
          {...(placeholder !== undefined && { placeholder })}
        />
        <TextField label="Name" value={name} onChange={setName} max={MAX_NAME} />
      </div>
    </Dialog>
  );
}

/** Progress while files are read. */
export function Reading() {
  const importing = useStudio((s) => s.importing);
  const progressWords = describeWork(importing);
  if (importing.kind !== 'busy' || !progressWords) return null;
  return (
    <div className={styles.working}>
      <Progress {...progressWords} />
      <Button isDense icon="stop" onPress={importing.stop}>
        Cancel
      </Button>
    </div>
  );
}

export function Refused() {
  const refused = useStudioFields((s) =>
    s.refused.filter(({ tunes, project }) => tunes !== undefined && project.id === s.project.id),
  );
  const dismiss = useStudio((s) => s.dismissRefusals);
  const [isAsking, setAsking] = useState(false);
  const [asked, ...alike] = refused.filter(isUndecoded);
  const leaveRowsOut = useLeaveRowsOut(refused);
  const [first, ...others] = refused;
  if (!first) return null;
  const words = others.length > 0 ? ` ${formatCount(others.length)} more couldn't be added.` : '';
  return (
    <div role="alert">
      <Notice
        tone="error"
        title={`Couldn't add ${first.name}`}
        actions={
          <>
            {asked && (
              <Button isDense onPress={() => setAsking(true)}>
                Choose encoding…
              </Button>
            )}
            {leaveRowsOut && (
              <Button isDense onPress={leaveRowsOut.onPress}>
                {leaveRowsOut.label}
              </Button>
            )}
            <Button isDense onPress={() => dismiss()}>
              Dismiss
            </Button>
          </>
        }
      >
        {paragraph(first.failure.message, remedy(first.failure)) + words}
        {first.failure.rows && <RowProblems {...first.failure.rows} />}
      </Notice>
      {isAsking && asked && <Question of={[asked, ...alike]} onClose={() => setAsking(false)} />}
    </div>
  );
}

const Question = ({ of, onClose }: { of: readonly [Undecoded, ...Undecoded[]]; onClose: () => void }) => (
  <EncodingDialog {...useEncodingQuestion(of, onClose)} />
);
