import { formatCount } from '../../core/base/units';
import type { Columns, TableHead } from '../../core/documents/columns';
import map from './ColumnMap.module.css';

/** Preview of the document that the first row with text becomes. */
export function FirstDocument({ head, columns, isChat }: { head: TableHead; columns: Columns; isChat: boolean }) {
  const cellOf = (row: readonly string[], name: string | undefined): string =>
    name === undefined ? '' : (row[head.columns.indexOf(name)] ?? '').trim();
  const usedColumns = 'text' in columns ? [columns.text, ...(columns.besides ?? [])] : [columns.input, columns.target];
  const firstIndex = head.rows.findIndex((row) => usedColumns.every((name) => cellOf(row, name) !== ''));
  const row = head.rows[firstIndex];
  if (!row) return <p>The first {formatCount(head.rows.length)} rows have no text in these columns.</p>;
  const { title, label, date, language } = columns;
  const metadata = [title, label, date, language].map((name) => cellOf(row, name)).filter((value) => value !== '');
  return (
    <div className={map.document}>
      <p className={map.about}>
        First row with text, as a {isChat ? 'chat: the user, then the answer' : 'document'}
        {metadata.length > 0 && `: ${metadata.join(', ')}`}
      </p>
      {usedColumns.map((name) => (
        <p key={name} className={map.text}>
          {cellOf(row, name).slice(0, MAX_SHOWN)}
        </p>
      ))}
    </div>
  );
}
/** Maximum number of code units shown. */
const MAX_SHOWN = 400;
