import { lazy, Suspense } from 'react';
import { useLocation, useSearch } from 'wouter';
import { formatCount, formatShare } from '../../core/base/units';
import { promptOf, resultNote } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { useCorrection } from '../../state/useCorrection';
import { Block, Correction, DecidedWords, EmptyState, LabelBars, Notice, Pane, PaneHead, TextField } from '../../ui';
import { GenerateOrStop } from './GenerateOrStop';
import { KIND_TEXTS } from './kinds';
import styles from './PlaygroundPage.module.css';
import { useMissingInput } from './useMissingInput';

/** Only classifiers accept a file, so columns and encodings load with them. */
const ClassifyFile = lazy(() => import('./ClassifyFile').then((module) => ({ default: module.ClassifyFile })));

const NO_LABELS: readonly string[] = [];
const useClasses = () => useShownPart('playground', ({ record }) => record?.model.config.classes);
const useLabels = (): readonly string[] => useClasses()?.labels ?? NO_LABELS;

/** The text to classify. */
export function TextPane() {
  const text = useStudio(promptOf);
  const setPrompt = useStudio((s) => s.setPrompt);
  const labels = useLabels();
  const missingInput = useMissingInput();
  const record = useShownPart('playground', (run) => run.record);
  // A link to this text field focuses it.
  const isRequested = new URLSearchParams(useSearch()).has('text');
  return (
    <Pane
      title="Text"
      hint={`${formatCount(labels.length)} labels`}
      aside={
        record && (
          <Suspense>
            <ClassifyFile run={record} key={record.id} />
          </Suspense>
        )
      }
    >
      <Block>
        <TextField
          label="Text"
          hideLabel
          rows={10}
          isProse
          isFirst={isRequested}
          value={text}
          onChange={setPrompt}
          placeholder="Paste text"
          error={missingInput.error}
          area={missingInput.field}
        />
        <GenerateOrStop onMissingInput={missingInput.onMissingInput} />
      </Block>
    </Pane>
  );
}

/** The label of the text with its confidence, a way to correct it, and the words that changed it. */
export function AnswerPane() {
  const [, go] = useLocation();
  const correction = useCorrection(
    useStudio((s) => s.writtenBy?.runId),
    useStudio((s) => s.writtenAfter),
    go,
  );
  const classified = useStudio((s) => s.classified);
  const { labels = NO_LABELS, several: hasSeveralLabels } = useClasses() ?? {};
  const note = useStudio(resultNote);
  if (!classified)
    return (
      <Pane title="Result">
        <EmptyState>{KIND_TEXTS.classifier.empty}</EmptyState>
      </Pane>
    );
  const { given: prediction, label, decided } = classified;
  const share = formatShare(prediction.probabilities[label]!);
  return (
    <Pane title="Result">
      {note !== undefined && (
        <Notice isFact title={`This result is ${note}`}>
          Classify the text again to update it
        </Notice>
      )}
      <p className={styles.answer} role="status">
        <b>
          {prediction.labels.length > 0
            ? prediction.labels.join(', ')
            : hasSeveralLabels
              ? 'None of its labels'
              : 'Not sure'}
        </b>
        {!hasSeveralLabels && prediction.labels.length > 0 && <span>{share}</span>}
      </p>
      {!hasSeveralLabels && <Correction labels={labels} predicted={prediction.labels[0]} {...correction} />}
      {prediction.read < prediction.tokens && (
        <p className={styles.cut}>
          {`Read ${formatCount(prediction.read)} of ${formatCount(prediction.tokens)} tokens; the rest doesn’t fit the context`}
        </p>
      )}
      {decided && (
        <>
          <PaneHead title="Why this label" />
          <DecidedWords labels={labels} label={label} isMany={hasSeveralLabels === true} decided={decided} />
        </>
      )}
    </Pane>
  );
}

/** All labels, with the confidence in each for the text. */
export function LabelsPane() {
  const classified = useStudio((s) => s.classified);
  const labels = useLabels();
  const shares = classified?.given.probabilities;
  const indices = [...labels.keys()];
  const order = (shares ? indices.sort((a, b) => shares[b]! - shares[a]!) : indices).slice(0, MAX_BARS);
  const limitWords = labels.length > MAX_BARS ? `${shares ? 'top' : 'first'} ${formatCount(MAX_BARS)}` : undefined;
  const hint = [limitWords, useStudio(resultNote)].filter(Boolean).join(', ');
  return (
    <Pane title="Labels" {...(hint !== '' && { hint })}>
      <LabelBars
        label="Confidence in each label"
        bars={order.map((index) => ({
          label: labels[index]!,
          share: shares?.[index] ?? 0,
          value: shares ? formatShare(shares[index]!) : '–',
        }))}
      />
    </Pane>
  );
}
const MAX_BARS = 30;
