import { lazy, Suspense } from 'react';
import { useLocation, useSearch } from 'wouter';
import { formatCount, formatShare } from '../../core/base/units';
import { promptOf, resultNote } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { useCorrection } from '../../state/useCorrection';
import { Block, Correction, DecidedWords, EmptyState, LabelBars, Notice, Pane, PaneHead, TextField } from '../../ui';
import { ActOrStop } from './ActOrStop';
import { KINDS } from './kinds';
import styles from './PlaygroundPage.module.css';
import { useLacking } from './useLacking';

/** Only classifiers accept a file, so columns and encodings load with them. */
const WholeFile = lazy(() => import('./WholeFile').then((module) => ({ default: module.WholeFile })));

const NONE: readonly string[] = [];
const useClasses = () => useShownPart('playground', ({ record }) => record?.model.config.classes);
const useLabels = (): readonly string[] => useClasses()?.labels ?? NONE;

/** The text to classify. */
export function TextPane() {
  const text = useStudio(promptOf);
  const setPrompt = useStudio((s) => s.setPrompt);
  const labels = useLabels();
  const lacking = useLacking();
  const record = useShownPart('playground', (run) => run.record);
  const isAsked = new URLSearchParams(useSearch()).has('text');
  return (
    <Pane
      title="Text"
      hint={`${formatCount(labels.length)} labels`}
      aside={
        record && (
          <Suspense>
            <WholeFile run={record} key={record.id} />
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
          isFirst={isAsked}
          value={text}
          onChange={setPrompt}
          placeholder="Paste text"
          error={lacking.error}
          area={lacking.field}
        />
        <ActOrStop onLacking={lacking.onLacking} />
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
  const { labels = NONE, several } = useClasses() ?? {};
  const note = useStudio(resultNote);
  if (!classified)
    return (
      <Pane title="Result">
        <EmptyState>{KINDS.classifier.nothing}</EmptyState>
      </Pane>
    );
  const { given, label, decided } = classified;
  const share = formatShare(given.probabilities[label]!);
  return (
    <Pane title="Result">
      {note !== undefined && (
        <Notice isFact title={`This result is ${note}`}>
          Classify the text again to update it
        </Notice>
      )}
      <p className={styles.answer} role="status">
        <b>{given.labels.length > 0 ? given.labels.join(', ') : several ? 'None of its labels' : 'Not sure'}</b>
        {!several && given.labels.length > 0 && <span>{share}</span>}
      </p>
      {!several && <Correction labels={labels} predicted={given.labels[0]} {...correction} />}
      {given.read < given.tokens && (
        <p className={styles.cut}>
          {`Read ${formatCount(given.read)} of ${formatCount(given.tokens)} tokens; the rest doesn’t fit the context`}
        </p>
      )}
      {decided && (
        <>
          <PaneHead title="Why this label" />
          <DecidedWords labels={labels} label={label} isMany={several === true} decided={decided} />
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
  const places = [...labels.keys()];
  const order = (shares ? places.sort((a, b) => shares[b]! - shares[a]!) : places).slice(0, MAX);
  const first = labels.length > MAX ? `${shares ? 'top' : 'first'} ${formatCount(MAX)}` : undefined;
  const hint = [first, useStudio(resultNote)].filter(Boolean).join(', ');
  return (
    <Pane title="Labels" {...(hint !== '' && { hint })}>
      <LabelBars
        label="Confidence in each label"
        bars={order.map((place) => ({
          label: labels[place]!,
          share: shares?.[place] ?? 0,
          value: shares ? formatShare(shares[place]!) : '–',
        }))}
      />
    </Pane>
  );
}
const MAX = 30;
