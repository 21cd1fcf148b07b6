import { formatNumber } from '../../core/base/units';
import { Table, text } from '../../ui';
import { IntervalBar } from './IntervalBar';
import styles from './Lists.module.css';

interface Share {
  id: string;
  label: string;
  value: number;
  low: number;
  high: number;
  baseline?: number | undefined;
  /** Whether the row is the total of the others. */
  isAll?: boolean;
}

/** Scores in percent, each with its 95 % confidence interval. */
export function Shares(p: {
  label: string;
  head: string;
  shares: readonly Share[];
  /** Label at the middle of the axis, such as `chance`. */
  middle?: string;
  onChoose?: (id: string) => void;
  chosen?: string | undefined;
}) {
  const { onChoose } = p;
  return (
    <Table
      label={p.label}
      rows={p.shares}
      rowKey={({ id }) => id}
      isDense
      {...(onChoose && { onChoose: ({ id }: Share) => onChoose(id), chosenKey: p.chosen })}
      columns={[
        {
          id: 'kind',
          header: p.head,
          cell: ({ label, isAll }) => <span className={styles.kind}>{isAll ? <b>{label}</b> : label}</span>,
        },
        {
          id: 'interval',
          width: '30%',
          header: (
            <span className={styles.axis}>
              <span>0</span>
              <span>{p.middle}</span>
              <span>100 %</span>
            </span>
          ),
          cell: (share) => <IntervalBar {...share} label={shareWords(share)} />,
        },
        {
          id: 'value',
          header: <span className={text.hidden}>Percent</span>,
          isNumber: true,
          cell: ({ value }) => `${formatNumber(value)} %`,
        },
      ]}
    />
  );
}

/** `88 %, 84 to 91`. */
export const shareWords = ({ value, low, high }: Pick<Share, 'value' | 'low' | 'high'>): string =>
  `${formatNumber(value)} %, ${formatNumber(low)} to ${formatNumber(high)}`;
