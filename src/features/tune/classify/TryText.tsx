import { useRef, useState } from 'react';
import type { Decided } from '../../../core/evaluate/decided';
import { tableCalled } from '../../../core/documents';
import { recognisedColumns, type TableHead } from '../../../core/documents/columns';
import { formatCount } from '../../../core/base/units';
import { toFailure } from '../../../core/base/errors';
import { likeliest } from '../../../core/base/likeliest';
import type { Classes } from '../../../core/models/spec';
import type { RunRow } from '../../../protocol/data';
import type { GivenLabels } from '../../../protocol/gpu';
import { explain } from '../../../state/failures';
import { useStudioStore } from '../../../state/react';
import { describeWork, IDLE, type Work, work } from '../../../state/work';
import {
  Block,
  Button,
  Checkbox,
  DecidedWords,
  Dialog,
  FileButton,
  LabelBars,
  Notice,
  PaneHead,
  Progress,
  TextAction,
  TextField,
} from '../../../ui';
import { percent } from './judged';
import styles from './Classify.module.css';

/** What it says of a pasted text and why, and of a whole file. */
export function TryText({ run }: { run: RunRow['record'] }) {
  const store = useStudioStore();
  const [draft, write] = useState('');
  const [given, setGiven] = useState<{ of: string; given: GivenLabels; why?: Decided }>();
  const [asking, setAsking] = useState<Work>(IDLE);
  const turn = useRef(0);
  const classify = async (): Promise<void> => {
    const mine = ++turn.current;
    const isMine = (): boolean => turn.current === mine;
    await work(
      (state) => isMine() && setAsking(state),
      Date.now,
      async (options) => {
        const { classify: ask, decided } = await store.getState().classifying();
        const found = await ask(run.id, 'latest', draft, options);
        if (isMine()) setGiven({ of: draft, given: found });
        const label = likeliest(found.probabilities);
        const why = await decided({ runId: run.id, which: 'latest', text: draft, label }, options);
        if (isMine()) setGiven({ of: draft, given: found, why });
      },
    );
  };
  return (
    <>
      <PaneHead
        title="Try a text"
        aside={
          <>
            <WholeFile run={run} />
            {(draft !== '' || given) && (
              <TextAction
                onPress={() => {
                  turn.current++;
                  write('');
                  setGiven(undefined);
                  setAsking(IDLE);
                }}
              >
                Clear
              </TextAction>
            )}
          </>
        }
      />
      <Block>
        <TextField label="Text" hideLabel value={draft} onChange={write} rows={5} isProse placeholder="Paste a text" />
        <p className={styles.act}>
          {asking.kind === 'busy' ? (
            <Button isDense icon="stop" minWidth={WIDTH} onPress={asking.stop}>
              Stop
            </Button>
          ) : (
            <Button
              isDense
              minWidth={WIDTH}
              disabledReason={draft.trim() === '' ? 'There is no text yet' : undefined}
              onPress={() => void classify()}
            >
              Classify
            </Button>
          )}
        </p>
      </Block>
      {asking.kind === 'failed' && (
        <Notice tone="error" isPlain title="It was not classified">
          {explain(asking.failure)}
        </Notice>
      )}
      {given && <Given classes={run.model.config.classes!} given={given.given} why={given.why} />}
    </>
  );
}

/** Of the button, whichever it is. */
const WIDTH = 88;

/** Labels with how sure it is of each, and the words that spoke for the likeliest. */
function Given({
  classes: { labels, several },
  given,
  why,
}: {
  classes: Classes;
  given: GivenLabels;
  why: Decided | undefined;
}) {
  const order = [...labels.keys()].sort((a, b) => given.probabilities[b]! - given.probabilities[a]!);
  const bars = order.slice(0, MOST_BARS).map((place) => {
    const share = given.probabilities[place]!;
    return { label: labels[place]!, share, value: percent(share) };
  });
  return (
    <>
      <p className={styles.answer} role="status">
        {given.labels.length > 0 ? (
          <>
            It is <b>{given.labels.join(', ')}</b>
          </>
        ) : (
          <b>{several ? 'None of its labels' : 'Not sure'}</b>
        )}
        {given.read < given.tokens && `; of ${formatCount(given.tokens)} tokens it read ${formatCount(given.read)}`}
      </p>
      <LabelBars label="How sure of each label" bars={bars} />
      {why && <DecidedWords label={labels[order[0]!]!} words={why.words} />}
    </>
  );
}
const MOST_BARS = 12;

/** A table or a text a line, which comes back with its labels. */
function WholeFile({ run }: { run: RunRow['record'] }) {
  const store = useStudioStore();
  const [working, setWorking] = useState<Work>(IDLE);
  const [asked, setAsked] = useState<{ file: File; head: TableHead; chosen: readonly string[] }>();
  const told = describeWork(working);
  const begin = (file: File, columns?: readonly string[]): void => {
    const format = tableCalled(file.name);
    void work(setWorking, Date.now, async (options) =>
      (await store.getState().classifying()).classifyFile(
        { runId: run.id, which: 'latest', file, ...(format && columns && { table: { format, columns } }) },
        options,
      ),
    );
  };
  const take = async (file: File): Promise<void> => {
    const kind = tableCalled(file.name);
    if (!kind) {
      begin(file);
      return;
    }
    try {
      const { lookAtTable, project } = store.getState();
      const head = await lookAtTable({ file, name: file.name, kind, project });
      const known = recognisedColumns(head);
      setAsked({ file, head, chosen: 'text' in known ? [known.text] : [known.input] });
    } catch (error) {
      setWorking({ kind: 'failed', failure: toFailure(error) });
    }
  };
  if (told && working.kind === 'busy')
    return (
      <span className={styles.filing}>
        <Progress {...told} delayMs={0} />
        <Button isDense icon="stop" onPress={working.stop}>
          Stop
        </Button>
      </span>
    );
  return (
    <>
      <FileButton isDense isSingle variant="quiet" onFiles={([first]) => first && void take(first.file)}>
        A whole file…
      </FileButton>
      {working.kind === 'failed' && (
        <Dialog
          isOpen
          onClose={() => setWorking(IDLE)}
          title="The file was not classified"
          actions={
            <Button variant="go" onPress={() => setWorking(IDLE)}>
              Close
            </Button>
          }
        >
          <p>{explain(working.failure)}</p>
        </Dialog>
      )}
      {asked && (
        <Dialog
          isOpen
          onClose={() => setAsked(undefined)}
          title={`Which columns of ${asked.file.name} are the text?`}
          actions={
            <>
              <Button onPress={() => setAsked(undefined)}>Cancel</Button>
              <Button
                variant="go"
                disabledReason={asked.chosen.length === 0 ? 'Choose one at least' : undefined}
                onPress={() => {
                  begin(asked.file, asked.chosen);
                  setAsked(undefined);
                }}
              >
                Classify
              </Button>
            </>
          }
        >
          <p>
            Several are read one after another, as they were when it learnt. All columns come back, with the labels.
          </p>
          <div role="group" aria-label="Columns">
            {asked.head.columns.slice(0, MOST_COLUMNS).map((name) => (
              <Checkbox
                key={name}
                isChosen={asked.chosen.includes(name)}
                onChange={(isChosen) =>
                  setAsked({
                    ...asked,
                    chosen: asked.head.columns.filter((each) =>
                      each === name ? isChosen : asked.chosen.includes(each),
                    ),
                  })
                }
              >
                {name}
              </Checkbox>
            ))}
          </div>
          {asked.head.columns.length > MOST_COLUMNS && (
            <p>{formatCount(asked.head.columns.length - MOST_COLUMNS)} more columns are not shown.</p>
          )}
        </Dialog>
      )}
    </>
  );
}
const MOST_COLUMNS = 40;
