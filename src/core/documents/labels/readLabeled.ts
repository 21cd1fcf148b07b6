/** Reads labeled texts: rows of a table with a label column, or files in a folder for each label. */
import { badFile, HomegrownError } from '../../base/errors';
import { sha256Hex } from '../../base/hash';
import { BETWEEN_LABELS, labelsAsOne, labelsIn, NO_LABELS } from '../../base/labels';
import { MAX_LABEL_LENGTH } from '../../base/limits';
import { formatCount } from '../../base/units';
import type { ReadDocument, ReadFile } from '../blocks';
import { namesIn } from '../columns';
import type { EncodingId } from '../encodings';
import { tableCalled } from '../formats';
import { type GivenFile, type Into, readFile } from '../readFile';
import type { Between } from './between';

/** Format of labels. `between`: separator of several labels of a document. */
export interface LabeledAs {
  between?: Between;
}

/**
 * Reads a labeled file; see `readFile`.
 * @throws HomegrownError `bad-shape` for a table without a known label column; `bad-file` for any other file that
 * isn't in a folder, or has a label that is too long
 */
export async function readLabeled(
  { between }: LabeledAs,
  given: GivenFile,
  { chunks, blocks, readers }: Into,
  bytes: AsyncIterable<Uint8Array>,
  seen: { readonly bytes: number },
  encoding?: EncodingId,
): Promise<ReadFile> {
  const { name } = given;
  const format = tableCalled(name);
  const table = given.table ?? (format && ({ format, columns: 'recognised' } as const));
  const folder = table ? undefined : folderOf(name);
  if (!table && folder === undefined)
    throw badFile(
      `${name} isn't a table, and isn't in a folder named after its label.`,
      'Add a table with a text column and a label column, or a folder for each label.',
    );
  const add = async (document: ReadDocument, row?: number): Promise<void> => {
    const { label: cell = '', ...fields } = document.fields ?? {};
    const own = folder ?? cell;
    const label = between ? severalIn(own.replaceAll(between, BETWEEN_LABELS)) : own.trim();
    if (label === '') return blocks.add({ ...document, ...(document.fields && { fields }) });
    const long = (between ? labelsIn(label) : [label]).find(({ length }) => length > MAX_LABEL_LENGTH);
    if (long !== undefined) throw longLabel(long, row === undefined ? name : `row ${formatCount(row)} of ${name}`);
    const sha256 = await sha256Hex(`${document.sha256}\0${label}`);
    return blocks.add({ ...document, sha256, fields: { ...fields, label } });
  };
  const read = await readFile(
    { ...given, ...(table && { table }) },
    { chunks, blocks: { add }, readers },
    bytes,
    seen,
    encoding,
  );
  const { columns } = read;
  if (columns && !('text' in columns && columns.label !== undefined)) throw noLabels(name, namesIn(columns));
  return read;
}

/** Parses several labels. A cell with only separators means that no label applies. */
const severalIn = (cell: string): string => labelsAsOne(labelsIn(cell)) || (cell.trim() === '' ? '' : NO_LABELS);

/** Name of the file's folder: `spam` for `mails/spam/12.txt`. */
const folderOf = (name: string): string | undefined => name.split('/').at(-2)?.trim().toWellFormed() || undefined;

const longLabel = (label: string, where: string): Error =>
  badFile(
    `A label in ${where} has ${formatCount(label.length)} characters; the maximum is ${formatCount(MAX_LABEL_LENGTH)}: “${label.slice(0, 40)}…”.`,
    'Shorten the label, or choose another column as the label.',
  );

const noLabels = (name: string, taken: readonly string[]): HomegrownError =>
  new HomegrownError(
    'bad-shape',
    `${name} has no label column, such as label, category or class. Its texts seem to be in ${taken.join(' and ')}.`,
    'Choose which column is the text, and which the label.',
  );
