/** Reads an evaluation text from a file. */
import { badFile } from '../../core/base/errors';
import { counted, formatBytes, formatCount } from '../../core/base/units';
import type { DroppedFile } from '../../ui';

export interface EvaluationText {
  name: string;
  text: string;
}

/** Maximum number of characters; longer text belongs in the project. */
export const MAX_CHARACTERS = 2_000_000;
/** Maximum number of UTF-8 bytes per character. */
const MAX_BYTES_PER_CHARACTER = 4;

/** @throws HomegrownError `bad-file` naming the file */
export async function readEvaluationText(files: readonly DroppedFile[]): Promise<EvaluationText> {
  const [first, second] = files;
  if (!first) throw badFile('No file was dropped.', 'Choose a plain-text file.');
  if (second)
    throw badFile(`You chose ${counted(files.length, 'file')}; evaluate one text at a time.`, 'Choose one of them.');
  const { file } = first;
  if (file.size > MAX_BYTES_PER_CHARACTER * MAX_CHARACTERS)
    throw badFile(
      `${file.name} has ${formatBytes(file.size)}; the maximum is ${formatCount(MAX_CHARACTERS)} characters.`,
      'Choose a shorter file, or add it on Text and train on it: its validation set can be evaluated.',
    );
  try {
    return { name: file.name, text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()) };
  } catch {
    throw badFile(
      `${file.name} isn't plain text in UTF-8.`,
      'Save it as plain text and choose it again, or paste its text.',
    );
  }
}
