import { formatBytes, formatCount, formatNumber } from '../../core/base/units';
import type { Part } from '../../core/shards/manifest';
import type { DataRecord } from '../../protocol/data';
import { Pane, PaneHead, Swatch, Table, type Column } from '../../ui';
import { TextsTable } from './TextsTable';
import styles from './SplitsPane.module.css';

interface SplitRow {
  name: 'Training' | 'Validation';
  run: 1 | 2;
  part: Part;
}
interface ShardRow {
  key: string;
  name: string;
  tokens: number;
  bytes: number;
  sha256: string;
}

/** Both parts with their sizes, and the files that hold them. */
export function SplitsPane({ data }: { data: DataRecord }) {
  const { width, shardLength } = data.manifest;
  const { train, validation } = data.manifest.parts;
  const parts: readonly SplitRow[] = [
    { name: 'Training', run: 1, part: train },
    { name: 'Validation', run: 2, part: validation },
  ];
  const columns: readonly Column<SplitRow>[] = [
    {
      id: 'part',
      header: 'Part',
      cell: ({ name, run }) => (
        <span className={styles.part}>
          <Swatch run={run} />
          {name}
        </span>
      ),
    },
    { id: 'tokens', header: 'Tokens', isNumber: true, cell: ({ part }) => formatCount(part.tokens) },
    { id: 'text', header: 'Text', isNumber: true, cell: ({ part }) => formatBytes(part.bytes) },
    {
      id: 'ratio',
      header: 'Bytes a token',
      isNumber: true,
      isQuiet: true,
      cell: ({ part }) => formatNumber(part.bytes / part.tokens),
    },
    {
      id: 'stored',
      header: 'Stored',
      isNumber: true,
      isQuiet: true,
      leaveOut: 'phone',
      cell: ({ part }) => formatBytes(part.tokens * width),
    },
  ];
  const shards = parts.flatMap(({ name, part }) =>
    part.shards.map(({ key, sha256 }, n): ShardRow => {
      const tokens = Math.min(shardLength, part.tokens - n * shardLength);
      return { key, name: `${name} ${formatCount(n + 1)}`, tokens, bytes: tokens * width, sha256 };
    }),
  );
  const shardColumns: readonly Column<ShardRow>[] = [
    { id: 'name', header: 'Shard', cell: ({ name }) => name },
    { id: 'tokens', header: 'Tokens', isNumber: true, cell: ({ tokens }) => formatCount(tokens) },
    { id: 'size', header: 'Size', isNumber: true, isQuiet: true, cell: ({ bytes }) => formatBytes(bytes) },
    {
      id: 'hash',
      header: 'SHA-256',
      isNumber: true,
      isQuiet: true,
      leaveOut: 'phone',
      cell: ({ sha256 }) => (
        <span className={styles.hash} title={sha256}>
          {sha256.slice(0, 12)}…
        </span>
      ),
    },
  ];
  return (
    <Pane title="Parts" hint={`${formatBytes((train.tokens + validation.tokens) * width)} in this browser`}>
      <Table label="Parts" columns={columns} rows={parts} rowKey={({ name }) => name} />
      <PaneHead title="Texts" hint="in this order, a mark between two of them" />
      <div className={styles.texts}>
        <TextsTable data={data} />
      </div>
      <PaneHead title="Shards" hint={`ids of ${width} bytes, checked by hash whenever they are read`} />
      <Table label="Shards" isDense columns={shardColumns} rows={shards} rowKey={({ key }) => key} />
    </Pane>
  );
}
