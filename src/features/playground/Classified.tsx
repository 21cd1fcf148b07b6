import { useSearch } from 'wouter';
import { formatCount, formatShare } from '../../core/base/units';
import { promptOf, resultNote } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, DecidedWords, EmptyState, LabelBars, Pane, TextField } from '../../ui';
import { ActOrStop } from './ActOrStop';
import { KINDS } from './kinds';
import styles from './PlaygroundPage.module.css';
import { useLacking } from './useLacking';

const NONE: readonly string[] = [];
const useClasses = () => useShownPart('playground', ({ record }) => record?.model.config.classes);
const useLabels = (): readonly string[] => useClasses()?.labels ?? NONE;

/** The text to classify. */
export function TextPane() {
  const text = useStudio(promptOf);
  const setPrompt = useStudio((s) => s.setPrompt);
  const labels = useLabels();
  const lacking = useLacking();
  const isAsked = new URLSearchParams(useSearch()).has('text');
  return (
    <Pane title="Text" hint={`${formatCount(labels.length)} labels`}>
      <Block>
        <TextField
          label="Text"
          hideLabel
          rows={10}
          isProse
          isFirst={isAsked}
          value={text}
          onChange={setPrompt}
          placeholder="Paste a text"
          error={lacking.error}
          area={lacking.field}
        />
        <ActOrStop onLacking={lacking.onLacking} />
      </Block>
    </Pane>
  );
}

/** The text, with the words that changed this one answer. */
export function DecidedPane() {
  const classified = useStudio((s) => s.classified);
  const { labels = NONE, several } = useClasses() ?? {};
  if (!classified)
    return (
      <Pane title="Words that decided">
        <EmptyState>{KINDS.classifier.nothing}</EmptyState>
      </Pane>
    );
  const { given, label, decided } = classified;
  return (
    <Pane
      title="Words that decided"
      hint={given.labels.length > 0 ? given.labels.join(', ') : several ? 'none of its labels' : 'not sure'}
    >
      {decided && <DecidedWords label={labels[label] ?? ''} words={decided.words} />}
      {given.read < given.tokens && (
        <div className={styles.foot}>
          <span className={styles.mean}>
            {`Of ${formatCount(given.tokens)} tokens it read ${formatCount(given.read)}: the rest is longer than its context`}
          </span>
        </div>
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
  const order = (shares ? places.sort((a, b) => shares[b]! - shares[a]!) : places).slice(0, MOST);
  const first = labels.length > MOST ? `the ${shares ? 'likeliest' : 'first'} ${formatCount(MOST)}` : undefined;
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
const MOST = 30;
