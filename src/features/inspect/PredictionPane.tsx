import { formatCount, formatNumber, formatShare } from '../../core/base/units';
import type { InspectedToken } from '../../protocol/gpu';
import { Bar, Block, type Column, Pane, Table, text, TokenChip } from '../../ui';
import styles from './InspectPage.module.css';
import { toBits } from './tokenRows';

/** Rank, entropy and alternatives of the chosen token. */
export function PredictionPane({ token, index = 0 }: { token: InspectedToken | undefined; index: number | undefined }) {
  if (!token)
    return (
      <Pane title="Prediction">
        <Block>
          <p className={styles.quiet}>Choose a token to see its alternatives</p>
        </Block>
      </Pane>
    );
  const max = Math.max(...token.alternatives.map(({ probability }) => probability));
  return (
    <Pane title={`Prediction ${formatCount(index + 1)}`}>
      <Block>
        <p className={styles.note}>{predictionWords(token)}</p>
      </Block>
      <Table
        label={`Alternatives of prediction ${formatCount(index + 1)}`}
        isDense
        columns={COLUMNS}
        rows={token.alternatives.map((alternative) => ({ ...alternative, share: alternative.probability / max }))}
        rowKey={({ id }) => String(id)}
        chosenKey={String(token.id)}
      />
    </Pane>
  );
}

function predictionWords({ loss, rank, entropy }: InspectedToken): string {
  const entropyWords = `entropy ${formatNumber(toBits(entropy))} bits`;
  if (loss === undefined || rank === undefined) return `No true token here; ${entropyWords}`;
  return `Rank ${formatCount(rank)}, surprisal ${formatNumber(toBits(loss))} bits, ${entropyWords}`;
}

type Row = InspectedToken['alternatives'][number] & { share: number };

const COLUMNS: readonly Column<Row>[] = [
  { id: 'token', header: 'Token', cell: (row) => <TokenChip text={row.text} /> },
  {
    id: 'bar',
    header: <span className={text.hidden}>Share</span>,
    width: '40%',
    cell: ({ share }) => <Bar share={share} />,
  },
  {
    id: 'probability',
    header: 'Probability',
    isNumber: true,
    cell: ({ probability }) => formatShare(probability),
  },
];
