import { useEffect, useState } from 'react';
import { toFailure } from '../../../core/base/errors';
import { formatBytes, formatCount } from '../../../core/base/units';
import type { PartName } from '../../../core/documents/split';
import type { TextRecord } from '../../../core/documents';
import type { DataRecord, PartRows } from '../../../protocol/data';
import { isSplitAsOne } from '../../../state/preparation';
import { useStudio, useStudioStore } from '../../../state/react';
import { PaneHead, Segmented, Table, TextAction, type Column } from '../../../ui';
import { PART_WORDS, partsOf } from './parts';
import styles from './SplitsPane.module.css';

type TextRow = PartRows['texts'][number];
type DocumentRow = PartRows['rows'][number];
type RowsState =
  | { kind: 'reading' }
  | { kind: 'read'; rows: PartRows | undefined }
  | { kind: 'failed'; message: string };

/** Share of each text in each split, and the documents of a split. */
export function TextsInParts({ data }: { data: DataRecord }) {
  const [part, setPart] = useState<PartName>(FIRST_PART);
  const { state, showMore } = usePartRows(data, part);
  const partNames = partsOf(data.manifest).map(({ name }) => name);
  if (isSplitAsOne(data)) {
    return (
      <Remark>
        Built by an older version, which held out only the end of the last text. Rebuild to hold out the end of each
      </Remark>
    );
  }
  if (state.kind === 'failed') return <Remark>{state.message}</Remark>;
  if (state.kind === 'reading') return <Remark>Loading documents…</Remark>;
  if (!state.rows) return <Remark>Some texts these tokens were built from were removed or changed</Remark>;
  const { texts, rows, of: documentCount } = state.rows;
  const hasDocuments = data.manifest.split.rule === 'documents' || documentCount > texts.length;
  return (
    <>
      <div className={styles.texts}>
        <Table
          label="Texts in order"
          isDense
          columns={textColumns(partNames, data.manifest.split.rule === 'documents')}
          rows={texts}
          rowKey={({ id }) => id}
        />
      </div>
      {hasDocuments && (
        <>
          <PaneHead
            title="Documents"
            hint={`${formatCount(documentCount)} in this set`}
            aside={
              <Segmented
                label="Documents in the set"
                value={partNames.includes(part) ? part : FIRST_PART}
                onChange={setPart}
                options={partNames.map((value) => ({ value, label: PART_WORDS[value] }))}
              />
            }
          />
          <div className={styles.texts}>
            <Table
              label="Documents in the set"
              isDense
              columns={DOCUMENT_COLUMNS}
              rows={rows}
              rowKey={({ place }) => `${place}`}
            />
          </div>
          {rows.length < documentCount && (
            <p className={styles.removed}>
              {formatCount(documentCount - rows.length)} more documents{' '}
              <TextAction onPress={showMore}>
                Show {formatCount(Math.min(PAGE_SIZE, documentCount - rows.length))} more
              </TextAction>
            </p>
          )}
        </>
      )}
    </>
  );
}

const Remark = ({ children }: { children: string }) => <p className={styles.removed}>{children}</p>;

const textColumns = (names: readonly PartName[], isSplitByDocument: boolean): readonly Column<TextRow>[] => [
  { id: 'name', header: 'Text', cell: ({ name }) => <span title={name}>{name}</span> },
  ...names.map((name): Column<TextRow> => {
    const header = name === 'train' || isSplitByDocument ? PART_WORDS[name] : `${PART_WORDS[name]}, end`;
    return {
      id: name,
      header,
      isNumber: true,
      isQuiet: name === 'train',
      width: isSplitByDocument ? '88px' : name === 'train' ? '84px' : '132px',
      cell: ({ bytes }) => (bytes[name] === 0 ? '–' : formatBytes(bytes[name])),
    };
  }),
];

const DOCUMENT_COLUMNS: readonly Column<DocumentRow>[] = [
  { id: 'title', header: 'Document', cell: ({ title }) => <span title={title}>{title}</span> },
  {
    id: 'text',
    header: 'Text',
    isQuiet: true,
    width: '28%',
    leaveOut: 'phone',
    cell: ({ text }) => <span title={text}>{text}</span>,
  },
  {
    id: 'size',
    header: 'Size',
    isNumber: true,
    isQuiet: true,
    width: '104px',
    cell: ({ bytes, isWhole }) => `${formatBytes(bytes)}${isWhole ? '' : ' (part)'}`,
  },
  {
    id: 'tokens',
    header: 'Tokens',
    isNumber: true,
    width: '72px',
    cell: ({ tokens }) => (tokens === null ? '–' : formatCount(tokens)),
  },
];

/** Set shown first. */
const FIRST_PART: PartName = 'validation';
/** Number of documents per request. */
const PAGE_SIZE = 500;

/** First rows of the data, with the project's texts, prefetched before the project is shown. */
const prefetched = new WeakMap<DataRecord, { texts: readonly TextRecord[]; rows: PartRows }>();

/** Prefetches the first rows of each project that is opened. */
export function usePartRowsPrefetch(): void {
  const store = useStudioStore();
  useEffect(() => {
    const { readBefore, partRows } = store.getState();
    return readBefore(async ({ project, texts }) => {
      const rows = await partRows(FIRST_PART, 0, PAGE_SIZE, { project, texts });
      if (rows && project.data) prefetched.set(project.data, { texts, rows });
    });
  }, [store]);
}

function usePartRows(data: DataRecord, part: PartName): { state: RowsState; showMore: () => void } {
  const partRows = useStudio((s) => s.partRows);
  const texts = useStudio((s) => s.texts);
  const [pages, setPages] = useState(1);
  const prefetchedRows = part === FIRST_PART && pages === 1 ? prefetched.get(data) : undefined;
  const firstRows = prefetchedRows?.texts === texts ? prefetchedRows.rows : undefined;
  const [state, setState] = useState<RowsState>(firstRows ? { kind: 'read', rows: firstRows } : { kind: 'reading' });
  useEffect(() => {
    let isCurrent = true;
    const shownPart = data.manifest.parts[part] ? part : FIRST_PART;
    (firstRows ? Promise.resolve(firstRows) : partRows(shownPart, 0, pages * PAGE_SIZE)).then(
      (rows) =>
        isCurrent &&
        setState((previous) =>
          previous.kind === 'read' && previous.rows === rows ? previous : { kind: 'read', rows },
        ),
      (error: unknown) => isCurrent && setState({ kind: 'failed', message: toFailure(error).message }),
    );
    return () => {
      isCurrent = false;
    };
  }, [partRows, data, texts, part, pages, firstRows]);
  return { state, showMore: () => setPages(pages + 1) };
}
