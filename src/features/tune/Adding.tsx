/** What is given to learn: files, a drop, or pasted text; and what of it was refused. */
import { MAX_NAME } from '../../core/base/textLimits';
import { useState } from 'react';
import { paragraph } from '../../core/base/errors';
import { formatCount } from '../../core/base/units';
import type { Purpose } from '../../core/runs/tuning';
import { useLeaveRowsOut } from '../../state/badRows';
import { remedy } from '../../state/failures';
import { useStudio, useStudioFields, useStudioStore } from '../../state/react';
import { isUndecoded, type Undecoded } from '../../state/refused';
import { useEncodingQuestion } from '../../state/undecoded';
import { toTuneOn } from '../../state/tuning';
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

export interface Adding {
  purpose: Purpose;
  /** What the dialog holds, also what was left in it. */
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
  Record<Purpose, { add: string; over: string; title: string; hint: string; name: string; button: string }>
> = {
  adapt: {
    add: 'Add text…',
    over: 'Drop to learn this text',
    title: 'Add text to learn',
    hint: 'It is for tuning alone: a run on Train does not learn it',
    name: 'Pasted text',
    button: 'Add text',
  },
  instruct: {
    add: 'Add chats…',
    over: 'Drop to learn these chats',
    title: 'Add chats to learn',
    hint: 'A conversation a row in JSON, as OpenAI, ShareGPT or Alpaca have them: {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}',
    name: 'Pasted chats',
    button: 'Add chats',
  },
  classify: {
    add: 'Add labeled table…',
    over: 'Drop to learn these labels',
    title: 'Add texts with labels',
    hint: 'A table with a line of names, such as text,label, and a row for each text',
    name: 'labelled.csv',
    button: 'Add texts',
  },
};

/** @param isNext filled: the next step of a page without data */
export const AddButton = ({ adding, isNext = false }: { adding: Adding; isNext?: boolean }) => (
  <FileButton isDense={!isNext} icon="plus" variant={isNext ? 'go' : 'default'} onFiles={adding.take}>
    {WORDS[adding.purpose].add}
  </FileButton>
);

/** In the head. Without data, the empty stage has the button that adds files. */
export function AddButtons({ adding }: { adding: Adding }) {
  const isEmpty = useStudio((s) => toTuneOn(s, adding.purpose).length === 0);
  return (
    <>
      <Button isDense onPress={() => adding.setOpen(true)}>
        Paste…
      </Button>
      {adding.purpose === 'classify' && (
        <FileButton isDense isFolder onFiles={adding.take}>
          Add a folder…
        </FileButton>
      )}
      {!isEmpty && <AddButton adding={adding} />}
    </>
  );
}

/** What is dropped anywhere on the page, or pasted into it. */
export function Dropped({ adding }: { adding: Adding }) {
  const toast = useStudio((s) => s.toast);
  return (
    <PageDrop
      onFiles={adding.take}
      onText={(text) => {
        adding.write(text);
        adding.setOpen(true);
      }}
      onError={(detail) => toast({ text: 'What was dropped could not be read', detail })}
      words={WORDS[adding.purpose].over}
    />
  );
}

/** Pasted or typed, with a name. */
export function AddDialog({ adding }: { adding: Adding }) {
  return adding.isOpen ? <OpenDialog adding={adding} draft={adding.draft} /> : null;
}

function OpenDialog({ adding, draft }: { adding: Adding; draft: string }) {
  const addPaste = useStudio((s) => s.addPaste);
  const count = useStudio((s) => s.tuneTexts.length);
  const { title, hint, name: usual, button } = WORDS[adding.purpose];
  const [name, setName] = useState(count === 0 ? usual : `${usual} ${formatCount(count + 1)}`);
  const close = (): void => adding.setOpen(false);
  const missing =
    draft.trim() === '' ? 'There is nothing to add yet' : name.trim() === '' ? 'It needs a name' : undefined;
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
        />
        <TextField label="Name in the list" value={name} onChange={setName} max={MAX_NAME} />
      </div>
    </Dialog>
  );
}

/** While something is read. */
export function Reading() {
  const importing = useStudio((s) => s.importing);
  const told = describeWork(importing);
  if (importing.kind !== 'busy' || !told) return null;
  return (
    <div className={styles.working}>
      <Progress {...told} />
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
  const words = others.length > 0 ? ` ${formatCount(others.length)} more were not added.` : '';
  return (
    <div role="alert">
      <Notice
        tone="error"
        title={`${first.name} was not added`}
        actions={
          <>
            {asked && (
              <Button isDense onPress={() => setAsking(true)}>
                Choose {alike.length === 0 ? 'its encoding' : 'their encoding'}…
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
