import { formatCount, formatShare } from '../../core/base/units';
import { promptOf } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, DecidedWords, LabelBars, Pane, TextField } from '../../ui';
import { ActOrStop } from './ActOrStop';
import { KINDS } from './kinds';
import styles from './PlaygroundPage.module.css';

const NONE: readonly string[] = [];
const useLabels = (): readonly string[] =>
  useShownPart('playground', ({ record }) => record?.model.config.classes?.labels) ?? NONE;

/** A text to be told apart. */
export function TextPane() {
  const text = useStudio(promptOf);
  const setPrompt = useStudio((s) => s.setPrompt);
  const labels = useLabels();
  return (
    <Pane title="Text" hint={`${formatCount(labels.length)} labels`}>
      <Block>
        <TextField
          label="Text"
          hideLabel
          rows={10}
          isProse
          value={text}
          onChange={setPrompt}
          placeholder="Paste a text"
        />
        <ActOrStop disabledReason={text.trim() === '' ? 'There is no text yet' : undefined} />
      </Block>
    </Pane>
  );
}

/** The text with the words that spoke for the likeliest label. */
export function DecidedPane() {
  const classified = useStudio((s) => s.classified);
  const labels = useLabels();
  if (!classified)
    return (
      <Pane title="Words that decided" isFirstOnPhone>
        <div className={styles.flow}>
          <p className={styles.nothing}>{KINDS.classifier.nothing}</p>
        </div>
      </Pane>
    );
  const { given, label, decided } = classified;
  return (
    <Pane
      title="Words that decided"
      hint={given.labels.length > 0 ? given.labels.join(', ') : 'not sure'}
      isFirstOnPhone
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

/** How sure it is of each label. */
export function LabelsPane() {
  const classified = useStudio((s) => s.classified);
  const labels = useLabels();
  if (!classified) return <Pane title="Labels">{null}</Pane>;
  const { probabilities } = classified.given;
  const order = [...labels.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, MOST);
  return (
    <Pane title="Labels" {...(labels.length > MOST && { hint: `the likeliest ${formatCount(MOST)}` })}>
      <LabelBars
        label="How sure of each label"
        bars={order.map((place) => ({
          label: labels[place]!,
          share: probabilities[place]!,
          value: formatShare(probabilities[place]!),
        }))}
      />
    </Pane>
  );
}
const MOST = 30;
