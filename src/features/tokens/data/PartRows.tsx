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
type Read = { kind: 'reading' } | { kind: 'read'; rows: PartRows | undefined } | { kind: 'failed'; why: string };

/** Share of each text in each split, and the documents of a split. */
export function TextsInParts({ data }: { data: DataRecord }) {
  const [part, setPart] = useState<PartName>(FIRST_PART);
  const { read, more } = usePartRows(data, part);
  const names = partsOf(data.manifest).map(({ name }) => name);
  if (isSplitAsOne(data)) {
    return (
      <Aside>
        Built by an older version, which held out only the end of the last text. Rebuild to hold out the end of each
      </Aside>
    );
  }
  if (read.kind === 'failed') return <Aside>{read.why}</Aside>;
  if (read.kind === 'reading') return <Aside>Loading documents…</Aside>;
  if (!read.rows) return <Aside>Some texts these tokens were built from were removed or changed</Aside>;
  const { texts, rows, of } = read.rows;
  const hasDocuments = data.manifest.split.rule === 'documents' || of > texts.length;
  return (
    <>
      <div className={styles.texts}>
        <Table
          label="Texts in order"
          isDense
          columns={textColumns(names, data.manifest.split.rule === 'documents')}
          rows={texts}
          rowKey={({ id }) => id}
        />
      </div>
      {hasDocuments && (
        <>
          <PaneHead
            title="Documents"
            hint={`${formatCount(of)} in this set`}
            aside={
              <Segmented
                label="Documents in the set"
                value={names.includes(part) ? part : FIRST_PART}
                onChange={setPart}
                options={names.map((value) => ({ value, label: PART_WORDS[value] }))}
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
          {rows.length < of && (
            <p className={styles.removed}>
              {formatCount(of - rows.length)} more documents{' '}
              <TextAction onPress={more}>Show {formatCount(Math.min(ROWS, of - rows.length))} more</TextAction>
            </p>
          )}
        </>
      )}
    </>
  );
}

const Aside = ({ children }: { children: string }) => <p className={styles.removed}>{children}</p>;

const textColumns = (names: readonly PartName[], isWhole: boolean): readonly Column<TextRow>[] => [
  { id: 'name', header: 'Text', cell: ({ name }) => <span title={name}>{name}</span> },
  ...names.map((name): Column<TextRow> => {
    const header = name === 'train' || isWhole ? PART_WORDS[name] : `${PART_WORDS[name]}, end`;
    return {
      id: name,
      header,
      isNumber: true,
      isQuiet: name === 'train',
      width: isWhole ? '88px' : name === 'train' ? '84px' : '132px',
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

/** Split shown first, and number of documents per request. */
const FIRST_PART: PartName = 'validation';
const ROWS = 500;

/** First rows of data, with their texts, prefetched before their project was shown. */
const before = new WeakMap<DataRecord, { texts: readonly TextRecord[]; rows: PartRows }>();

/** Prefetches the first rows when a project is opened. */
export function useRowsBefore(): void {
  const store = useStudioStore();
  useEffect(() => {
    const { readBefore, partRows } = store.getState();
    return readBefore(async ({ project, texts }) => {
      const rows = await partRows(FIRST_PART, 0, ROWS, { project, texts });
      if (rows && project.data) before.set(project.data, { texts, rows });
    });
  }, [store]);
}

function usePartRows(data: DataRecord, part: PartName): { read: Read; more: () => void } {
  const partRows = useStudio((s) => s.partRows);
  const texts = useStudio((s) => s.texts);
  const [pages, setPages] = useState(1);
  const came = part === FIRST_PART && pages === 1 ? before.get(data) : undefined;
  const first = came?.texts === texts ? came.rows : undefined;
  const [read, setRead] = useState<Read>(first ? { kind: 'read', rows: first } : { kind: 'reading' });
  useEffect(() => {
    let isWanted = true;
    const wanted = data.manifest.parts[part] ? part : FIRST_PART;
    (first ? Promise.resolve(first) : partRows(wanted, 0, pages * ROWS)).then(
      (rows) => isWanted && setRead((now) => (now.kind === 'read' && now.rows === rows ? now : { kind: 'read', rows })),
      (error: unknown) => isWanted && setRead({ kind: 'failed', why: toFailure(error).message }),
    );
    return () => {
      isWanted = false;
    };
  }, [partRows, data, texts, part, pages, first]);
  return { read, more: () => setPages(pages + 1) };
}
