/**
 * Reads Telegram Desktop's JSON export of one chat, or of an account without its stories, contacts and settings.
 * https://telegram.org/blog/export-and-more, and export_output_json.cpp of its source.
 */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { conversations, type Message } from './conversation';
import { type Fields, fieldsOf, listOf, secondsOf, wordsOf } from './json';
import { AT_PAUSES, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const top = fieldsOf(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const chats = Array.isArray(top['messages'])
    ? [top]
    : ['chats', 'left_chats'].flatMap((key) => listOf(fieldsOf(top[key])['list']).map(fieldsOf));
  if (chats.length === 0)
    throw badFile(
      `${file.name} is a Telegram export without chats.`,
      'In Telegram Desktop, export the chats you want as JSON.',
    );
  const report = new EntryReport(file, 'message');
  report.leave('files', file.companions?.paths.size ?? 0);
  for (const chat of chats) {
    const name = wordsOf(chat['name']) || (CALLED[wordsOf(chat['type'])] ?? 'Telegram');
    yield* conversations(messagesOf(listOf(chat['messages']), report), name);
  }
  report.note(chats.length === 1 ? 'a Telegram chat' : counted(chats.length, 'Telegram chat'), AT_PAUSES);
};
/** Names of chats without one, by type. */
const CALLED: Readonly<Record<string, string>> = { saved_messages: 'Saved messages', replies: 'Replies' };

function* messagesOf(messages: readonly unknown[], report: EntryReport): Generator<Message> {
  for (const each of messages) {
    const message = fieldsOf(each);
    const text = textIn(message['text']).trim();
    if (message['type'] === 'service') report.leave('service');
    else if (message['type'] !== 'message') report.leave('unread');
    else {
      if (ATTACHED.some((key) => key in message)) report.leave('attachments');
      if (text === '') continue;
      report.take();
      yield { at: timeOf(message), by: wordsOf(message['from']) || 'Deleted account', text };
    }
  }
}
const ATTACHED = ['photo', 'file', 'media_type', 'poll', 'contact_information', 'location_information', 'game_title'];

/** Text of a message: a string, or pieces that are strings, links, mentions and the like. */
const textIn = (text: unknown): string =>
  typeof text === 'string'
    ? text
    : listOf(text)
        .map((piece) => (typeof piece === 'string' ? piece : wordsOf(fieldsOf(piece)['text'])))
        .join('');

/** Time of a message. Older versions state only local time. */
function timeOf(message: Fields): number {
  const seconds = secondsOf(message['date_unixtime']);
  return Number.isNaN(seconds) ? Date.parse(`${wordsOf(message['date'])}Z`) : seconds;
}
