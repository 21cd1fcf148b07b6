import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { labelWords } from '../../../core/base/labels';
import { counted, formatCount, formatShare } from '../../../core/base/units';
import { textRef, type TextRecord } from '../../../core/documents/record';
import { leakNotice, leakWords } from '../../../core/documents/labels/leakWords';
import type { Unlabeled } from '../../../core/documents/labels/labelChanges';
import type { LabelsSummary } from '../../../protocol/data';
import { weightOf } from '../../../state/classifierPlan';
import { closedRows, rowsWithWord } from '../../../state/classifierStart';
import { explain } from '../../../state/failures';
import { useStudio, useStudioStore } from '../../../state/react';
import type { PageProps } from '../../../state/stage';
import {
  Block,
  Button,
  EmptyStage,
  Icon,
  LeakNotice,
  Notice,
  Pane,
  PaneHead,
  Progress,
  Select,
  Table,
  text,
  TextAction,
} from '../../../ui';
import { AddButton, type AddDataState } from '../AddData';
import { ImportMenu } from '../BasePane';
import { TextRows } from '../TextRows';
import { ClassifierForm } from './ClassifierForm';
import styles from './Classify.module.css';
import { ExampleTable } from './ExampleFigures';
import { RowsDialog } from './RowsDialog';
import { UseLabeledText, useLabeledTexts } from './UseLabeledText';
import { useAnswer } from './useAnswer';
import type { ClassifySituation } from './useClassify';

const documentsIn = ({ texts, unlabeled }: LabelsSummary): number => texts + unlabeled;

/** Training data of a classifier and its settings. */
export function TablePane({
  situation,
  adding,
  onFiles,
}: { situation: ClassifySituation; adding: AddDataState } & Pick<PageProps, 'onFiles'>) {
  const { texts, survey } = situation;
  const [isOpen, setOpen] = useState(false);
  const requestedRows = useRequestedRows(texts);
  const { summary, failure, progress } = survey;
  const name = texts.length === 1 ? texts[0]!.name : `${formatCount(texts.length)} files`;
  return (
    <Pane
      title="Table"
      hint={summary && texts.length > 0 ? `${name}, ${counted(documentsIn(summary), 'text')}` : undefined}
      aside={texts.length > 0 && <TextAction onPress={() => setOpen(true)}>Show all rows</TextAction>}
    >
      {texts.length === 0 ? (
        <EmptyStage
          figure={<ExampleTable />}
          reason="A table with a row for each text and a column of labels, or a folder for each label."
          action={<AddDataButtons adding={adding} />}
        >
          Train a model to label new text
        </EmptyStage>
      ) : (
        <>
          <FirstRowsTable key={texts.map(textRef).join(' ')} situation={situation} />
          {failure && (
            <Notice
              tone="error"
              isPlain
              title="Couldn’t count the labels"
              actions={
                <Button isDense onPress={survey.retry}>
                  Try again
                </Button>
              }
            >
              {explain(failure)}
            </Notice>
          )}
          {!summary && !failure && (
            <Block>
              <Progress
                label={progress?.label ?? 'Counting labels'}
                detail=""
                value={progress?.done ?? 0}
                max={progress?.of ?? 0}
              />
            </Block>
          )}
          {summary && <LabelCounts summary={summary} situation={situation} />}
        </>
      )}
      <PaneHead title="Base model" aside={<ImportMenu onFiles={onFiles} />} />
      <ClassifierForm situation={situation} />
      {texts.length > 0 && <TextRows texts={texts} what="Files" />}
      {texts.length > 0 && <MoreLabeledTexts texts={texts} />}
      {isOpen && <RowsDialog rowCount={summary ? documentsIn(summary) : 0} onClose={() => setOpen(false)} />}
      {requestedRows.table && (
        <RowsDialog
          rowCount={requestedRows.table.documents}
          table={requestedRows.table}
          onClose={requestedRows.close}
        />
      )}
      {requestedRows.word !== undefined && texts.length > 0 && (
        <RowsDialog
          rowCount={summary ? textsWith(requestedRows.word, summary) : 0}
          word={requestedRows.word}
          onClose={requestedRows.close}
        />
      )}
    </Pane>
  );
}

/** Table or word in the URL whose rows are shown. */
function useRequestedRows(texts: readonly TextRecord[]) {
  const search = useSearch();
  const query = new URLSearchParams(search);
  const [, go] = useLocation();
  const table = texts.find((text) => text.id === query.get('text'));
  return { table, word: query.get('word') ?? undefined, close: () => go(closedRows(search), { replace: true }) };
}

/** Number of texts that contain a label-leaking word; 0 for any other word. */
function textsWith(word: string, { leaks }: LabelsSummary): number {
  const leak = leaks.find((candidate) => candidate.word === word);
  return leak ? leak.within.texts + leak.without.texts : 0;
}

/** Ways to add data: labeled documents from the Text page, else a table; next to them the samples. */
function AddDataButtons({ adding }: { adding: AddDataState }) {
  const samples = useStudio((s) => s.samples);
  const addSample = useStudio((s) => s.addSample);
  const offered = useLabeledTexts();
  const labeled = samples.filter(({ labels }) => labels);
  return (
    <span className={styles.links}>
      {offered.map((text, i) => (
        <UseLabeledText key={text.id} text={text} isNext={i === 0} />
      ))}
      <AddButton adding={adding} isNext={offered.length === 0} />
      {labeled.map(({ file, title }) => (
        <Button key={file} onPress={() => void addSample(file)}>
          Use {title}
        </Button>
      ))}
    </span>
  );
}

/** Labeled documents from the Text page that aren't added yet. */
function MoreLabeledTexts({ texts }: { texts: readonly TextRecord[] }) {
  const offered = useLabeledTexts().filter(({ name }) => texts.every((text) => text.name !== name));
  if (offered.length === 0) return null;
  return (
    <Block>
      <span className={styles.links}>
        {offered.map((text) => (
          <UseLabeledText key={text.id} text={text} isNext={false} />
        ))}
      </span>
    </Block>
  );
}

/** First rows of the tables. */
function FirstRowsTable({ situation: { texts } }: { situation: ClassifySituation }) {
  const rows =
    useAnswer(({ rows: readRows }) => readRows({ from: 0, count: PREVIEW_ROWS }, MAX_CHARACTERS), [], [texts])
      ?.answer ?? [];
  return (
    <Table
      label="First labeled texts"
      isDense
      isFixed
      rows={rows}
      rowKey={({ at }) => String(at)}
      columns={[
        { id: 'text', header: 'Text', cell: (row) => oneLine(row.text), title: (row) => oneLine(row.text) },
        {
          id: 'label',
          header: 'Label',
          width: '104px',
          cell: ({ labels }) => (labels ? labelWords(labels) : <span className={text.ink3}>unlabeled</span>),
        },
      ]}
    />
  );
}
const PREVIEW_ROWS = 8;
const MAX_CHARACTERS = 160;
const oneLine = (words: string): string => words.replaceAll(/\s+/g, ' ').trim();

/** Number of texts per label, and problems with the labels. */
function LabelCounts({ summary, situation }: { summary: LabelsSummary; situation: ClassifySituation }) {
  const hasClassWeights = useStudio((s) => s.project.tuning.classify.recipe.classWeights);
  const heldOut = useStudio((s) => s.project.tuning.classify.heldOut);
  const [isAll, setAll] = useState(false);
  const max = Math.max(summary.labels[0]?.count ?? 0, summary.none);
  const shown = isAll ? summary.labels : summary.labels.slice(0, MAX_LABELS);
  const showsWeights = hasClassWeights && !summary.several;
  return (
    <>
      <PaneHead title="Labels" hint={showsWeights ? 'with class weights' : formatCount(summary.labels.length)} />
      <div className={styles.labels}>
        <ul>
          {shown.map(({ label, count }) => (
            <li key={label}>
              <span className={text.clip} title={label}>
                {label}
              </span>
              <i style={{ width: `${(100 * count) / max}%` }} aria-hidden />
              <span>
                {formatCount(count)}
                {showsWeights && <span className={text.ink3}> × {weightOf(summary, count).toFixed(2)}</span>}
              </span>
            </li>
          ))}
          {summary.none > 0 && (
            <li>
              <span className={text.ink3}>{labelWords([])}</span>
              <i style={{ width: `${(100 * summary.none) / max}%` }} aria-hidden />
              <span>{formatCount(summary.none)}</span>
            </li>
          )}
        </ul>
        {summary.labels.length > MAX_LABELS && (
          <TextAction onPress={() => setAll(!isAll)}>
            {isAll ? 'Show fewer' : `Show all ${formatCount(summary.labels.length)}`}
          </TextAction>
        )}
        <p className={text.small}>
          <span className={text.ink3}>
            {formatShare(1 - heldOut)} for training, {formatShare(heldOut)} for validation, stratified by label
            {summary.unlabeled > 0 && `; ${counted(summary.unlabeled, 'unlabeled text')}`}
          </span>
        </p>
      </div>
      {summary.unlabeledAre && summary.none + summary.unlabeled > 0 && (
        <UnlabeledChoice texts={situation.texts} are={summary.unlabeledAre} />
      )}
      <LabelProblems summary={summary} situation={situation} />
      <LeakBlock summary={summary} />
    </>
  );
}
const MAX_LABELS = 12;

/** Applies the answer to every table whose texts may have several labels. */
function useSetUnlabeled(texts: readonly TextRecord[]): (are: Unlabeled) => Promise<void> {
  const store = useStudioStore();
  return async (are) => {
    const { change } = await store.getState().classifying();
    const words = `Unlabeled texts: ${are === 'none' ? 'no label applies' : 'not labeled yet'}`;
    for (const { id } of texts.filter(({ labelled }) => labelled === 'several'))
      if (!(await change(id, { kind: 'unlabeled', are }, words))) return;
  };
}

/** Changes the decision on texts without a label. */
function UnlabeledChoice({ texts, are }: { texts: readonly TextRecord[]; are: Unlabeled }) {
  const setUnlabeled = useSetUnlabeled(texts);
  return (
    <Block isForm>
      <Select<Unlabeled>
        label="Unlabeled texts"
        value={are}
        onChange={(choice) => void setUnlabeled(choice)}
        options={[
          { value: 'none', label: 'No label applies', hint: 'train as negative examples' },
          { value: 'left-out', label: 'Not labeled yet', hint: 'left out of training' },
        ]}
      />
    </Block>
  );
}

const joinNames = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

function LeakBlock({ summary: { leaks } }: { summary: LabelsSummary }) {
  const [, go] = useLocation();
  const leak = leakNotice(leakWords(leaks));
  return leak && <LeakNotice {...leak} isPlain onShow={() => go(rowsWithWord(leak.word))} />;
}

/** Problems with the labels: questions and warnings. */
function LabelProblems({ summary, situation: { texts } }: { summary: LabelsSummary; situation: ClassifySituation }) {
  const store = useStudioStore();
  const mergeLabels = async (labels: readonly string[], as: string): Promise<void> => {
    const { change } = await store.getState().classifying();
    for (const { id } of texts)
      await change(
        id,
        { kind: 'join', labels, as },
        as === '' ? `Left out ${labels.join(', ')}` : `Merged ${joinNames(labels)} into ${as}`,
      );
  };
  const setTuning = useStudio((s) => s.setTuning);
  const tuning = useStudio((s) => s.project.tuning);
  const singleLabels = summary.labels.filter(({ count }) => count === 1).map(({ label }) => label);
  const setUnlabeled = useSetUnlabeled(texts);
  // Similar names, unlabeled texts, truncation and leaks are shown elsewhere on the page.
  const problems = summary.problems.filter(
    ({ what, kind }) => !['alike', 'long', 'leak'].includes(what) && (what !== 'unlabeled' || kind === 'asked'),
  );
  if (summary.alike.length + problems.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {summary.alike.map(({ names, as }) => (
        <li key={names.join('\n')}>
          <Icon name="warning" tone="warn" />
          <span>
            {joinNames(names.map((name) => `“${name}”`))} look like the same label
            <small>
              <TextAction onPress={() => void mergeLabels(names, as)}>Merge into {as}</TextAction>
            </small>
          </span>
        </li>
      ))}
      {problems.map(({ kind, what, words, remedy }) => (
        <li key={words}>
          <Icon name={kind === 'note' ? 'warning' : 'error'} tone={kind === 'note' ? 'warn' : 'error'} />
          <span>
            {words}
            {remedy !== undefined && <small>{remedy}</small>}
            {what === 'unlabeled' && (
              <small className={styles.ways}>
                <TextAction onPress={() => void setUnlabeled('none')}>No label applies</TextAction>
                <TextAction onPress={() => void setUnlabeled('left-out')}>Not labeled yet</TextAction>
              </small>
            )}
            {what === 'single' && (
              <small className={styles.ways}>
                <TextAction onPress={() => void mergeLabels(singleLabels, '')}>
                  Leave {singleLabels.length === 1 ? 'it' : 'them'} out
                </TextAction>
                <TextAction onPress={() => setTuning({ classify: { ...tuning.classify, fewest: 1 } })}>
                  Keep {singleLabels.length === 1 ? 'it' : 'them'}
                </TextAction>
              </small>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
