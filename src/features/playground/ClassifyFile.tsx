import { useState } from 'react';
import { type EncodingId, tableCalled, type TableFormatId } from '../../core/documents';
import { recognisedColumns, type TableHead } from '../../core/documents/columns';
import { formatCount } from '../../core/base/units';
import { type Failure, toFailure } from '../../core/base/errors';
import type { RunRow } from '../../protocol/data';
import type { ClassifyFileInput } from '../../protocol/gpu';
import { explain } from '../../state/failures';
import { useStudioStore } from '../../state/react';
import { useProposals } from '../../state/undecoded';
import { describeWork, IDLE, type Work, work } from '../../state/work';
import { Button, Checkbox, Dialog, EncodingDialog, FileButton, Progress } from '../../ui';
import styles from './PlaygroundPage.module.css';

/** File, its encoding if it isn't UTF-8, and the text columns if it is a table. */
type FileInput = Pick<ClassifyFileInput, 'file' | 'table' | 'encoding'>;
type Head = TableHead & { format: TableFormatId };

/** Classifies a table, or a file with one text per line, and returns it with labels. */
export function ClassifyFile({ run }: { run: RunRow['record'] }) {
  const store = useStudioStore();
  const [input, setInput] = useState<FileInput>();
  const [fileWork, setFileWork] = useState<Work>(IDLE);
  const [head, setHead] = useState<Head>();
  const progressWords = describeWork(fileWork);
  const reset = (): void => {
    setInput(undefined);
    setHead(undefined);
    setFileWork(IDLE);
  };
  const classify = async (next: FileInput): Promise<void> => {
    setInput(next);
    setHead(undefined);
    await work(setFileWork, Date.now, async (options) =>
      (await store.getState().classifying()).classifyFile({ runId: run.id, ...next }, options),
    );
  };
  /** Asks for the text columns of a table, once it is readable. */
  const openFile = async (next: FileInput): Promise<void> => {
    const { file, encoding } = next;
    const format = tableCalled(file.name);
    if (!format || next.table) return classify(next);
    setInput(next);
    setFileWork(IDLE);
    try {
      const tableInput = { file, name: file.name, format, ...(encoding && { reading: { encoding } }) };
      setHead({ ...(await store.workers.data.call('lookAtTable', tableInput)), format });
    } catch (error) {
      setFileWork({ kind: 'failed', failure: toFailure(error) });
    }
  };
  if (progressWords && fileWork.kind === 'busy')
    return (
      <span className={styles.filing}>
        <Progress {...progressWords} delayMs={0} />
        <Button isDense icon="stop" onPress={fileWork.stop}>
          Stop
        </Button>
      </span>
    );
  return (
    <>
      <FileButton isDense isSingle variant="quiet" onFiles={([first]) => first && void openFile({ file: first.file })}>
        Classify file…
      </FileButton>
      {input && fileWork.kind === 'failed' && (
        <FailureDialog
          input={input}
          failure={fileWork.failure}
          onRead={(encoding) => void openFile({ ...input, encoding })}
          onClose={reset}
        />
      )}
      {input && head && (
        <ColumnsDialog
          name={input.file.name}
          head={head}
          onChoose={(table) => void classify({ ...input, table })}
          onClose={reset}
        />
      )}
    </>
  );
}

/** Reason why the file wasn't classified; asks for the encoding if it isn't UTF-8. */
function FailureDialog({
  input,
  failure,
  onRead,
  onClose,
}: {
  input: FileInput;
  failure: Failure;
  onRead: (encoding: EncodingId) => void;
  onClose: () => void;
}) {
  if (failure.code === 'bad-encoding') return <EncodingFailureDialog input={input} {...{ failure, onRead, onClose }} />;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Couldn’t classify the file"
      actions={
        <Button variant="go" onPress={onClose}>
          Close
        </Button>
      }
    >
      <p>{explain(failure)}</p>
    </Dialog>
  );
}

function EncodingFailureDialog({
  input: { file, encoding },
  failure,
  onRead,
  onClose,
}: Parameters<typeof FailureDialog>[0]) {
  const { name } = file;
  return (
    <EncodingDialog
      name={name}
      of={useProposals({ name, dropped: { name, file } })}
      note={encoding ? failure.message : 'The result is UTF-8.'}
      onRead={onRead}
      onClose={onClose}
    />
  );
}

function ColumnsDialog({
  name,
  head,
  onChoose,
  onClose,
}: {
  name: string;
  head: Head;
  onChoose: (table: NonNullable<FileInput['table']>) => void;
  onClose: () => void;
}) {
  const { columns, format } = head;
  const [chosen, choose] = useState<readonly string[]>(() => {
    const recognized = recognisedColumns(head);
    return ['text' in recognized ? recognized.text : recognized.input];
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Which columns of ${name} hold the text?`}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="go"
            disabledReason={chosen.length === 0 ? 'Choose at least one' : undefined}
            onPress={() => onChoose({ format, columns: chosen })}
          >
            Classify
          </Button>
        </>
      }
    >
      <p>
        Several columns are read one after another, as in training. The table you get back has all columns and the
        labels.
      </p>
      <div role="group" aria-label="Columns">
        {columns.slice(0, MAX_COLUMNS).map((column) => (
          <Checkbox
            key={column}
            isChosen={chosen.includes(column)}
            onChange={(isChosen) =>
              choose(columns.filter((other) => (other === column ? isChosen : chosen.includes(other))))
            }
          >
            {column}
          </Checkbox>
        ))}
      </div>
      {columns.length > MAX_COLUMNS && <p>{formatCount(columns.length - MAX_COLUMNS)} more columns are not shown.</p>}
    </Dialog>
  );
}
const MAX_COLUMNS = 40;
