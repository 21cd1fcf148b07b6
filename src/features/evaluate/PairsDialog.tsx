import { useRef, useState } from 'react';
import { toFailure } from '../../core/base/errors';
import type { SentencePair } from '../../core/evaluate/minimalPairs';
import { explain } from '../../state/failures';
import { useStudio, useStudioStore } from '../../state/react';
import { Button, Dialog, FileButton, TextField } from '../../ui';
import styles from './Lists.module.css';
import { readEvaluationText } from './readEvaluationText';
import { csvOf } from '../../core/base/csv';

/** Edits a list of sentence pairs, or reads it from a file. */
export function PairsDialog(p: {
  list: 'minimalPairs' | 'swaps';
  title: string;
  hint: string;
  bundled: () => readonly SentencePair[];
  onClose: () => void;
}) {
  const own = useStudio((s) => s.ownPairs[p.list]);
  const giveOwnPairs = useStudio((s) => s.giveOwnPairs);
  const [table, setTable] = useState(() => pairsAsTable(own?.pairs ?? p.bundled()));
  const [name, setName] = useState(own?.name ?? 'my-list.csv');
  const [problem, setProblem] = useState<string>();
  const { data } = useStudioStore().workers;
  const [isReading, setReading] = useState(false);
  const reading = useRef<AbortController>(null);
  const close = (): void => {
    reading.current?.abort();
    p.onClose();
  };
  const use = async (): Promise<void> => {
    const { signal } = (reading.current = new AbortController());
    setReading(true);
    try {
      const input = { name, file: new File([table], name) };
      const pairs = await data.call('readSentencePairs', input, { signal });
      if (signal.aborted) return;
      giveOwnPairs(p.list, { name, pairs });
      p.onClose();
    } catch (error) {
      if (!signal.aborted) setProblem(explain(toFailure(error)));
    } finally {
      setReading(false);
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
          <Button variant="go" disabledReason={isReading ? 'Reading the list' : undefined} onPress={() => void use()}>
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
        <div>
          <FileButton
            isDense
            isSingle
            accept=".csv,.tsv,.jsonl"
            onFiles={([first]) =>
              first &&
              void readEvaluationText([first]).then(
                ({ name, text }) => {
                  setTable(text);
                  setName(name);
                  setProblem(undefined);
                },
                (error: unknown) => setProblem(explain(toFailure(error))),
              )
            }
          >
            Choose table…
          </FileButton>
        </div>
      </div>
    </Dialog>
  );
}

/** Sentence pairs as an editable table. */
const pairsAsTable = (pairs: readonly SentencePair[]): string =>
  csvOf([['first', 'second', 'kind'], ...pairs.map(({ first, second, kind }) => [first, second, kind])]).replaceAll(
    '\r\n',
    '\n',
  );
