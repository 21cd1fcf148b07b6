import { useRef, useState } from 'react';
import { formatBytes, formatCount, formatShort } from '../../core/base/units';
import type { TextRecord } from '../../core/documents';
import { useStudio } from '../../state/react';
import {
  Block,
  Button,
  DropZone,
  formatMoment,
  IconButton,
  MenuButton,
  Pane,
  SearchField,
  Table,
  type Column,
  type DroppedFile,
  type SortOrder,
} from '../../ui';
import { ImportProgress } from './ImportProgress';
import styles from './TextList.module.css';

export interface TextListProps {
  chosenId: string | undefined;
  onChoose: (text: TextRecord) => void;
  onFiles: (files: DroppedFile[]) => void;
  onPaste: () => void;
}
type SortKey = 'name' | 'characters' | 'size' | 'addedAt';

export function TextList({ chosenId, onChoose, onFiles, onPaste }: TextListProps) {
  const texts = useStudio((s) => s.texts);
  const remove = useStudio((s) => s.removeText);
  const toast = useStudio((s) => s.toast);
  const isReading = useStudio((s) => s.importing.kind === 'busy' || s.importingFile !== null);
  const table = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<{ column: SortKey; order: SortOrder }>({ column: 'addedAt', order: 'ascending' });
  const wanted = filter.trim().toLowerCase();
  const found = texts.filter((t) => t.name.toLowerCase().includes(wanted));
  const rows = found.toSorted(by(sort.column));
  if (sort.order === 'descending') rows.reverse();

  /** The focus goes to the row that takes its place, or to the last. */
  const removeRow = (text: TextRecord) => {
    const place = Math.min(rows.indexOf(text), rows.length - 2);
    void remove(text.id);
    requestAnimationFrame(() => {
      const row = table.current?.querySelectorAll('tbody tr').item(place);
      row?.querySelector<HTMLElement>('td:last-child button')?.focus();
    });
  };

  const columns: readonly Column<TextRecord>[] = [
    { id: 'name', header: 'Name', isSortable: true, cell: ({ name }) => <span title={name}>{name}</span> },
    {
      id: 'characters',
      header: 'Characters',
      isNumber: true,
      isSortable: true,
      width: '104px',
      cell: (t) => formatCount(t.characters),
    },
    {
      id: 'size',
      header: 'Size',
      isNumber: true,
      isSortable: true,
      isQuiet: true,
      width: '84px',
      leaveOut: 'phone',
      cell: (t) => formatBytes(t.size),
    },
    {
      id: 'addedAt',
      header: 'Added',
      isSortable: true,
      isQuiet: true,
      width: '116px',
      leaveOut: 'phone',
      cell: (t) => formatMoment(t.addedAt),
    },
    {
      id: 'remove',
      header: <span className={styles.hidden}>Remove</span>,
      isNumber: true,
      width: '52px',
      cell: (t) => <IconButton icon="close" label={`Remove ${t.name}`} onPress={() => removeRow(t)} />,
    },
  ];
  return (
    <Pane
      title="Texts"
      hint={wanted === '' ? formatCount(texts.length) : `${formatCount(rows.length)} of ${formatCount(texts.length)}`}
      aside={
        <>
          <SampleMenu />
          <Button isDense onPress={onPaste}>
            Paste…
          </Button>
          <span className={styles.filter}>
            <SearchField label="Filter texts" placeholder="Filter" value={filter} onChange={setFilter} />
          </span>
        </>
      }
    >
      <div className={styles.table} ref={table}>
        <Table
          label="Texts"
          columns={columns}
          rows={rows}
          rowKey={(t) => t.id}
          chosenKey={chosenId}
          onChoose={onChoose}
          sort={sort}
          onSort={(column) =>
            setSort((now) => ({
              column: column as SortKey,
              order: now.column === column && now.order === 'ascending' ? 'descending' : 'ascending',
            }))
          }
        />
        {rows.length === 0 && <p className={styles.none}>No name holds “{filter.trim()}”</p>}
      </div>
      <Block isTail>
        <div className={styles.foot}>
          {isReading ? (
            <ImportProgress />
          ) : (
            <DropZone
              onFiles={onFiles}
              onError={(detail) => toast({ text: 'What was dropped could not be read', detail })}
            />
          )}
        </div>
      </Block>
    </Pane>
  );
}

function SampleMenu() {
  const samples = useStudio((s) => s.samples);
  const addSample = useStudio((s) => s.addSample);
  if (samples.length === 0) return null;
  return (
    <MenuButton
      entries={samples.map(({ file, title, characters }) => ({
        id: file,
        label: title,
        hint: `${formatShort(characters)} characters`,
      }))}
      onChoose={(file) => void addSample(file)}
    >
      Add a sample
    </MenuButton>
  );
}

const by =
  (key: SortKey) =>
  (a: TextRecord, b: TextRecord): number => {
    const [x, y] = [a[key], b[key]];
    return typeof x === 'string' ? x.localeCompare(String(y), undefined, { numeric: true }) : x - Number(y);
  };
