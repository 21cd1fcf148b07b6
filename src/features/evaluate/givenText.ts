/** A text to measure on, of a file that a person gives. */
import { badFile } from '../../core/base/errors';
import { counted, formatBytes, formatCount } from '../../core/base/units';
import type { DroppedFile } from '../../ui';

export interface Given {
  name: string;
  text: string;
}

/** Characters: more than that is a text of the project. */
export const MOST = 2_000_000;
/** Of UTF-8, at most. */
const BYTES_EACH = 4;

/** @throws HomegrownError `bad-file` naming the file */
export async function textIn(files: readonly DroppedFile[]): Promise<Given> {
  const [first, second] = files;
  if (!first) throw badFile('There is no file in it.', 'Give a file of plain text.');
  if (second)
    throw badFile(
      `These are ${counted(files.length, 'file')}, and one text is measured at a time.`,
      'Give one of them.',
    );
  const { file } = first;
  if (file.size > BYTES_EACH * MOST)
    throw badFile(
      `${file.name} has ${formatBytes(file.size)}, and ${formatCount(MOST)} characters are measured at most.`,
      'Give a part of it, or add it on Text, where a part of it can be held out.',
    );
  try {
    return { name: file.name, text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()) };
  } catch {
    throw badFile(
      `${file.name} is not plain text in UTF-8.`,
      'Save it as plain text and give it again, or copy its text and paste it here.',
    );
  }
}
