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
type Given = Pick<ClassifyFileInput, 'file' | 'table' | 'encoding'>;
type Head = TableHead & { format: TableFormatId };

/** Classifies a table, or a file with one text per line, and returns it with labels. */
export function WholeFile({ run }: { run: RunRow['record'] }) {
  const store = useStudioStore();
  const [given, setGiven] = useState<Given>();
  const [working, setWorking] = useState<Work>(IDLE);
  const [head, setHead] = useState<Head>();
  const progressWords = describeWork(working);
  const end = (): void => {
    setGiven(undefined);
    setHead(undefined);
    setWorking(IDLE);
  };
  const begin = async (next: Given): Promise<void> => {
    setGiven(next);
    setHead(undefined);
    await work(setWorking, Date.now, async (options) =>
      (await store.getState().classifying()).classifyFile({ runId: run.id, ...next }, options),
    );
  };
  /** Asks for the text columns of a table, once it is readable. */
  const take = async (next: Given): Promise<void> => {
    const { file, encoding } = next;
    const format = tableCalled(file.name);
    if (!format || next.table) return begin(next);
    setGiven(next);
    setWorking(IDLE);
    try {
      const input = { file, name: file.name, format, ...(encoding && { reading: { encoding } }) };
      setHead({ ...(await store.workers.data.call('lookAtTable', input)), format });
    } catch (error) {
      setWorking({ kind: 'failed', failure: toFailure(error) });
    }
  };
  if (progressWords && working.kind === 'busy')
    return (
      <span className={styles.filing}>
        <Progress {...progressWords} delayMs={0} />
        <Button isDense icon="stop" onPress={working.stop}>
          Stop
        </Button>
      </span>
    );
  return (
    <>
      <FileButton isDense isSingle variant="quiet" onFiles={([first]) => first && void take({ file: first.file })}>
        Classify file…
      </FileButton>
      {given && working.kind === 'failed' && (
        <Refused
          given={given}
          failure={working.failure}
          onRead={(encoding) => void take({ ...given, encoding })}
          onClose={end}
        />
      )}
      {given && head && (
        <ColumnsDialog
          name={given.file.name}
          head={head}
          onChoose={(table) => void begin({ ...given, table })}
          onClose={end}
        />
      )}
    </>
  );
}

/** Reason why the file wasn't classified; asks for the encoding if it isn't UTF-8. */
function Refused({
  given,
  failure,
  onRead,
  onClose,
}: {
  given: Given;
  failure: Failure;
  onRead: (encoding: EncodingId) => void;
  onClose: () => void;
}) {
  if (failure.code === 'bad-encoding') return <Undecoded given={given} {...{ failure, onRead, onClose }} />;
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

function Undecoded({ given: { file, encoding }, failure, onRead, onClose }: Parameters<typeof Refused>[0]) {
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
  onChoose: (table: NonNullable<Given['table']>) => void;
  onClose: () => void;
}) {
  const { columns, format } = head;
  const [chosen, choose] = useState<readonly string[]>(() => {
    const known = recognisedColumns(head);
    return ['text' in known ? known.text : known.input];
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
              choose(columns.filter((each) => (each === column ? isChosen : chosen.includes(each))))
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
