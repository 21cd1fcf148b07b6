import { useMemo, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import { TOKEN_ROLES } from '../../../core/tokenizer/special';
import { entryBytes, hex } from '../../../core/tokenizer/entryBytes';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { remedy } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { Notice, Pane, SearchField, Table, type Column, type SortOrder } from '../../../ui';
import { shownInTable } from './shown';
import { EntryChip } from './TokenFacts';
import type { Vocabulary } from './useVocabulary';
import styles from './VocabularyPane.module.css';

interface VocabularyPaneProps {
  entries: Vocabulary;
  chosenId: number | undefined;
  onChoose: (id: number) => void;
}
type SortKey = 'id' | 'bytes' | 'count';
interface Sort {
  column: SortKey;
  order: SortOrder;
}

/** Vocabulary, sortable and searchable. A leading space may be typed as a space or as `·`. */
export function VocabularyPane({ entries, chosenId, onChoose }: VocabularyPaneProps) {
  const [find, setFind] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'bytes', order: 'descending' });
  const { all, isCounted, failure } = entries;
  const rows = useMemo(() => sortedMatches(all, find, sort), [all, find, sort]);
  const columns = useColumns(all, isCounted);
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
        isFixed
        columns={columns}
        rows={rows}
        rowKey={(entry) => String(entry.id)}
        chosenKey={chosenId === undefined ? undefined : String(chosenId)}
        onChoose={(entry) => onChoose(entry.id)}
        sort={sort}
        onSort={(id) =>
          setSort((current) => ({
            column: id as SortKey,
            order: current.column === id && current.order === 'descending' ? 'ascending' : 'descending',
          }))
        }
      />
      {find !== '' && rows.length === 0 && <p className={styles.none}>No entry contains “{find}”</p>}
    </Pane>
  );
}

function useColumns(all: Vocabulary['all'], isCounted: boolean): readonly Column<TokenPiece>[] {
  const model = useStudio((s) => s.project.tokenizer?.model);
  const merges = model?.merges ?? [];
  const spelling = (id: number): string => {
    const text = all[id]?.text;
    if (text === undefined || !model) return '';
    return text === null ? hex(entryBytes(model, id)) : shownInTable(text).replace(/^ /, '·').replaceAll('\n', '↵');
  };
  return [
    { id: 'token', header: 'Token', cell: (entry) => <EntryChip entry={entry} />, title: ({ id }) => spelling(id) },
    ...(merges.length > 0
      ? ([
          {
            id: 'from',
            header: 'Merged from',
            isQuiet: true,
            leaveOut: 'narrow',
            width: '26%',
            cell: ({ id, role }: TokenPiece) => {
              if (role) return TOKEN_ROLES[role].label;
              const merge = merges[id - 256];
              return merge && <MergedPair words={merge.map(spelling).join(' + ')} />;
            },
          },
        ] as const)
      : []),
    {
      id: 'id',
      header: 'ID',
      isNumber: true,
      isSortable: true,
      isQuiet: true,
      width: '56px',
      cell: ({ id }) => formatCount(id),
    },
    {
      id: 'bytes',
      header: 'Bytes',
      isNumber: true,
      isSortable: true,
      width: isCounted ? '68px' : '84px', // the last column includes the pane's gutter
      cell: ({ bytes }) => formatCount(bytes),
    },
    ...(isCounted
      ? [
          {
            id: 'count',
            header: 'Count',
            isNumber: true,
            isSortable: true,
            width: '84px',
            cell: ({ count }: TokenPiece) => formatCount(count),
          },
        ]
      : []),
  ];
}

const MergedPair = ({ words }: { words: string }) => (
  <span className={styles.pair} title={words}>
    {words}
  </span>
);

/** Entries that contain the text, or have it as their id. */
function sortedMatches(all: readonly TokenPiece[], find: string, { column, order }: Sort): TokenPiece[] {
  const needle = find.replaceAll('·', ' ');
  const sign = order === 'ascending' ? 1 : -1;
  return all
    .filter(({ id, text }) => needle === '' || (text?.includes(needle) ?? false) || String(id) === find)
    .sort((a, b) => sign * (a[column] - b[column]) || a.id - b.id);
}
