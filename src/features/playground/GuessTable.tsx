import { formatShare } from '../../core/base/units';
import { hex } from '../../core/tokenizer/entryBytes';
import type { Guess } from '../../protocol/gpu';
import { Bar, Table, text, TextAction, TokenChip, type Column } from '../../ui';
import styles from './PlaygroundPage.module.css';

export interface GuessRow extends Guess {
  isChosen: boolean;
}

/** Candidate tokens at a position, with an action for each. */
export function GuessTable({
  label,
  rows,
  chosen,
  action,
}: {
  label: string;
  rows: readonly GuessRow[];
  chosen: number;
  /** Returns null if the token has no action. */
  action?: (row: GuessRow) => { label: string; words: string; run: () => void } | null;
}) {
  const max = Math.max(...rows.map((row) => row.probability));
  const columns: readonly Column<GuessRow>[] = [
    {
      id: 'token',
      header: 'Token',
      cell: ({ text: tokenText, bytes }) => {
        // Special tokens, such as end-of-text and padding, have no bytes.
        if (bytes.length === 0) return <span className={styles.quiet}>special</span>;
        return tokenText === null || isInvisible(tokenText) ? (
          <TokenChip text={null} bytes={hex(bytes)} />
        ) : (
          <TokenChip text={tokenText} />
        );
      },
    },
    {
      id: 'bar',
      header: <span className={text.hidden}>Share</span>,
      width: '30%',
      cell: (row) => <Bar share={row.probability / max} />,
    },
    { id: 'probability', header: 'Probability', isNumber: true, cell: (row) => formatShare(row.probability) },
    {
      id: 'go',
      header: <span className={text.hidden}>Action</span>,
      isNumber: true,
      cell: (row) => {
        if (row.isChosen) return <span className={styles.quiet}>chosen</span>;
        const rowAction = action?.(row);
        return rowAction ? (
          <TextAction label={rowAction.label} onPress={rowAction.run}>
            {rowAction.words}
          </TextAction>
        ) : null;
      },
    },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => String(id)}
      chosenKey={String(chosen)}
      isDense
    />
  );
}

/** Whether a token consists of invisible characters, such as a tab; a newline has a sign. */
const isInvisible = (tokenText: string): boolean => /^[^\P{C}\n]+$/u.test(tokenText);

/** Name of a token in an accessible label. */
export const tokenName = (tokenText: string | null): string =>
  tokenText === null || tokenText.trim() === '' ? 'this token' : tokenText.trim();
