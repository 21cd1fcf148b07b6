import { useMemo, useState } from 'react';
import { formatCount } from '../../core/base/units';
import { TOKEN_ROLES } from '../../core/tokenizer/special';
import type { TokenPiece } from '../../core/tokenizer/statistics';
import { remedy } from '../../state/failures';
import { useStudio } from '../../state/react';
import { Notice, Pane, SearchField, Table, type Column, type SortOrder } from '../../ui';
import { shown } from './shown';
import { Chip } from './TokenFacts';
import type { Entries } from './useVocabulary';
import styles from './VocabularyPane.module.css';

export interface VocabularyPaneProps {
  entries: Entries;
  chosenId: number | undefined;
  onChoose: (id: number) => void;
}
type SortKey = 'id' | 'bytes' | 'count';
interface Sort {
  column: SortKey;
  order: SortOrder;
}

/** Every entry, to be sorted and searched. A leading space may be written as a space or as `·`. */
export function VocabularyPane({ entries, chosenId, onChoose }: VocabularyPaneProps) {
  const merges = useStudio((s) => s.project.tokenizer?.model.merges) ?? [];
  const [find, setFind] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'bytes', order: 'descending' });
  const { all, isCounted, failure } = entries;
  const rows = useMemo(() => arrange(all, find, sort), [all, find, sort]);

  const columns: readonly Column<TokenPiece>[] = [
    { id: 'token', header: 'Token', cell: (entry) => <Chip entry={entry} /> },
    ...(merges.length > 0
      ? ([
          {
            id: 'from',
            header: 'Merged from',
            isQuiet: true,
            leaveOut: 'narrow',
            cell: ({ id, role }: TokenPiece) => {
              if (role) return TOKEN_ROLES[role].label;
              const pair = merges[id - 256];
              return pair && <span className={styles.pair}>{pair.map((half) => spelt(all[half])).join(' + ')}</span>;
            },
          },
        ] as const)
      : []),
    { id: 'id', header: 'Id', isNumber: true, isSortable: true, isQuiet: true, cell: ({ id }) => formatCount(id) },
    { id: 'bytes', header: 'Bytes', isNumber: true, isSortable: true, cell: ({ bytes }) => formatCount(bytes) },
    ...(isCounted
      ? [
          {
            id: 'count',
            header: 'Count',
            isNumber: true,
            isSortable: true,
            cell: ({ count }: TokenPiece) => formatCount(count),
          },
        ]
      : []),
  ];
  return (
    <Pane
      title="Vocabulary"
      hint={find === '' ? formatCount(all.length) : `${formatCount(rows.length)} of ${formatCount(all.length)}`}
      aside={<SearchField label="Find in the vocabulary" placeholder="Find" value={find} onChange={setFind} />}
    >
      {failure && (
        <Notice tone="error" title={failure.message}>
          {remedy(failure)}
        </Notice>
      )}
      <Table
        label="Vocabulary"
        isDense
        columns={columns}
        rows={rows}
        rowKey={(entry) => String(entry.id)}
        chosenKey={chosenId === undefined ? undefined : String(chosenId)}
        onChoose={(entry) => onChoose(entry.id)}
        sort={sort}
        onSort={(id) =>
          setSort((now) => ({
            column: id as SortKey,
            order: now.column === id && now.order === 'descending' ? 'ascending' : 'descending',
          }))
        }
      />
      {find !== '' && rows.length === 0 && <p className={styles.none}>No entry holds “{find}”</p>}
    </Pane>
  );
}

function arrange(all: readonly TokenPiece[], find: string, { column, order }: Sort): TokenPiece[] {
  const wanted = find.replaceAll('·', ' ');
  const sign = order === 'ascending' ? 1 : -1;
  return all
    .filter(({ id, text }) => wanted === '' || (text?.includes(wanted) ?? false) || String(id) === find)
    .sort((a, b) => sign * (a[column] - b[column]) || a.id - b.id);
}

const spelt = (entry: TokenPiece | undefined): string =>
  entry?.text === null || entry === undefined ? 'byte' : shown(entry.text).replace(/^ /, '·').replaceAll('\n', '↵');
