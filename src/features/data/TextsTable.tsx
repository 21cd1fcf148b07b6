import { formatBytes, formatCount, formatShare } from '../../core/base/units';
import type { DataRecord } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { Table, type Column } from '../../ui';
import styles from './PartsPane.module.css';

interface TextRow {
  id: string;
  name: string;
  bytes: number;
  /** Bytes that are in the training part. */
  training: number;
}

/** Which text went into which part: the last share of all bytes is held out, so the end of the last text as a rule. */
export function TextsTable({ data }: { data: DataRecord }) {
  const texts = useStudio((s) => s.texts);
  const held = data.texts.flatMap((id) => texts.find((text) => text.id === id) ?? []);
  const removed = data.texts.length - held.length;
  if (removed > 0) {
    return (
      <p className={styles.removed}>
        {removed === 1 ? 'One text' : `${formatCount(removed)} texts`} that it was built from{' '}
        {removed === 1 ? 'was' : 'were'} removed since
      </p>
    );
  }
  const rows = divide(held, data.validationShare);
  const columns: readonly Column<TextRow>[] = [
    { id: 'name', header: 'Text', cell: ({ name }) => name },
    { id: 'size', header: 'Size', isNumber: true, isQuiet: true, width: '84px', cell: (row) => formatBytes(row.bytes) },
    { id: 'part', header: 'Part', width: '168px', cell: words },
  ];
  return <Table label="Texts in their order" isDense columns={columns} rows={rows} rowKey={({ id }) => id} />;
}

export function divide(texts: readonly { id: string; name: string; bytes: number }[], share: number): TextRow[] {
  const total = texts.reduce((sum, { bytes }) => sum + bytes, 0);
  let left = total - Math.floor(total * share);
  return texts.map(({ id, name, bytes }) => {
    const training = Math.min(left, bytes);
    left -= training;
    return { id, name, bytes, training };
  });
}

function words({ bytes, training }: TextRow): string {
  if (training === bytes) return 'training';
  if (training === 0) return 'validation';
  return `validation from ${formatShare(Math.round((100 * training) / bytes) / 100)} on`;
}
