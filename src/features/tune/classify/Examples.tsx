import { useState } from 'react';
import { useLocation } from 'wouter';
import { labelWords } from '../../../core/base/labels';
import type { LabeledText, RunRow } from '../../../protocol/data';
import { explainText } from '../../../state/explainText';
import { useStudio, useStudioStore } from '../../../state/react';
import { EmptyState, MenuButton, text as type, TextAction } from '../../../ui';
import styles from './Classify.module.css';
import { answerWords, type PredictedText } from './predictedTexts';
import { tableName, rowName } from './rowName';
import { useAnswer } from './useAnswer';

/** Held-out texts with their actual and predicted labels; the label can be changed. */
export function Examples(p: {
  run: RunRow['record'];
  labels: readonly string[];
  texts: readonly PredictedText[];
  /** Shown if there are no examples. */
  emptyText: string;
  explanation?: string;
}) {
  const [count, setCount] = useState(PAGE_SIZE);
  const shown = p.texts.slice(0, count);
  const labeledTexts = useLabeledTextsAt(p.run, shown);
  if (p.texts.length === 0) return <EmptyState>{p.emptyText}</EmptyState>;
  if (labeledTexts === null)
    return <EmptyState>The training texts changed, or are no longer in this project</EmptyState>;
  return (
    <>
      {p.explanation !== undefined && <p className={styles.words}>{p.explanation}</p>}
      <ol className={styles.examples}>
        {shown.map((prediction) => (
          <Example
            key={prediction.index}
            prediction={prediction}
            run={p.run}
            labels={p.labels}
            labeledText={labeledTexts?.find(({ at }) => at === prediction.index)}
          />
        ))}
      </ol>
      {p.texts.length > count && (
        <p className={styles.words}>
          <TextAction onPress={() => setCount(count + PAGE_SIZE)}>Show more</TextAction>
        </p>
      )}
    </>
  );
}
const PAGE_SIZE = 10;

/** Texts of the predictions with their current labels; null if the training texts are gone or changed. */
function useLabeledTextsAt(
  run: RunRow['record'],
  predictions: readonly PredictedText[],
): readonly LabeledText[] | null | undefined {
  const texts = useStudio((s) => s.tuneTexts);
  const key = predictions.map(({ index }) => index).join(' ');
  const indices = key === '' ? [] : key.split(' ').map(Number);
  return useAnswer(async ({ examples }) => (await examples(run, indices)) ?? null, null, [run, key, texts])?.answer;
}

interface ExampleProps {
  prediction: PredictedText;
  run: RunRow['record'];
  labels: readonly string[];
  /** Undefined until loaded. */
  labeledText: LabeledText | undefined;
}

function Example({ prediction: { actual, predicted, confidence }, run, labels, labeledText }: ExampleProps) {
  const store = useStudioStore();
  const [, go] = useLocation();
  const table = useStudio((s) => tableName(s, labeledText?.textId));
  const hasSeveralLabels = run.model.config.classes?.several === true;
  const namesOf = (indices: readonly number[]): string => indices.map((index) => labels[index]!).join(', ') || 'none';
  // With several labels per text, labels unknown to the run don't count.
  const currentLabels = labeledText?.labels
    ?.map((label) => labels.indexOf(label))
    .filter((index) => index >= 0 || !hasSeveralLabels);
  const isChanged = labeledText !== undefined && currentLabels?.sort((a, b) => a - b).join() !== actual.join();
  return (
    <li>
      <header>
        <span className={styles.about}>
          <b>{labeledText ? rowName(labeledText, table) : '…'}</b>
          <span>{answerWords(namesOf(actual), namesOf(predicted), confidence)}</span>
        </span>
        {labeledText && (
          <TextAction
            label={`Why? ${labeledText.title}`}
            onPress={() => void explainText(store, run, labeledText.at).then(go)}
          >
            Why?
          </TextAction>
        )}
        {labeledText && <ChangeLabel labeledText={labeledText} labels={labels} hasSeveralLabels={hasSeveralLabels} />}
      </header>
      {isChanged && (
        <p className={styles.changed}>
          {labeledText.labels ? `Relabeled to ${labelWords(labeledText.labels)}` : 'Label removed'} after this run
          trained
        </p>
      )}
      <p className={type.prose} dir="auto">
        {labeledText?.text}
      </p>
    </li>
  );
}

/** Menu that changes the labels of a text. */
function ChangeLabel({
  labeledText,
  labels,
  hasSeveralLabels,
}: {
  labeledText: LabeledText;
  labels: readonly string[];
  hasSeveralLabels: boolean;
}) {
  const store = useStudioStore();
  const { textId, place, title } = labeledText;
  const chosenLabels = labeledText.labels ?? [];
  const setLabels = async (newLabels: readonly string[] | null): Promise<void> => {
    const { change } = await store.getState().classifying();
    await change(
      textId,
      { kind: 'relabel', place, labels: newLabels },
      newLabels ? `Relabeled to ${labelWords(newLabels)}` : 'Label removed',
    );
  };
  const toggle = (label: string): void => {
    const others = chosenLabels.filter((chosen) => chosen !== label);
    void setLabels(!hasSeveralLabels ? [label] : others.length < chosenLabels.length ? others : [...others, label]);
  };
  return (
    <MenuButton
      variant="plain"
      label={`Change label…, ${title}`}
      isMany={hasSeveralLabels}
      entries={labels
        .slice(0, MAX_OFFERED)
        .map((label) => ({ id: label, label, isChosen: chosenLabels.includes(label) }))}
      more={[
        [
          ...(hasSeveralLabels
            ? [{ id: NO_LABEL, label: 'No label applies', isChosen: labeledText.labels?.length === 0 }]
            : []),
          { id: UNLABELED, label: hasSeveralLabels ? 'Not labeled yet' : 'No label', hint: 'left out of training' },
        ],
      ]}
      onChoose={(id) => {
        if (id === UNLABELED) void setLabels(null);
        else if (id === NO_LABEL) void setLabels([]);
        else toggle(id);
      }}
    >
      Change label…
    </MenuButton>
  );
}
const MAX_OFFERED = 100;
/** Ids of entries that aren't labels: no label ends with a line break. */
const [NO_LABEL, UNLABELED] = ['none\n', 'not yet\n'];
