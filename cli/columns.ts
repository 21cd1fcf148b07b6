/** Columns of a table as a person types them: `FILE.csv:text=COLUMN,label=COLUMN`. */
import { COLUMN_ROLES } from '../src/core/documents';
import type { TaskColumns } from '../src/core/evaluate/taskTable';
import type { AskedPairs, AskedTable } from '../node/texts/tables';
import { UsageError } from './options';

/** The role of a column, and its name. */
type RoleColumn = readonly [role: string, column: string];

/** @param roles whose columns may be named */
export function splitTyped(typed: string, roles: readonly string[]): AskedTable<readonly RoleColumn[]> {
  const role = `(?:${roles.join('|')})=`;
  const [, path = typed, words] = new RegExp(`^(.*?)(?::(${role}.*))?$`, 's').exec(typed) ?? [];
  const columns = words?.split(new RegExp(`,(?=${role})`)).map((part): RoleColumn => {
    const separator = part.indexOf('=');
    return [part.slice(0, separator), part.slice(separator + 1)];
  });
  return { path, columns: columns ?? null };
}

const PAIR_ROLES = ['input', 'target'];
const TEXT_ROLES = COLUMN_ROLES.filter((role) => !PAIR_ROLES.includes(role));

/** `FILE.csv` or `FILE.csv:input=COLUMN,target=COLUMN`. @throws UsageError */
export function typedPairs(typed: string): AskedPairs {
  const { path, columns } = splitTyped(typed, PAIR_ROLES);
  if (!columns) return { path, columns };
  const { input, target } = Object.fromEntries(columns);
  if (input && target) return { path, columns: { input, target } };
  throw new UsageError(
    `--pairs must name both columns or none, such as FILE.csv:input=COLUMN,target=COLUMN, not '${typed.slice(path.length + 1)}'.`,
  );
}

/** `FILE.csv`, or `FILE.csv:text=SUBJECT+BODY,label=COLUMN`. @param needsLabel named columns must include a label @throws UsageError */
export function typedTexts(typed: string, needsLabel: boolean): AskedTable {
  const { path, columns } = splitTyped(typed, TEXT_ROLES);
  if (!columns) return { path, columns };
  const { text: joined = '', ...others } = Object.fromEntries(columns);
  const [text, ...besides] = joined.split('+');
  if (!text || besides.includes('') || Object.values(others).includes('') || (needsLabel && !others['label']))
    throw new UsageError(
      `A table must be FILE.csv, FILE.csv:text=COLUMN,label=COLUMN or text=SUBJECT+BODY to join columns, not '${typed}'.`,
    );
  return { path, columns: { text, ...(besides.length > 0 && { besides }), ...others } };
}

/** `FILE.csv`, or `FILE.csv:prompt=COLUMN,answer=COLUMN,choices=COLUMN`, with a `choices=` for each. @throws UsageError */
export function typedTask(typed: string): AskedTable<TaskColumns> {
  const { path, columns } = splitTyped(typed, ['prompt', 'answer', 'choices']);
  if (!columns) return { path, columns };
  const columnsOf = (role: string): string[] =>
    columns.flatMap(([columnRole, column]) => (columnRole === role ? [column] : []));
  const [[prompt, ...prompts], [answer, ...answers], choices] = [
    columnsOf('prompt'),
    columnsOf('answer'),
    columnsOf('choices'),
  ];
  if (columns.some(([, column]) => column === '') || prompts.length > 0 || answers.length > 0)
    throw new UsageError(
      `--task must name columns such as FILE.csv:prompt=COLUMN,answer=COLUMN,choices=COLUMN,choices=COLUMN, not '${typed.slice(path.length + 1)}'.`,
    );
  return {
    path,
    columns: {
      ...(prompt !== undefined && { prompt }),
      ...(answer !== undefined && { answer }),
      ...(choices.length > 0 && { choices }),
    },
  };
}
