/** A single message. */
import { badFile } from '../../base/errors';
import { counted } from '../../base/units';
import { LARGEST_MESSAGE } from '../limits';
import { isMessage, messageOf } from '../mail/message';
import { threadsOf } from '../mail/threads';
import { wholeBytes } from '../whole';
import type { DocumentReader } from './format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const isWhole = file.reading?.wholeMessages ?? false;
  const message = await messageOf(await wholeBytes(file, LARGEST_MESSAGE), isWhole).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw badFile(`${file.name} cannot be read as a message: ${why}.`, AGAIN);
  });
  if (!isMessage(message))
    throw badFile(
      `${file.name} is no message of mail: it says neither who it is from, nor when, nor about what.`,
      AGAIN,
    );
  const { attachments, text } = message;
  if (attachments > 0)
    file.note(`${counted(attachments, 'attachment')} ${attachments === 1 ? 'was' : 'were'} left out`);
  if (text !== '') yield* threadsOf([message]);
};
const AGAIN = 'Save it again from the mail program as .eml, and add that.';
