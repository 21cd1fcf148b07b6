import { type ReactNode, useMemo, useRef, useState } from 'react';
import { counted, formatCount, formatShort } from '../../core/base/units';
import { trainingSize, type TextRecord } from '../../core/documents/record';
import { useStudio } from '../../state/react';
import {
  Block,
  Button,
  Checkbox,
  cx,
  DropZone,
  Icon,
  IconButton,
  MenuButton,
  Pane,
  SearchField,
  Table,
  TextAction,
  type Column,
  type DroppedFile,
  type SortOrder,
  text,
} from '../../ui';
import { fileCounts } from './fileCount';
import { ImportProgress } from './ImportProgress';
import { LazyLicenceDialog } from './LazyLicenceDialog';
import { hasOwnTitle, isListed, keyOf, kindOf, labelOf, nameOf, rowsOf, type Row, titleOf } from './rows';
import { ReadingOptions } from './ReadingOptions';
import { SelectionBar } from './SelectionBar';
import styles from './TextList.module.css';
import { PAGE, useDocuments } from './useDocuments';

/** Selected text, or one of its documents. */
export interface Chosen {
  id: string;
  place?: number;
}
interface TextListProps {
  chosen: Chosen | undefined;
  onChoose: (chosen: Chosen) => void;
  onFiles: (files: DroppedFile[]) => void;
  onPaste: () => void;
  /** Content above the table. */
  questions: ReactNode;
}
type SortKey = 'name' | 'characters' | 'addedAt';

export function TextList({ questions, chosen, onChoose, onFiles, onPaste }: TextListProps) {
  const texts = useStudio((s) => s.texts);
  const removeTexts = useStudio((s) => s.removeTexts);
  const leaveOut = useStudio((s) => s.leaveOut);
  const toast = useStudio((s) => s.toast);
  const isReading = useStudio((s) => s.importing.kind === 'busy');
  const table = useRef<HTMLDivElement>(null);
  const [filter, setFilter] = useState('');
  /** Keys of selected rows; hidden rows don't count. */
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [licenceOf, askLicence] = useState<readonly TextRecord[]>([]);
  const [sort, setSort] = useState<{ column: SortKey; order: SortOrder }>({ column: 'addedAt', order: 'ascending' });
  /** Ids of texts whose documents the user showed or hid. While the list is filtered, all are shown. */
  const [toggledIds, setToggledIds] = useState<ReadonlySet<string>>(new Set());
  const wanted = filter.trim().toLowerCase();
  const isOpen = (text: TextRecord): boolean => wanted !== '' || isListed(text) !== toggledIds.has(text.id);
  const several = useMemo(
    () =>
      texts.filter((text) =>
        text.documents > 1 ? wanted !== '' || isListed(text) !== toggledIds.has(text.id) : hasOwnTitle(text),
      ),
    [texts, toggledIds, wanted],
  );
  const { found, more } = useDocuments(several, wanted);
  const sorted = texts.toSorted(by(sort.column));
  if (sort.order === 'descending') sorted.reverse();
  const rows = rowsOf(sorted, found, wanted, isOpen);

  const selectable = rows.filter(({ kind }) => kind !== 'more');
  const meant = selectable.filter((row) => selected.has(keyOf(row)));
  const meantTexts = meant.flatMap((row) => (row.kind === 'text' ? row.text : []));
  const meantDocuments = meant.flatMap((row) => (row.kind === 'document' ? row : []));
  const toggle = (keys: readonly string[], isOn: boolean) =>
    select((before) => new Set([...[...before].filter((key) => !keys.includes(key)), ...(isOn ? keys : [])]));

  /** Moves the focus to the row that replaces the first removed one, or to the last. */
  const remove = (gone: readonly TextRecord[]) => {
    const left = rows.filter(({ text }) => !gone.includes(text));
    const at = rows.findIndex(({ text }) => gone.includes(text));
    void removeTexts(gone.map(({ id }) => id));
    requestAnimationFrame(() => {
      const next = table.current?.querySelectorAll('tbody tr').item(Math.min(at, left.length - 1));
      next?.querySelector<HTMLElement>('td:last-child button')?.focus();
    });
  };
  const leaveOutSelected = () => {
    for (const text of new Set(meantDocuments.map((row) => row.text))) {
      const places = meantDocuments
        .filter((row) => row.text === text && !row.document.isOut)
        .map(({ document }) => document.place);
      void leaveOut(text.id, places, true);
    }
    select(new Set());
  };
  const choose = (row: Row) => {
    if (row.kind === 'more') return;
    onChoose({ id: row.text.id, ...(row.kind === 'document' && { place: row.document.place }) });
    if (row.kind === 'document' || row.isOpen === undefined) return;
    const { id } = row.text;
    setToggledIds((ids) => new Set(ids.has(id) ? [...ids].filter((one) => one !== id) : [...ids, id]));
  };

  const columns: readonly Column<Row>[] = [
    {
      id: 'select',
      header: (
        <Checkbox
          label="Select all rows"
          isChosen={meant.length > 0 && meant.length === selectable.length}
          onChange={(isOn) => toggle(selectable.map(keyOf), isOn)}
        />
      ),
      width: '44px',
      cell: (row) =>
        row.kind === 'more' ? (
          ''
        ) : (
          <Checkbox
            label={`Select ${labelOf(row)}`}
            isChosen={selected.has(keyOf(row))}
            onChange={(isOn) => toggle([keyOf(row)], isOn)}
          />
        ),
    },
    { id: 'name', header: 'File', isHeader: true, isSortable: true, cell: (row) => <Name row={row} /> },
    {
      id: 'title',
      header: 'Title',
      isQuiet: true,
      leaveOut: 'phone',
      cell: (row) => {
        const title = titleOf(row);
        return <span title={title}>{title}</span>;
      },
    },
    {
      id: 'kind',
      header: 'Kind',
      isQuiet: true,
      width: '112px',
      leaveOut: 'narrow',
      cell: kindOf,
    },
    {
      id: 'characters',
      header: 'Characters',
      isNumber: true,
      isSortable: true,
      width: '104px',
      cell: (row) =>
        row.kind === 'more'
          ? ''
          : formatCount(row.kind === 'text' ? trainingSize(row.text).characters : row.document.characters),
    },
    {
      id: 'act',
      header: <span className={text.hidden}>Remove</span>,
      isNumber: true,
      width: '92px',
      cell: (row) => {
        if (row.kind === 'more')
          return (
            <TextAction onPress={() => more(row.text.id)} label={`Show more documents of ${row.text.name}`}>
              Show
            </TextAction>
          );
        if (row.kind === 'text')
          return <IconButton icon="close" label={`Remove ${row.text.name}`} onPress={() => remove([row.text])} />;
        const { place, isOut } = row.document;
        const name = labelOf(row);
        return (
          <TextAction
            label={isOut ? `Include ${name}` : `Exclude ${name}`}
            onPress={() => void leaveOut(row.text.id, [place], !isOut)}
          >
            {isOut ? 'Include' : 'Exclude'}
          </TextAction>
        );
      },
    },
  ];
  return (
    <Pane
      title="Texts"
      hint={wanted === '' ? undefined : `${formatCount(rows.filter(({ kind }) => kind === 'text').length)} shown`}
      aside={
        <>
          <SampleMenu />
          <Button isDense onPress={onPaste}>
            Paste text…
          </Button>
          {texts.length > 0 && (
            <span className={styles.filter}>
              <SearchField label="Filter texts" placeholder="Filter" value={filter} onChange={setFilter} />
            </span>
          )}
        </>
      }
    >
      {questions}
      {texts.length > 0 && (
        <div className={styles.table} ref={table}>
          <Table
            label="Texts"
            columns={columns}
            rows={rows}
            rowKey={keyOf}
            chosenKey={chosen && (chosen.place === undefined ? chosen.id : `${chosen.id}/${chosen.place}`)}
            onChoose={choose}
            isExpanded={(row) => (row.kind === 'text' ? row.isOpen : undefined)}
            isOff={(row) => row.kind === 'document' && row.document.isOut}
            sort={sort}
            onSort={(column) =>
              setSort((now) => ({
                column: column as SortKey,
                order: now.column === column && now.order === 'ascending' ? 'descending' : 'ascending',
              }))
            }
          />
          {rows.length === 0 && <p className={styles.none}>No name contains “{filter.trim()}”</p>}
        </div>
      )}
      {licenceOf.length > 0 && <LazyLicenceDialog texts={licenceOf} onClose={() => askLicence([])} />}
      <Block isTail>
        {meant.length > 0 && (
          <SelectionBar
            texts={meantTexts.length}
            documents={meantDocuments.length}
            onRemove={() => {
              remove(meantTexts);
              select(new Set());
            }}
            onLicence={() => askLicence(meantTexts)}
            onLeaveOut={leaveOutSelected}
            onClear={() => select(new Set())}
          />
        )}
        <div className={styles.foot}>
          {isReading ? (
            <ImportProgress />
          ) : (
            <DropZone
              onFiles={onFiles}
              onError={(detail) => toast({ text: "Some dropped files couldn't be read", detail })}
            />
          )}
        </div>
        <div className={styles.reading}>
          <ReadingOptions />
        </div>
      </Block>
    </Pane>
  );
}

function Name({ row }: { row: Row }) {
  if (row.kind === 'more')
    return (
      <span className={styles.under}>
        {formatCount(row.count)} more {row.count === 1 ? 'document' : 'documents'}, {formatCount(PAGE)} at a time
      </span>
    );
  const name = nameOf(row);
  if (row.kind === 'document')
    return (
      <span className={styles.under} title={name} translate="no">
        <FileIcon />
        {name}
        <OnPhone title={titleOf(row)} />
        {row.document.isOut && <small className={styles.quiet}>excluded</small>}
      </span>
    );
  const { documents, leftOut } = row.text;
  const words = fileCounts([row.text]).map(({ count, noun }) => counted(count, noun));
  const about = [
    // The name can be one of these words, such as `9 files`. A single file needs no count.
    ...words.filter((each) => each !== name && each !== '1 file'),
    ...(leftOut && documents > 1 ? [`${formatCount(leftOut.places.length)} excluded`] : []),
  ];
  return (
    <span title={name} translate="no">
      {row.isOpen !== undefined && (
        <span className={styles.chevron}>
          <Icon name={row.isOpen ? 'chevron' : 'chevronRight'} />
        </span>
      )}
      {row.isOpen === undefined && <FileIcon />}
      {name}
      <OnPhone title={titleOf(row)} />
      {about.length > 0 && <small className={styles.quiet}>{about.join(', ')}</small>}
    </span>
  );
}

/** Title below the name, because phones hide the column of titles. */
const OnPhone = ({ title }: { title: string }) =>
  title === '' ? null : <small className={cx(styles.quiet, styles.onPhone)}>{title}</small>;

const FileIcon = () => (
  <span className={styles.icon}>
    <Icon name="file" />
  </span>
);

function SampleMenu() {
  const all = useStudio((s) => s.samples);
  const samples = useMemo(() => all.filter(({ labels }) => !labels), [all]);
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
      Add sample
    </MenuButton>
  );
}

const by =
  (key: SortKey) =>
  (a: TextRecord, b: TextRecord): number => {
    const [x, y] = [a[key], b[key]];
    return typeof x === 'string' ? x.localeCompare(String(y), undefined, { numeric: true }) : x - Number(y);
  };
