import { useRef, useState } from 'react';
import { toFailure } from '../../core/base/errors';
import type { SentencePair } from '../../core/evaluate/minimalPairs';
import { explain } from '../../state/failures';
import { useStudio, useStudioStore } from '../../state/react';
import { Button, Dialog, FileButton, TextField } from '../../ui';
import styles from './Lists.module.css';
import { type EvaluationText, readEvaluationText } from './readEvaluationText';
import { csvOf } from '../../core/base/csv';

/** Edits a list of sentence pairs, or reads it from a file. */
export function PairsDialog(p: {
  list: 'minimalPairs' | 'swaps';
  title: string;
  hint: string;
  bundled: () => readonly SentencePair[];
  onClose: () => void;
}) {
  const ownList = useStudio((s) => s.ownPairs[p.list]);
  const giveOwnPairs = useStudio((s) => s.giveOwnPairs);
  const [table, setTable] = useState(() => pairsAsTable(ownList?.pairs ?? p.bundled()));
  const [name, setName] = useState(ownList?.name ?? 'my-list.csv');
  const [problem, setProblem] = useState<string>();
  const { readPairs, isReading, cancel } = usePairsReader();
  const close = (): void => {
    cancel();
    p.onClose();
  };
  const saveTable = async (): Promise<void> => {
    try {
      const pairs = await readPairs(name, table);
      if (!pairs) return;
      giveOwnPairs(p.list, { name, pairs });
      p.onClose();
    } catch (error) {
      setProblem(explain(toFailure(error)));
    }
  };
  return (
    <Dialog
      isOpen
      onClose={close}
      title={p.title}
      width={640}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button
            onPress={() => {
              giveOwnPairs(p.list, undefined);
              close();
            }}
          >
            Use the bundled list
          </Button>
          <Button
            variant="go"
            disabledReason={isReading ? 'Reading the list' : undefined}
            onPress={() => void saveTable()}
          >
            Use this list
          </Button>
        </>
      }
    >
      <div className={styles.fields}>
        <TextField
          label="Pairs, one per line"
          value={table}
          onChange={(text) => {
            setTable(text);
            setProblem(undefined);
          }}
          rows={12}
          isFirst
          error={problem}
          hint={`${p.hint}. CSV columns: first, second, kind`}
        />
        <ChooseTable
          onRead={({ name, text }) => {
            setTable(text);
            setName(name);
            setProblem(undefined);
          }}
          onProblem={setProblem}
        />
      </div>
    </Dialog>
  );
}

/** Reads tables of sentence pairs in the data worker. */
function usePairsReader() {
  const { data } = useStudioStore().workers;
  const [isReading, setReading] = useState(false);
  const reading = useRef<AbortController>(null);
  /** Resolves to undefined if it is canceled. */
  const readPairs = async (name: string, table: string): Promise<readonly SentencePair[] | undefined> => {
    const { signal } = (reading.current = new AbortController());
    setReading(true);
    try {
      const pairs = await data.call('readSentencePairs', { name, file: new File([table], name) }, { signal });
      return signal.aborted ? undefined : pairs;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      setReading(false);
    }
  };
  return { readPairs, isReading, cancel: (): void => reading.current?.abort() };
}

function ChooseTable(p: { onRead: (table: EvaluationText) => void; onProblem: (problem: string) => void }) {
  return (
    <div>
      <FileButton
        isDense
        isSingle
        accept=".csv,.tsv,.jsonl"
        onFiles={([file]) =>
          file &&
          void readEvaluationText([file]).then(p.onRead, (error: unknown) => p.onProblem(explain(toFailure(error))))
        }
      >
        Choose table…
      </FileButton>
    </div>
  );
}

/** Sentence pairs as an editable table. */
const pairsAsTable = (pairs: readonly SentencePair[]): string =>
  csvOf([['first', 'second', 'kind'], ...pairs.map(({ first, second, kind }) => [first, second, kind])]).replaceAll(
    '\r\n',
    '\n',
  );
