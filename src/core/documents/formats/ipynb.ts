/** A Jupyter notebook: its text and code cells in order, without code outputs. https://nbformat.readthedocs.io */
import { badFile } from '../../base/errors';
import { counted } from '../../base/units';
import { listOf } from '../../base/limits';
import { z } from '../../base/zod';
import { jsonFile } from '../json';
import { MAX_JSON_FILE_BYTES } from '../limits';
import type { DocumentReader } from './format';

const source = z
  .union([z.string(), listOf(z.string(), Infinity, (line): line is string => typeof line === 'string')])
  .transform((lines) => (typeof lines === 'string' ? lines : lines.join('')));
const cell = z.object({ cell_type: z.string(), source, outputs: z.array(z.unknown()).optional() });
const notebook = z.object({
  cells: listOf(cell, Infinity),
  metadata: z.object({ language_info: z.object({ name: z.string() }).optional() }).optional(),
});

export const documents: DocumentReader['documents'] = async function* (file) {
  const result = notebook.safeParse(await jsonFile(file, MAX_JSON_FILE_BYTES));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw badFile(
      `${file.name} is not a version 4 notebook: ${issue?.path.join('.') || 'its top level'} is invalid.`,
      'Open it in Jupyter, save it again, and add that file.',
    );
  }
  const { cells, metadata } = result.data;
  const outputCount = cells.reduce((sum, { outputs = [] }) => sum + outputs.length, 0);
  if (outputCount > 0) file.note(`Skipped ${counted(outputCount, 'code output')}`);
  const text = cells
    .map(({ source: cellText }) => cellText.trimEnd())
    .filter((cellText) => cellText !== '')
    .join('\n\n')
    .toWellFormed();
  const code = metadata?.language_info?.name;
  if (text !== '') yield { text, ...(code && { fields: { code } }) };
};
