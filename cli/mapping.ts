/** Which columns of which table are what, as it is typed: `NAME.csv:text=COLUMN,label=COLUMN`. */
import { normalize, resolve, sep } from 'node:path';
import { COLUMN_ROLES, type Columns } from '../src/core/documents';
import { UsageError } from './options';

export interface Mapping {
  /** Of the file: as it is called, with folders that it lies in or without, or its path as it is typed for --from. */
  name: string;
  columns: Columns;
}

const ROLE = COLUMN_ROLES.join('|');

/** @throws UsageError */
export function mappingOf(typed: string): Mapping {
  const [, name, words] = new RegExp(`^(.+?):((?:${ROLE})=.*)$`, 's').exec(typed) ?? [];
  const named = new Map(
    (words ?? '').split(new RegExp(`,(?=(?:${ROLE})=)`)).map((each) => {
      const at = each.indexOf('=');
      return [each.slice(0, at), each.slice(at + 1)] as const;
    }),
  );
  const { text, input, target, ...about } = Object.fromEntries(named);
  const isTold = (text ?? '') !== '' ? input === undefined && target === undefined : Boolean(input && target);
  if (name === undefined || !isTold || Object.values(about).includes(''))
    throw new UsageError(
      `--map must be a file and its columns, such as NAME.csv:text=COLUMN,label=COLUMN or NAME.csv:input=COLUMN,target=COLUMN, not '${typed}'. Columns: ${COLUMN_ROLES.join(', ')}.`,
    );
  return { name, columns: (text ? { text, ...about } : { input, target, ...about }) as Columns };
}

/** Whether a file is the one that is meant. @param name below what was given @param path where it lies */
export const isMeant = (mapping: Pick<Mapping, 'name'>, name: string, path = name): boolean => {
  const meant = normalize(mapping.name).split(sep).join('/');
  return name === meant || name.endsWith(`/${meant}`) || resolve(mapping.name) === resolve(path);
};
