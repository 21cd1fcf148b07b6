/** A single email message. */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { MAX_MESSAGE_BYTES } from '../../limits';
import { isMessage, messageOf } from './message';
import { threadsOf } from './threads';
import { readAllBytes } from '../../readAll';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const shouldKeepQuotes = file.reading?.wholeMessages ?? false;
  const message = await messageOf(await readAllBytes(file, MAX_MESSAGE_BYTES), shouldKeepQuotes).catch(
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw badFile(`${file.name} can't be read as an email: ${why}.`, REMEDY);
    },
  );
  if (!isMessage(message)) throw badFile(`${file.name} is not an email: it has no sender, date or subject.`, REMEDY);
  const { attachments, text } = message;
  if (attachments > 0) file.note(`Skipped ${counted(attachments, 'attachment')}`);
  if (text !== '') yield* threadsOf([message]);
};
const REMEDY = 'Save it again from the mail app as .eml, and add that file.';
