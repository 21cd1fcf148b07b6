/** A mailbox: one document per thread. Parses messages one at a time, and keeps their texts in memory to the end. */
import { badFile } from '../../../base/errors';
import { counted, formatCount } from '../../../base/units';
import { MAX_MAILBOX_LENGTH } from '../../limits';
import { isMessage, type Message, messageOf } from './message';
import { messagesIn } from './mailbox';
import { threadsOf } from './threads';
import type { DocumentReader } from '../format';

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
    if (characters > MAX_MAILBOX_LENGTH)
      throw badFile(
        `${file.name} has more than ${formatCount(MAX_MAILBOX_LENGTH)} characters of messages, the maximum for one mailbox.`,
        'Split it into several mailboxes, such as one per year.',
      );
  }
  if (all === 0)
    throw badFile(
      `${file.name} is not a mailbox: it doesn't start with a "From" line.`,
      'Export the mail again as mbox, or as files of single messages (.eml).',
    );
  if (all === left.unread) throw badFile(`${file.name} has no readable messages.`, 'Export the mail again.');
  const skipped: readonly [number, string, string][] = [
    [left.attachments, 'attachment', 'attachments'],
    [left.silent, 'message without text of its own', 'messages without text of their own'],
    [left.copies, 'duplicate message', 'duplicate messages'],
    [left.large, 'oversized message', 'oversized messages'],
    [left.unread, 'unreadable message', 'unreadable messages'],
  ];
  for (const [n, one, many] of skipped) if (n > 0) file.note(`Skipped ${counted(n, one, many)}`);
  for (const document of threadsOf(messages)) yield document;
};
