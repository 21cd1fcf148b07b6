import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { cx } from './cx';
import scroll from './scroll.module.css';
import styles from './Table.module.css';
import { TermLabel } from './Term';

export type SortOrder = 'ascending' | 'descending';
export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Full text, for cells that a fixed table may truncate. */
  title?: (row: Row) => string;
  /** Row header; the first column by default. */
  isHeader?: boolean;
  /** Right-aligned, with tabular figures. */
  isNumber?: boolean;
  isSortable?: boolean;
  /** CSS width. */
  width?: string;
  /** Hidden below 1360 px (`narrow`) or below 760 px (`phone`). */
  leaveOut?: 'narrow' | 'phone';
  /** Drawn in ink-2, as secondary text. */
  isQuiet?: boolean;
}
interface TableProps<Row> {
  /** Accessible name: what the rows are. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  isDense?: boolean;
  sort?: { column: string; order: SortOrder } | undefined;
  onSort?: (column: string) => void;
  /** Makes rows selectable; the row's header becomes a button. */
  onChoose?: (row: Row) => void;
  chosenKey?: string | undefined;
  /** Handles a key on a row's button, except Enter and the arrows. Returns false if the key has no meaning. */
  onKey?: (row: Row, key: string) => boolean;
  /** Whether the rows that belong to this one are shown; undefined if there are none. */
  isExpanded?: (row: Row) => boolean | undefined;
  /** Draws the row in ink-3: left out of the data, or hidden. */
  isOff?: (row: Row) => boolean;
  /** Fixes the column widths; longer content is truncated. */
  isFixed?: boolean;
  /** Minimum width in px; a wider table scrolls sideways. */
  minWidth?: number;
}
/** Minimum number of rows for virtual scrolling: only rows near the viewport are rendered. */
const VIRTUAL_FROM = 60;
const OVERSCAN = 8;

export function Table<Row>(p: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const isVirtual = p.rows.length > VIRTUAL_FROM;
  const view = useVisibleRows(body, p.rows.length, isVirtual, p.isDense ?? false);
  const shown = isVirtual ? p.rows.slice(view.from, view.to) : p.rows;
  // Only one row button is a Tab stop; the arrow keys move to the others, because there may be thousands.
  const [held, hold] = useState<string>();
  const stop =
    [held, p.chosenKey].find((key) => shown.some((row) => p.rowKey(row) === key)) ?? (shown[0] && p.rowKey(shown[0]));
  const header = Math.max(
    0,
    p.columns.findIndex(({ isHeader }) => isHeader),
  );
  return (
    <div
      className={cx(p.minWidth !== undefined && scroll.sideways, isVirtual && styles.long)}
      {...(p.minWidth && { tabIndex: 0, role: 'group', 'aria-label': p.label })}
    >
      <table
        className={cx(styles.table, p.isDense && styles.dense, p.isFixed && styles.fixed)}
        aria-label={p.label}
        {...(isVirtual && { 'aria-rowcount': p.rows.length + 1 })}
        {...(p.minWidth && { style: { minWidth: p.minWidth } })}
      >
        <thead>
          <tr {...(isVirtual && { 'aria-rowindex': 1 })}>
            {p.columns.map((column) => (
              <Head key={column.id} column={column} sort={p.sort} onSort={p.onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {isVirtual && view.from > 0 && <Spacer rows={view.from} height={view.rowHeight} />}
          {shown.map((row, index) => {
            const key = p.rowKey(row);
            return (
              <tr
                key={key}
                className={cx(p.isOff?.(row) && styles.off, p.onChoose && styles.choice)}
                data-chosen={key === p.chosenKey || undefined}
                onClick={(event) => {
                  if (!(event.target as Element).closest('button, a, input, label')) p.onChoose?.(row);
                }}
                {...(isVirtual && { 'aria-rowindex': view.from + index + 2 })}
              >
                {p.columns.map((column, place) => (
                  <Cell key={column.id} column={column} row={row} isHeader={place === header}>
                    {place === header && p.onChoose ? (
                      <button
                        type="button"
                        className={styles.choose}
                        tabIndex={key === stop ? 0 : -1}
                        onFocus={() => hold(key)}
                        aria-current={key === p.chosenKey}
                        aria-expanded={p.isExpanded?.(row)}
                        onClick={() => p.onChoose?.(row)}
                        onKeyDown={(event) => {
                          if (!takesKey(event, (key) => p.onKey?.(row, key) ?? false)) return;
                          event.preventDefault();
                          event.stopPropagation();
                        }}
                      >
                        {column.cell(row)}
                      </button>
                    ) : (
                      column.cell(row)
                    )}
                  </Cell>
                ))}
              </tr>
            );
          })}
          {isVirtual && view.to < p.rows.length && <Spacer rows={p.rows.length - view.to} height={view.rowHeight} />}
        </tbody>
      </table>
    </div>
  );
}

/** Handles the arrow keys, which move between rows. */
function takesKey(event: KeyboardEvent<HTMLElement>, onKey: (key: string) => boolean): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey) return false;
  const row = event.currentTarget.closest('tr');
  const next = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling }[event.key];
  const button = next?.querySelector<HTMLElement>(`.${styles.choose!}`);
  button?.focus();
  return button ? true : onKey(event.key);
}

function columnClass<Row>(column: Column<Row>): string {
  return cx(
    column.isNumber && styles.number,
    column.isQuiet && styles.quiet,
    column.leaveOut === 'narrow' && styles.leaveNarrow,
    column.leaveOut === 'phone' && styles.leavePhone,
  );
}

function Head<Row>(p: { column: Column<Row>; sort: TableProps<Row>['sort']; onSort: TableProps<Row>['onSort'] }) {
  const { column, sort, onSort } = p;
  const order = sort?.column === column.id ? sort.order : undefined;
  return (
    <th
      scope="col"
      className={columnClass(column)}
      {...(column.width && { style: { width: column.width } })}
      {...(order && { 'aria-sort': order })}
    >
      {column.isSortable && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(column.id)}>
          {column.header}
          {order && <span aria-hidden> {order === 'descending' ? '↓' : '↑'}</span>}
        </button>
      ) : (
        <TermLabel>{column.header}</TermLabel>
      )}
    </th>
  );
}

function Cell<Row>(p: { column: Column<Row>; row: Row; isHeader: boolean; children: ReactNode }) {
  const shared = { className: columnClass(p.column), title: p.column.title?.(p.row) };
  return p.isHeader ? (
    <th scope="row" {...shared}>
      {p.children}
    </th>
  ) : (
    <td {...shared}>{p.children}</td>
  );
}

/** Spacer with a single cell: a colspan would count hidden columns. */
const Spacer = ({ rows, height }: { rows: number; height: number }) => (
  <tr aria-hidden className={styles.spacer}>
    <td style={{ height: rows * height }} />
  </tr>
);

/** Returns which rows are near the viewport of the nearest scrolling ancestor. */
function useVisibleRows(body: RefObject<HTMLElement | null>, count: number, isOn: boolean, isDense: boolean) {
  const [view, setView] = useState({ from: 0, to: Math.min(count, 20), rowHeight: isDense ? 28 : 32 });
  useLayoutEffect(() => {
    const element = body.current;
    if (!isOn || !element) return;
    const measure = () => {
      // The scrolling ancestor can change when the window is resized.
      const scroller = scrollerOf(element);
      const row = element.querySelector(`tr:not([aria-hidden])`);
      const rowHeight = row?.getBoundingClientRect().height ?? (isDense ? 28 : 32);
      const top = element.getBoundingClientRect().top;
      const port =
        scroller === document.documentElement ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
      const from = Math.max(0, Math.floor((port.top - top) / rowHeight) - OVERSCAN);
      const to = Math.min(count, Math.ceil((port.bottom - top) / rowHeight) + OVERSCAN);
      setView((now) =>
        now.from === from && now.to === to && now.rowHeight === rowHeight
          ? now
          : { from, to: Math.max(from, to), rowHeight },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scrollerOf(element));
    void document.fonts.ready.then(measure);
    addEventListener('resize', measure);
    document.addEventListener('scroll', measure, { capture: true, passive: true });
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
      document.removeEventListener('scroll', measure, { capture: true });
    };
  }, [body, count, isOn, isDense]);
  return view;
}

function scrollerOf(element: Element): Element {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}

/** Bar in a cell for a share, 0 to 1, in the ramp's fourth step. The next cell shows the number. */
export const Bar = ({ share }: { share: number }) => (
  <span className={styles.bar} style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} aria-hidden />
);
