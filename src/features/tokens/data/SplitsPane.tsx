import { formatBytes, formatCount, formatNumber } from '../../../core/base/units';
import type { DataRecord } from '../../../protocol/data';
import { Pane, PaneHead, Swatch, Table, type Column } from '../../../ui';
import { PART_WORDS, partsOf } from './parts';
import { TextsInParts } from './PartRows';
import styles from './SplitsPane.module.css';

type PartRow = ReturnType<typeof partsOf>[number];
interface ShardRow {
  key: string;
  name: string;
  tokens: number;
  bytes: number;
  sha256: string;
}

/** Splits with their sizes, their share of each text, and the files that contain them. */
export function SplitsPane({ data }: { data: DataRecord }) {
  const { width, shardLength } = data.manifest;
  const parts = partsOf(data.manifest);
  const tokens = parts.reduce((sum, { part }) => sum + part.tokens, 0);
  const columns: readonly Column<PartRow>[] = [
    {
      id: 'part',
      header: 'Set',
      cell: ({ name, run }) => (
        <span className={styles.part}>
          <Swatch run={run} />
          {PART_WORDS[name]}
        </span>
      ),
    },
    { id: 'tokens', header: 'Tokens', isNumber: true, cell: ({ part }) => formatCount(part.tokens) },
    {
      id: 'documents',
      header: 'Documents',
      isNumber: true,
      isQuiet: true,
      leaveOut: 'narrow',
      cell: ({ part }) => (part.documents === undefined ? '–' : formatCount(part.documents)),
    },
    { id: 'text', header: 'Text', isNumber: true, cell: ({ part }) => formatBytes(part.bytes) },
    {
      id: 'ratio',
      header: 'Bytes per token',
      isNumber: true,
      isQuiet: true,
      leaveOut: 'phone',
      cell: ({ part }) => formatNumber(part.bytes / part.tokens),
    },
  ];
  const shards = parts.flatMap(({ name, part }) =>
    part.shards.map(({ key, sha256 }, shardIndex): ShardRow => {
      const shardTokens = Math.min(shardLength, part.tokens - shardIndex * shardLength);
      return {
        key,
        name: `${PART_WORDS[name]} ${formatCount(shardIndex + 1)}`,
        tokens: shardTokens,
        bytes: shardTokens * width,
        sha256,
      };
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
    <Pane title="Sets" hint={`${formatBytes(tokens * width)} in this browser`}>
      <Table label="Sets" columns={columns} rows={parts} rowKey={({ name }) => name} />
      <PaneHead title="Texts" hint="in this order, with a separator" />
      <TextsInParts data={data} />
      <PaneHead title="Shards" hint={`${width}-byte ids, checked on every read`} />
      <Table label="Shards" isDense columns={shardColumns} rows={shards} rowKey={({ key }) => key} />
    </Pane>
  );
}
