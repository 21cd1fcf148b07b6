import { COLUMN_ROLES, type ColumnRole, type TableHead } from '../../core/documents/columns';
import { cx, scroll, Select } from '../../ui';
import styles from './ColumnMap.module.css';

/** Column of each role. A role has one column, except text, which may have several. */
export type Roles = Readonly<Partial<Record<ColumnRole, string>>> & {
  /** Further text columns, appended to the first. */
  besides?: readonly string[];
};

/** Columns of a table with their first rows and a role for each. */
export function ColumnMap({
  head,
  roles,
  asked = COLUMN_ROLES,
  isJoined = false,
  onChange,
}: {
  head: TableHead;
  roles: Roles;
  /** Roles that a column may have. */
  asked?: readonly ColumnRole[];
  /** Whether several columns can form the text. */
  isJoined?: boolean;
  onChange: (roles: Roles) => void;
}) {
  const roleOf = (column: string): ColumnRole | undefined =>
    roles.besides?.includes(column) ? 'text' : COLUMN_ROLES.find((role) => roles[role] === column);
  const shown = head.columns.slice(0, MAX_COLUMNS);
  const options = [NONE, ...asked.map((role) => ({ value: role, label: WORDS[role] }))];
  return (
    <div className={cx(scroll.sideways, styles.columns)} tabIndex={0} role="group" aria-label="Columns">
      <table>
        <thead>
          <tr>
            {shown.map((column) => (
              <td key={column} className={styles.role}>
                <Select
                  label={column}
                  layout="wide"
                  value={roleOf(column) ?? NOT_USED}
                  onChange={(role) =>
                    onChange(
                      (isJoined ? joinedRole : withRole)(
                        roles,
                        column,
                        role === NOT_USED ? undefined : role,
                        head.columns,
                      ),
                    )
                  }
                  options={options}
                />
              </td>
            ))}
          </tr>
          <tr>
            {shown.map((column) => (
              <th key={column} scope="col" className={roleOf(column) ? styles.name : styles.unused}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {head.rows.slice(0, MAX_ROWS).map((cells, i) => (
            <tr key={i}>
              {shown.map((column, index) => (
                <td key={column} className={roleOf(column) ? undefined : styles.unused}>
                  {short(cells[index] ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
/** Maximum number of columns; use `--map` in the terminal for more. */
export const MAX_COLUMNS = 40;
const MAX_ROWS = 4;
/** Number of code units of a cell. */
const MAX_CELL = 80;
const short = (cell: string): string => (cell.length > MAX_CELL ? `${cell.slice(0, MAX_CELL)}…` : cell);

const NOT_USED = 'none';
const WORDS: Readonly<Record<ColumnRole, string>> = {
  text: 'Text',
  input: 'Input',
  target: 'Target',
  title: 'Title',
  label: 'Label',
  date: 'Date',
  language: 'Language',
};
const NONE = { value: NOT_USED, label: 'Not used' } as const;

/** Like `withRole`, but several columns can form the text, in the order of the table. */
function joinedRole(roles: Roles, column: string, role: ColumnRole | undefined, all: readonly string[]): Roles {
  const texts = [roles.text, ...(roles.besides ?? [])].filter((name) => name !== undefined && name !== column);
  if (role === 'text') texts.push(column);
  const [text, ...besides] = all.filter((name) => texts.includes(name));
  const { text: _, besides: __, ...others } = roles;
  const kept = Object.entries(others).filter(([otherRole, name]) => name !== column && otherRole !== role);
  const added = role && role !== 'text' ? [[role, column] as const] : [];
  return {
    ...(Object.fromEntries([...kept, ...added]) as Roles),
    ...(text !== undefined && { text }),
    ...(besides.length > 0 && { besides }),
  };
}

/** Assigns a role to a column, and removes it from others. A table has either texts or pairs. */
function withRole(roles: Roles, column: string, role: ColumnRole | undefined): Roles {
  const excluded: readonly ColumnRole[] =
    role === 'text' ? ['input', 'target'] : role === 'input' || role === 'target' ? ['text'] : [];
  const others = Object.entries(roles).filter(
    ([otherRole, name]) => name !== column && otherRole !== role && !excluded.includes(otherRole as ColumnRole),
  );
  return Object.fromEntries(role ? [...others, [role, column]] : others);
}
