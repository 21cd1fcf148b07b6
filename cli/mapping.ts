/** --map: columns of a table, as `NAME.csv:text=COLUMN,label=COLUMN`. */
import { normalize, resolve, sep } from 'node:path';
import { COLUMN_ROLES, type Columns } from '../src/core/documents';
import { splitTyped } from './columns';
import { UsageError } from './options';

export interface Mapping {
  /** Name of the file, with or without its folders, or its path as typed for --from. */
  name: string;
  columns: Columns;
}

/** @throws UsageError */
export function mappingOf(typed: string): Mapping {
  const { path: name, columns } = splitTyped(typed, COLUMN_ROLES);
  const { text, input, target, ...otherColumns } = Object.fromEntries(columns ?? []);
  const hasColumns = (text ?? '') !== '' ? input === undefined && target === undefined : Boolean(input && target);
  if (name === '' || !hasColumns || Object.values(otherColumns).includes(''))
    throw new UsageError(
      `--map must be a file and its columns, such as NAME.csv:text=COLUMN,label=COLUMN or NAME.csv:input=COLUMN,target=COLUMN, not '${typed}'. Columns: ${COLUMN_ROLES.join(', ')}.`,
    );
  return { name, columns: (text ? { text, ...otherColumns } : { input, target, ...otherColumns }) as Columns };
}

/** Whether a mapping is for a file. @param name path below the named folder @param path of the file */
export const isMappingFor = (mapping: Pick<Mapping, 'name'>, name: string, path = name): boolean => {
  const mappedPath = normalize(mapping.name).split(sep).join('/');
  return name === mappedPath || name.endsWith(`/${mappedPath}`) || resolve(mapping.name) === resolve(path);
};
