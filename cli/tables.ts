/** Tables of texts with labels, as they are typed: `FILE.csv`, `FILE.csv:text=SUBJECT+BODY,label=COLUMN`. */
import { COLUMN_ROLES, type Columns, tableFormatOf } from '../src/core/documents';
import { UsageError } from './options';
import type { Given } from './pairs';
import { textFile } from './terminal';

const ROLES = COLUMN_ROLES.filter((role) => role !== 'input' && role !== 'target').join('|');
/** One that is learnt as it is. */
export type TextColumns = Extract<Columns, { text: string }>;

/** Null: they are recognised by their names. @throws UsageError; HomegrownError `bad-file` */
export async function tableFile(meant: string, needsLabel = true): Promise<Given & { columns: TextColumns | null }> {
  const [, path, words] = new RegExp(`^(.+?)(?::((?:${ROLES})=.*))?$`, 's').exec(meant) ?? [];
  const columns = words === undefined ? null : columnsIn(meant, words, needsLabel);
  const source = await textFile(path!);
  const table = { format: tableFormatOf(path!), columns: columns ?? ('recognised' as const) };
  return { path: path!, columns, source: { ...source, table } };
}

function columnsIn(meant: string, words: string, needsLabel: boolean): TextColumns {
  const named = Object.fromEntries(
    words.split(new RegExp(`,(?=(?:${ROLES})=)`)).map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)] as const;
    }),
  );
  const { text: all = '', ...about } = named;
  const [text, ...besides] = all.split('+');
  if (!text || besides.includes('') || Object.values(about).includes('') || (needsLabel && !about['label']))
    throw new UsageError(
      `A table is named with its columns or without, as in FILE.csv:text=COLUMN,label=COLUMN, or text=SUBJECT+BODY for several, not '${meant}'.`,
    );
  return { text, ...(besides.length > 0 && { besides }), ...about };
}
