import { useState, type ReactNode } from 'react';
import { counted, formatCount, formatShare } from '../core/base/units';
import { TextAction } from './Button';
import styles from './Reliability.module.css';
import { Table } from './Table';
import { TermLabel } from './Term';

/** Answers in one bin of confidence. */
interface SureBin {
  /** Mean confidence and accuracy, 0 to 1. */
  confidence: number;
  accuracy: number;
  count: number;
}
/** Nouns for the answered unit: singular, plural, column header. */
const ANSWERED = {
  text: ['text', 'texts', 'Texts'],
  token: ['token', 'tokens', 'Tokens'],
  label: ['label of a text', 'labels of texts', 'Labels'],
} as const;
interface ReliabilityProps {
  bins: readonly SureBin[];
  /** Unit of one answer; with multiple labels per text, each label counts as one. */
  of: keyof typeof ANSWERED;
  /** Summary of the diagram. */
  words: string;
  /** Content after the summary. */
  children?: ReactNode;
}

/** Reliability diagram: accuracy of the answers by their confidence (Guo et al. 2017, arXiv:1706.04599). */
export function Reliability({ bins: all, of, words, children }: ReliabilityProps) {
  const [isTable, setTable] = useState(false);
  const [one, many, head] = ANSWERED[of];
  const bins = all.filter(({ count }) => count > 0);
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <b>
          <TermLabel>{TITLE}</TermLabel>
        </b>
        <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>
      </div>
      {isTable ? (
        <div className={styles.table}>
          <Table
            label={TITLE}
            isDense
            rows={bins}
            rowKey={({ confidence }) => String(confidence)}
            columns={[
              { id: 'sure', header: 'Confidence', cell: ({ confidence }) => share(confidence) },
              { id: 'right', header: 'Accuracy', isNumber: true, cell: ({ accuracy }) => share(accuracy) },
              {
                id: 'count',
                header: head,
                isNumber: true,
                isQuiet: true,
                cell: ({ count }) => formatCount(count),
              },
            ]}
          />
        </div>
      ) : (
        <Diagram bins={bins} words={words} />
      )}
      <figcaption className={styles.caption}>
        {words}
        {children} Larger points stand for more of the{' '}
        {counted(
          bins.reduce((sum, { count }) => sum + count, 0),
          one,
          many,
        )}
        .
      </figcaption>
    </figure>
  );
}
const TITLE = 'Accuracy by confidence';
const share = (value: number): string => formatShare(Number(value.toPrecision(3)));

function Diagram({ bins, words }: Pick<ReliabilityProps, 'bins' | 'words'>) {
  const max = Math.max(...bins.map(({ count }) => count));
  const points = bins.map(({ confidence, accuracy }) => `${WIDE * confidence},${HIGH * (1 - accuracy)}`).join(' ');
  return (
    <div className={styles.diagram} role="img" aria-label={`Reliability diagram. ${words}`}>
      <span className={styles.y} aria-hidden>
        <span>100 %</span>
        <span>50 %</span>
        <span>0 %</span>
      </span>
      <svg viewBox={`${-ROOM} ${-ROOM} ${WIDE + 2 * ROOM} ${HIGH + 2 * ROOM}`} aria-hidden>
        <path className={styles.grid} d={`M0 0H${WIDE}M0 ${HIGH / 2}H${WIDE}M0 ${HIGH}H${WIDE}`} />
        <path className={styles.even} d={`M0 ${HIGH}L${WIDE} 0`} />
        <polyline className={styles.line} points={points} />
        {bins.map(({ confidence, accuracy, count }) => (
          <circle
            key={confidence}
            className={styles.point}
            cx={WIDE * confidence}
            cy={HIGH * (1 - accuracy)}
            r={2 + 3 * Math.sqrt(count / max)}
          />
        ))}
      </svg>
      <span className={styles.x} aria-hidden>
        <span>0 % confident</span>
        <span>50 %</span>
        <span>100 %</span>
      </span>
    </div>
  );
}
/** Width and height of the plot in px, and the margin for its largest point. */
const [WIDE, HIGH, ROOM] = [300, 120, 5];
