/** Columns that a person chose for a project's tables. The next table with the same columns gets the same proposal. */
import { z } from '../base/zod';
import { type Columns, columnsSchema } from '../documents/columns';
import { BETWEEN, type Between } from '../documents/labels/between';
import { type Purpose, PURPOSES } from './tuning';

export interface GivenColumns {
  /** All columns of the table, sorted. */
  names: readonly string[];
  tunes: Purpose;
  columns: Columns;
  /** Separator of a text's labels; null if each text has one label. */
  between: Between | null;
}

/** Maximum number of choices, newest first. The project is saved on every change, so very wide tables are left out. */
const MAX_GIVEN = 8;
const MAX_NAMES = 40;
const MAX_CHARACTERS = 2000;

const sorted = (names: readonly string[]): readonly string[] => [...names].sort();
const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

/** Latest choice for a table with the same columns, in any order, and the same purpose. */
export function givenFor(
  choices: readonly GivenColumns[],
  names: readonly string[],
  tunes: Purpose,
): GivenColumns | undefined {
  const sortedNames = sorted(names);
  return choices.find((choice) => choice.tunes === tunes && same(choice.names, sortedNames));
}

/** Adds a choice, which replaces an older one for the same columns. */
export function withGiven(choices: readonly GivenColumns[], choice: GivenColumns): readonly GivenColumns[] {
  const names = sorted(choice.names);
  if (names.length > MAX_NAMES || names.join('').length > MAX_CHARACTERS) return choices;
  const previous = givenFor(choices, names, choice.tunes);
  return [{ ...choice, names }, ...choices.filter((entry) => entry !== previous)].slice(0, MAX_GIVEN);
}

export const givenColumnsSchema: z.ZodType<readonly GivenColumns[]> = z.array(
  z.object({
    names: z.array(z.string()),
    tunes: z.enum(PURPOSES),
    columns: columnsSchema,
    between: z.enum(BETWEEN).nullable(),
  }),
);
