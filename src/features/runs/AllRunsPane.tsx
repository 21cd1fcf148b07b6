import { useMemo, useState } from 'react';
import { counted } from '../../core/base/units';
import { cx, MenuButton, Pane, scroll, SearchField } from '../../ui';
import styles from './RunsPage.module.css';
import { RunsTable, type RunsTableProps } from './RunsTable';
import { columnsOf, filterRuns, type IsRunning, type Sort, sortRuns, toggleSort } from './runTable';
import type { RunView } from './view';

/** Filtered and sorted rows of the runs table, with its filter, sort order and hidden columns. */
export type RunRows = ReturnType<typeof useRunRows>;

export function useRunRows(views: readonly RunView[], isRunning: IsRunning) {
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'bits', order: 'ascending' });
  const [hiddenColumns, setHiddenColumns] = useState<ReadonlySet<string>>(new Set());
  const { columns, sameCount } = useMemo(() => columnsOf(views, isRunning), [views, isRunning]);
  const rows = useMemo(
    () => sortRuns(filterRuns(views, filter, columns), sort, columns),
    [views, filter, sort, columns],
  );
  return {
    rows,
    columns,
    sameCount,
    filter,
    setFilter,
    sort,
    toggleSort: (column: string): void => setSort(toggleSort(sort, column)),
    hiddenColumns,
    toggleColumn: (id: string): void => setHiddenColumns(toggled(hiddenColumns, id)),
  };
}

function toggled(hiddenColumns: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(hiddenColumns);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Table of all runs, with a filter and a menu of its columns. */
export function AllRunsPane({
  table,
  ...tableProps
}: { table: RunRows } & Omit<RunsTableProps, 'views' | 'columns' | 'sort' | 'onSort'>) {
  const { rows, columns, sameCount, hiddenColumns } = table;
  return (
    <Pane
      title="All runs"
      hint={sameCount > 0 && `${counted(sameCount, 'shared setting')} hidden`}
      isWide
      aside={
        <>
          <span className={styles.filter}>
            <SearchField label="Filter runs" placeholder="Filter" value={table.filter} onChange={table.setFilter} />
          </span>
          <MenuButton
            variant="quiet"
            isMany
            entries={columns.map(({ id, label }) => ({ id, label, isChosen: !hiddenColumns.has(id) }))}
            onChoose={table.toggleColumn}
          >
            Columns
          </MenuButton>
        </>
      }
    >
      <div className={cx(scroll.sideways, styles.scroller)} tabIndex={0} role="group" aria-label="Table of runs">
        <RunsTable
          {...tableProps}
          views={rows}
          columns={columns.filter(({ id }) => !hiddenColumns.has(id))}
          sort={table.sort}
          onSort={table.toggleSort}
        />
        {rows.length === 0 && <p className={styles.none}>No run matches</p>}
      </div>
    </Pane>
  );
}
