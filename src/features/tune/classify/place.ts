/** Names a text by its table and row: `more.csv, row 2`. */
import type { LabeledText } from '../../../protocol/data';
import type { Studio } from '../../../state/slices/studio';
import { toTuneOn } from '../../../state/tuningInputs';

/** Name of the table that a text is from; undefined if all labels come from one. */
export function fileOf(s: Studio, textId: string | undefined): string | undefined {
  const tables = toTuneOn(s, 'classify');
  return tables.length > 1 ? tables.find(({ id }) => id === textId)?.name : undefined;
}

/** @param file where it isn't clear */
export function placeWords({ title }: Pick<LabeledText, 'title'>, file: string | undefined): string {
  if (file === undefined) return title;
  return `${file}, ${title.replace(/^Row (?=[\d,]+$)/, 'row ')}`;
}
