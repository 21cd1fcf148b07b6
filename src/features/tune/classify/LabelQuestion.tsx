import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { counted } from '../../../core/base/units';
import type { TextToLabel } from '../../../protocol/gpu';
import { Button, text as type } from '../../../ui';
import styles from './Classify.module.css';
import { percent } from './predictedTexts';

/** A text with its possible labels, answered by buttons or keys. */
export function LabelQuestion({
  text,
  labels,
  hasSeveralLabels,
  onAnswer,
  onUndo,
  canUndo,
}: {
  text: TextToLabel;
  labels: readonly string[];
  hasSeveralLabels: boolean;
  /** Null skips the text. */
  onAnswer: (labels: readonly string[] | null) => Promise<void>;
  onUndo: () => Promise<void>;
  canUndo: boolean;
}) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  // If each label has a key, the order stays the same; else the most likely labels come first.
  const indices = [...labels.keys()];
  const offered =
    indices.length <= KEYS ? indices : indices.sort((a, b) => text.probabilities[b]! - text.probabilities[a]!);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const choose = (index: number): void => {
    if (!hasSeveralLabels) void onAnswer([labels[index]!]);
    else setChosen(new Set(chosen.has(index) ? [...chosen].filter((other) => other !== index) : [...chosen, index]));
  };
  const answerChosen = (): void => void onAnswer(labels.filter((_, index) => chosen.has(index)));
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const index = offered[Number(event.key) - 1];
    if (/^[1-9]$/.test(event.key) && index !== undefined) choose(index);
    // Enter on a focused button must press that button.
    else if (hasSeveralLabels && event.key === 'Enter' && event.target === event.currentTarget) answerChosen();
    else if (event.key === 'Backspace' || event.key === 'u') void onUndo();
    else if (event.key === 's') void onAnswer(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={ref} className={styles.asking} role="group" aria-label="A text to label" tabIndex={-1} onKeyDown={onKey}>
      <p className={type.small}>
        <b>{text.title}</b>
      </p>
      <p className={type.prose} dir="auto">
        {text.text.slice(0, MAX_CHARACTERS)}
        {text.text.length > MAX_CHARACTERS && '…'}
      </p>
      <ol className={styles.choices}>
        {offered.slice(0, MAX_OFFERED).map((index, i) => (
          <li key={index}>
            <button
              type="button"
              {...(hasSeveralLabels && { 'aria-pressed': chosen.has(index) })}
              onClick={() => choose(index)}
            >
              <kbd>{i < KEYS ? i + 1 : ''}</kbd>
              <span>{labels[index]}</span>
              <span className={type.ink3}>{percent(text.probabilities[index]!)}</span>
            </button>
          </li>
        ))}
      </ol>
      <span className={styles.links}>
        {hasSeveralLabels && (
          <Button isDense variant="go" onPress={answerChosen}>
            {chosen.size === 0 ? 'No label applies (Enter)' : `${counted(chosen.size, 'label')} (Enter)`}
          </Button>
        )}
        <Button isDense onPress={() => void onAnswer(null)}>
          Skip (S)
        </Button>
        <Button isDense disabledReason={canUndo ? undefined : 'Nothing to undo'} onPress={() => void onUndo()}>
          Undo (U)
        </Button>
      </span>
    </div>
  );
}
/** Keys 1 to 9. */
const KEYS = 9;
/** Maximum number of characters shown per text, and of labels offered. */
const [MAX_CHARACTERS, MAX_OFFERED] = [1500, 20];
