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
  const seenIds = new Set<string>();
  const skippedCounts = { attachments: 0, large: 0, unread: 0, copies: 0, empty: 0 };
  let [total, characters] = [0, 0];
  for await (const bytes of messagesIn(file.bytes)) {
    total++;
    const message = bytes && (await messageOf(bytes, file.reading?.wholeMessages ?? false).catch(() => 'unread'));
    if (message === null) skippedCounts.large++;
    else if (typeof message === 'string' || !isMessage(message)) skippedCounts.unread++;
    else if (message.id !== '' && seenIds.has(message.id)) skippedCounts.copies++;
    else {
      seenIds.add(message.id);
      skippedCounts.attachments += message.attachments;
      if (message.text === '') skippedCounts.empty++;
      else messages.push(message);
      characters += message.text.length;
    }
    if (characters > MAX_MAILBOX_LENGTH)
      throw badFile(
        `${file.name} has more than ${formatCount(MAX_MAILBOX_LENGTH)} characters of messages, the maximum for one mailbox.`,
        'Split it into several mailboxes, such as one per year.',
      );
  }
  if (total === 0)
    throw badFile(
      `${file.name} is not a mailbox: it doesn't start with a "From" line.`,
      'Export the mail again as mbox, or as files of single messages (.eml).',
    );
  if (total === skippedCounts.unread) throw badFile(`${file.name} has no readable messages.`, 'Export the mail again.');
  const skipped: readonly [number, string, string][] = [
    [skippedCounts.attachments, 'attachment', 'attachments'],
    [skippedCounts.empty, 'message without text of its own', 'messages without text of their own'],
    [skippedCounts.copies, 'duplicate message', 'duplicate messages'],
    [skippedCounts.large, 'oversized message', 'oversized messages'],
    [skippedCounts.unread, 'unreadable message', 'unreadable messages'],
  ];
  for (const [count, singular, plural] of skipped)
    if (count > 0) file.note(`Skipped ${counted(count, singular, plural)}`);
  for (const document of threadsOf(messages)) yield document;
};
