import { formatCount, formatShare } from '../../core/base/units';
import { entryBytes, hex } from '../../core/tokenizer/entryBytes';
import { shownRun } from '../../state/openRun';
import { vocabularySize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import type { GeneratedToken } from '../../protocol/gpu';
import { Bar, Block, Pane, Table, text, TextAction, TokenChip, type Column } from '../../ui';
import styles from './PlaygroundPage.module.css';

interface Row {
  id: number;
  /** Null beyond the likeliest that are listed. */
  rank: number | null;
  text: string | null;
  probability: number;
  isChosen: boolean;
}

/** What else could have stood at one place, as the model says. */
export function AlternativesPane({ at, onGoOn }: { at: number | undefined; onGoOn: () => void }) {
  const written = useStudio((s) => s.written);
  const prompt = useStudio((s) => s.writtenAfter);
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const continueFrom = useStudio((s) => s.continueFrom);
  const vocabulary = useStudio((s) => shownRun(s, 'playground').record?.model.vocabulary ?? vocabularySize(s.project));
  const model = useStudio((s) => shownRun(s, 'playground').record?.tokenizer);
  const bytesOf = (id: number): string | undefined => model && hex(entryBytes(model, id));
  const token = at === undefined ? undefined : written[at];
  if (at === undefined || !token) {
    return (
      <Pane title="Alternatives">
        <Block>
          <p className={styles.quiet}>
            {written.length > 0
              ? 'Choose a token in the text to see what else it could have been'
              : 'Each token is one of several that could have stood there. They are listed here.'}
          </p>
        </Block>
      </Pane>
    );
  }
  const rows = rowsOf(token);
  const most = Math.max(...rows.map((row) => row.probability));
  const before =
    prompt +
    written
      .slice(0, at)
      .map((t) => t.text)
      .join('');
  const columns: readonly Column<Row>[] = [
    {
      id: 'token',
      header: 'Could be',
      cell: ({ id, text }) => <TokenChip text={text} bytes={text === null ? bytesOf(id) : undefined} />,
    },
    {
      id: 'bar',
      header: <span className={text.hidden}>Share</span>,
      width: '30%',
      cell: (row) => <Bar share={row.probability / most} />,
    },
    { id: 'probability', header: 'Probability', isNumber: true, cell: (row) => formatShare(row.probability) },
    {
      id: 'go',
      header: <span className={text.hidden}>Action</span>,
      isNumber: true,
      cell: (row) => {
        const piece = row.text;
        if (row.isChosen) return <span className={styles.quiet}>chosen</span>;
        if (piece === null || isWriting) return null;
        return (
          <TextAction
            label={`Go on from ${piece.trim() === '' ? 'this token' : piece.trim()}`}
            onPress={() => {
              onGoOn();
              void continueFrom(at, piece);
            }}
          >
            Go on
          </TextAction>
        );
      },
    },
  ];
  const listed = token.alternatives.reduce((sum, { probability }) => sum + probability, 0);
  return (
    <Pane isAtFootOnPhone title={`Token ${formatCount(at + 1)}`} hint={`after “${lastWords(before)}”`}>
      <Table
        label={`What token ${formatCount(at + 1)} could be`}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => String(id)}
        chosenKey={String(token.id)}
        isDense
      />
      <Block>
        <p className={styles.quiet}>
          The likeliest {formatCount(token.alternatives.length)} of {formatCount(vocabulary)}, as the model says before
          temperature, top-k and top-p; together {formatShare(listed)}
        </p>
      </Block>
    </Pane>
  );
}

function rowsOf({ id, text, probability, alternatives }: GeneratedToken): readonly Row[] {
  const rows = alternatives.map((other, index) => ({ ...other, rank: index + 1, isChosen: other.id === id }));
  if (rows.some((row) => row.isChosen)) return rows;
  return [...rows, { id, text: text === '' ? null : text, probability, rank: null, isChosen: true }];
}

/** The end of what stands before, for a head of one line. */
function lastWords(before: string): string {
  const line = before.replace(/\s+/g, ' ').trimEnd();
  return line.length <= 32 ? line : `…${line.slice(-31)}`;
}
