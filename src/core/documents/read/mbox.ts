/** A mailbox: a thread is a document. Its messages are read one at a time; what was written in them is in memory until all are. */
import { badFile } from '../../base/errors';
import { counted, formatCount } from '../../base/units';
import { LARGEST_MAILBOX } from '../limits';
import { isMessage, type Message, messageOf } from '../mail/message';
import { messagesIn } from '../mail/mailbox';
import { threadsOf } from '../mail/threads';
import type { DocumentReader } from './format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const messages: Message[] = [];
  const seen = new Set<string>();
  const left = { attachments: 0, large: 0, unread: 0, copies: 0, silent: 0 };
  let [all, characters] = [0, 0];
  for await (const bytes of messagesIn(file.bytes)) {
    all++;
    const message = bytes && (await messageOf(bytes, file.reading?.wholeMessages ?? false).catch(() => 'unread'));
    if (message === null) left.large++;
    else if (typeof message === 'string' || !isMessage(message)) left.unread++;
    else if (message.id !== '' && seen.has(message.id)) left.copies++;
    else {
      seen.add(message.id);
      left.attachments += message.attachments;
      if (message.text === '') left.silent++;
      else messages.push(message);
      characters += message.text.length;
    }
    if (characters > LARGEST_MAILBOX)
      throw badFile(
        `${file.name} holds more than ${formatCount(LARGEST_MAILBOX)} characters of messages, and threads are put together of all.`,
        'Split it into several mailboxes, such as one a year.',
      );
  }
  if (all === 0)
    throw badFile(
      `${file.name} is no mailbox: it does not begin with "From", who a message is from and when it came.`,
      'Export the mail again as mbox, or as files of single messages (.eml).',
    );
  if (all === left.unread) throw badFile(`${file.name} has no message that can be read.`, 'Export the mail again.');
  const told: readonly [number, string, string][] = [
    [left.attachments, 'attachment', 'attachments'],
    [left.silent, 'message without words of its own', 'messages without words of their own'],
    [left.copies, 'copy of a message', 'copies of messages'],
    [left.large, 'message that is too large', 'messages that are too large'],
    [left.unread, 'message that cannot be read', 'messages that cannot be read'],
  ];
  for (const [n, one, many] of told)
    if (n > 0) file.note(`${counted(n, one, many)} ${n === 1 ? 'was' : 'were'} left out`);
  for (const document of threadsOf(messages)) yield document;
};
