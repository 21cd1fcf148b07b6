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

/** State of the controls that add training data. */
export interface AddDataState {
  purpose: Purpose;
  /** Text of the dialog, saved while it is closed. */
  draft: string;
  setDraft: (draft: string) => void;
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
  addFiles: (files: readonly DroppedFile[]) => void;
}

export function useAddData(purpose: Purpose): AddDataState {
  const [draft, setDraft] = useState('');
  const [isOpen, setOpen] = useState(false);
  const store = useStudioStore();
  const addFiles = (files: readonly DroppedFile[]): void =>
    void store.getState().addFiles(
      files.map(({ path, file }) => ({ name: path, file })),
      purpose,
    );
  return { purpose, draft, setDraft, isOpen, setOpen, addFiles };
}

const PURPOSE_TEXTS: Readonly<
  Record<
    Purpose,
    { add: string; dropHint: string; title: string; hint: string; placeholder?: string; name: string; button: string }
  >
> = {
  adapt: {
    add: 'Add text…',
    dropHint: 'Drop to add this text',
    title: 'Add text to train on',
    hint: 'Used for fine-tuning only',
    name: 'Pasted text',
    button: 'Add text',
  },
  instruct: {
    add: 'Add chats…',
    dropHint: 'Drop to add these chats',
    title: 'Add chats to train on',
    hint: 'JSON Lines in OpenAI, ShareGPT or Alpaca format',
    placeholder: '{"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}',
    name: 'Pasted chats',
    button: 'Add chats',
  },
  classify: {
    add: 'Add labeled table…',
    dropHint: 'Drop to add this table',
    title: 'Add labeled texts',
    hint: 'First line: column names, such as text,label',
    name: 'labeled.csv',
    button: 'Add texts',
  },
};

/** Button that adds files. @param isNext whether it is filled, as the next step of a page without data */
export const AddButton = ({ adding, isNext = false }: { adding: AddDataState; isNext?: boolean }) => (
  <FileButton isDense={!isNext} icon="plus" variant={isNext ? 'go' : 'default'} onFiles={adding.addFiles}>
    {PURPOSE_TEXTS[adding.purpose].add}
  </FileButton>
);

/** Buttons in the head. Without data, the empty stage has the button that adds files. */
export function AddButtons({ adding }: { adding: AddDataState }) {
  const isEmpty = useStudio((s) => toTuneOn(s, adding.purpose).length === 0);
  return (
    <>
      <Button isDense onPress={() => adding.setOpen(true)}>
        Paste…
      </Button>
      {adding.purpose === 'classify' && (
        <FileButton isDense isFolder onFiles={adding.addFiles}>
          Add folder…
        </FileButton>
      )}
      {!isEmpty && <AddButton adding={adding} />}
    </>
  );
}

/** Accepts drops anywhere on the page, and pastes. */
export function DataDrop({ adding }: { adding: AddDataState }) {
  const toast = useStudio((s) => s.toast);
  return (
    <PageDrop
      onFiles={adding.addFiles}
      onText={(text) => {
        adding.setDraft(text);
        adding.setOpen(true);
      }}
      onError={(detail) => toast({ text: "Couldn't read the dropped files", detail })}
      words={PURPOSE_TEXTS[adding.purpose].dropHint}
    />
  );
}

/** Dialog for pasted or typed text, with a name. */
export function AddDialog({ adding }: { adding: AddDataState }) {
  return adding.isOpen ? <PasteDialog adding={adding} draft={adding.draft} /> : null;
}

function PasteDialog({ adding, draft }: { adding: AddDataState; draft: string }) {
  const addPaste = useStudio((s) => s.addPaste);
  const texts = useStudio((s) => s.tuneTexts);
  const { title, hint, placeholder, name: defaultName, button } = PURPOSE_TEXTS[adding.purpose];
  const [name, setName] = useState(() =>
    freeName(
      defaultName,
      texts.map(({ name }) => name),
    ),
  );
  const close = (): void => adding.setOpen(false);
  const refusal =
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
            disabledReason={refusal}
            onPress={() => {
              void addPaste(draft, name.trim(), adding.purpose);
              adding.setDraft('');
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
          onChange={adding.setDraft}
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
export function ImportProgress() {
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

/** Lists files that couldn't be added, with ways to add them anyway. */
export function RefusedFiles() {
  const refused = useStudioFields((s) =>
    s.refused.filter(({ tunes, project }) => tunes !== undefined && project.id === s.project.id),
  );
  const dismiss = useStudio((s) => s.dismissRefusals);
  const [isEncodingOpen, setEncodingOpen] = useState(false);
  const [firstUndecoded, ...otherUndecoded] = refused.filter(isUndecoded);
  const leaveRowsOut = useLeaveRowsOut(refused);
  const [first, ...others] = refused;
  if (!first) return null;
  const moreWords = others.length > 0 ? ` ${formatCount(others.length)} more couldn't be added.` : '';
  return (
    <div role="alert">
      <Notice
        tone="error"
        title={`Couldn't add ${first.name}`}
        actions={
          <>
            {firstUndecoded && (
              <Button isDense onPress={() => setEncodingOpen(true)}>
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
        {paragraph(first.failure.message, remedy(first.failure)) + moreWords}
        {first.failure.rows && <RowProblems {...first.failure.rows} />}
      </Notice>
      {isEncodingOpen && firstUndecoded && (
        <EncodingQuestion of={[firstUndecoded, ...otherUndecoded]} onClose={() => setEncodingOpen(false)} />
      )}
    </div>
  );
}

const EncodingQuestion = ({ of, onClose }: { of: readonly [Undecoded, ...Undecoded[]]; onClose: () => void }) => (
  <EncodingDialog {...useEncodingQuestion(of, onClose)} />
);
