import { formatBytes, formatCount } from '../../core/base/units';
import { learntOf, textRef } from '../../core/documents/record';
import { splitDocuments } from '../../core/documents/split';
import type { DataRecord } from '../../core/runs/project';
import { isSplitAsOne } from '../../state/preparation';
import { useStudio } from '../../state/react';
import { Table, type Column } from '../../ui';
import styles from './SplitsPane.module.css';

interface TextRow {
  id: string;
  name: string;
  bytes: number;
  /** Bytes that are in the training part. */
  training: number;
}

/** How much of each text went into which part. */
export function TextsTable({ data }: { data: DataRecord }) {
  const texts = useStudio((s) => s.texts);
  const held = data.texts.flatMap((ref) => texts.find((text) => textRef(text) === ref) ?? []);
  const removed = data.texts.length - held.length;
  if (removed > 0) {
    return (
      <p className={styles.removed}>
        {removed === 1 ? 'One text' : `${formatCount(removed)} texts`} that it was built from{' '}
        {removed === 1 ? 'was' : 'were'} removed or changed since
      </p>
    );
  }
  if (isSplitAsOne(data)) {
    return (
      <p className={styles.removed}>
        Built by an older version, which held out the end of the last text alone. A rebuild holds out the end of each
      </p>
    );
  }
  const documents = held.map((text) => ({ id: text.id, name: text.name, bytes: learntOf(text).bytes }));
  const { train } = splitDocuments(documents, data.manifest.split.validation);
  const rows = documents.map((document) => ({
    ...document,
    training: train.find((part) => part.document === document)?.to ?? 0,
  }));
  const columns: readonly Column<TextRow>[] = [
    { id: 'name', header: 'Text', cell: ({ name }) => name },
    { id: 'size', header: 'Size', isNumber: true, isQuiet: true, width: '84px', cell: (row) => formatBytes(row.bytes) },
    {
      id: 'held',
      header: 'Held out, at its end',
      isNumber: true,
      width: '148px',
      cell: ({ bytes, training }) => (training === bytes ? '–' : formatBytes(bytes - training)),
    },
  ];
  return <Table label="Texts in their order" isDense columns={columns} rows={rows} rowKey={({ id }) => id} />;
}
