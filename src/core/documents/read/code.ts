/** A program's source, as it is written; which language it is in is told. */
import { LARGEST_TEXT_FILE } from '../limits';
import { wholeText } from '../whole';
import type { DocumentReader } from './format';
import { LANGUAGES } from '../languages';

export const documents: DocumentReader['documents'] = async function* (file) {
  const text = await wholeText(file, LARGEST_TEXT_FILE);
  const ending = /\.([^./\\]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
  const code = Object.entries(LANGUAGES).find(([, endings]) => endings.split(' ').includes(ending))?.[0];
  if (/\S/.test(text)) yield { text, ...(code && { fields: { code } }) };
};
