/** Names a text by its table and row: `more.csv, row 2`. */
import type { LabeledText } from '../../../protocol/data';
import type { Studio } from '../../../state/slices/studio';
import { toTuneOn } from '../../../state/tuningInputs';

/** Name of the table that contains a text; undefined if all labels come from one table. */
export function tableName(s: Studio, textId: string | undefined): string | undefined {
  const tables = toTuneOn(s, 'classify');
  return tables.length > 1 ? tables.find(({ id }) => id === textId)?.name : undefined;
}

/** Name of a text in its table. @param file name of the table; undefined if there is only one */
export function rowName({ title }: Pick<LabeledText, 'title'>, file: string | undefined): string {
  if (file === undefined) return title;
  return `${file}, ${title.replace(/^Row (?=[\d,]+$)/, 'row ')}`;
}
