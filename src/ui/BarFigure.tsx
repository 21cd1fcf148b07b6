import { useState, type ReactNode } from 'react';
import styles from './BarFigure.module.css';
import { Table, type Column } from './Table';
import { TermLabel } from './Term';
import { TableToggle } from './TableToggle';

interface BarRow {
  id: string;
  label: string;
  value: number;
  /** Additional cells of the row in the table. */
  cells?: readonly ReactNode[];
}
interface BarFigureProps {
  title: string;
  /** Secondary text after the title. */
  hint?: ReactNode;
  rows: readonly BarRow[];
  format: (value: number) => string;
  /** Column headers of the table: bar label, bar value, additional cells. */
  heads: readonly [string, string, ...string[]];
  chosen?: string | undefined;
  /** Makes each bar a button. Called with undefined if the chosen bar is pressed again. */
  onChoose?: (id: string | undefined) => void;
  caption?: ReactNode;
}

/** Bar chart with one row per bar, or the same data as a table. The longest bar is strongest until one is chosen. */
export function BarFigure(p: BarFigureProps) {
  const [isTable, setTable] = useState(false);
  const columns: readonly Column<BarRow>[] = [
    { id: 'label', header: p.heads[0], cell: ({ label }) => label },
    { id: 'value', header: p.heads[1], isNumber: true, cell: ({ value }) => p.format(value) },
    ...p.heads.slice(2).map((header, i): Column<BarRow> => ({
      id: header,
      header,
      isNumber: true,
      isQuiet: true,
      cell: ({ cells }) => cells?.[i],
    })),
  ];
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <b>
          <TermLabel>{p.title}</TermLabel>
        </b>
        {p.hint !== undefined && <span>{p.hint}</span>}
        <span className={styles.grow} />
        <TableToggle title={p.title} figure="bars" isTable={isTable} onChange={setTable} />
      </div>
      {isTable ? (
        <div className={styles.table}>
          <Table label={p.title} columns={columns} rows={p.rows} rowKey={({ id }) => id} isDense />
        </div>
      ) : (
        <BarRows
          label={p.title}
          rows={p.rows}
          format={p.format}
          chosen={p.chosen}
          {...(p.onChoose && { onChoose: p.onChoose })}
        />
      )}
      {p.caption !== undefined && <figcaption className={styles.caption}>{p.caption}</figcaption>}
    </figure>
  );
}

interface BarRowsProps extends Pick<BarFigureProps, 'rows' | 'format' | 'chosen' | 'onChoose'> {
  label: string;
}

/** The bars with their labels and values, without the figure around them. */
export function BarRows({ label: title, rows, format, chosen, onChoose }: BarRowsProps) {
  const max = Math.max(...rows.map(({ value }) => value));
  const strongId = chosen ?? rows.find(({ value }) => value === max)?.id;
  return (
    <ul className={styles.bars} aria-label={title}>
      {rows.map(({ id, label, value }) => {
        const content = (
          <>
            <span className={styles.label} title={label}>
              {label}
            </span>
            <i
              className={id === strongId ? styles.strong : undefined}
              style={{ width: `${max > 0 ? (100 * value) / max : 0}%` }}
            />
            <span className={styles.value}>{format(value)}</span>
          </>
        );
        return (
          <li key={id}>
            {onChoose ? (
              <button
                type="button"
                className={styles.row}
                aria-pressed={id === chosen}
                onClick={() => onChoose(id === chosen ? undefined : id)}
              >
                {content}
              </button>
            ) : (
              <div className={styles.row}>{content}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
