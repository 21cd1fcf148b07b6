/**
 * Reads Telegram Desktop's JSON export of one chat, or of an account without its stories, contacts and settings.
 * https://telegram.org/blog/export-and-more, and export_output_json.cpp of its source.
 */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { conversations, type Message } from './conversation';
import { type Fields, asFields, asList, millisecondsOf, asString } from './json';
import { SPLIT_AT_PAUSES, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const root = asFields(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const chats = Array.isArray(root['messages'])
    ? [root]
    : ['chats', 'left_chats'].flatMap((key) => asList(asFields(root[key])['list']).map(asFields));
  if (chats.length === 0)
    throw badFile(
      `${file.name} is a Telegram export without chats.`,
      'In Telegram Desktop, export the chats you want as JSON.',
    );
  const report = new EntryReport(file, 'message');
  report.countSkipped('files', file.companions?.paths.size ?? 0);
  for (const chat of chats) {
    const name = asString(chat['name']) || (CHAT_NAMES[asString(chat['type'])] ?? 'Telegram');
    yield* conversations(messagesOf(asList(chat['messages']), report), name);
  }
  report.note(chats.length === 1 ? 'a Telegram chat' : counted(chats.length, 'Telegram chat'), SPLIT_AT_PAUSES);
};
/** Names of chats without one, by type. */
const CHAT_NAMES: Readonly<Record<string, string>> = { saved_messages: 'Saved messages', replies: 'Replies' };

function* messagesOf(messages: readonly unknown[], report: EntryReport): Generator<Message> {
  for (const value of messages) {
    const message = asFields(value);
    const text = textIn(message['text']).trim();
    if (message['type'] === 'service') report.countSkipped('service');
    else if (message['type'] !== 'message') report.countSkipped('unread');
    else {
      if (ATTACHMENT_KEYS.some((key) => key in message)) report.countSkipped('attachments');
      if (text === '') continue;
      report.countRead();
      yield { time: timeOf(message), author: asString(message['from']) || 'Deleted account', text };
    }
  }
}
const ATTACHMENT_KEYS = [
  'photo',
  'file',
  'media_type',
  'poll',
  'contact_information',
  'location_information',
  'game_title',
];

/** Text of a message: a string, or pieces that are strings, links, mentions and the like. */
const textIn = (text: unknown): string =>
  typeof text === 'string'
    ? text
    : asList(text)
        .map((piece) => (typeof piece === 'string' ? piece : asString(asFields(piece)['text'])))
        .join('');

/** Time of a message. Older versions state only local time. */
function timeOf(message: Fields): number {
  const seconds = millisecondsOf(message['date_unixtime']);
  return Number.isNaN(seconds) ? Date.parse(`${asString(message['date'])}Z`) : seconds;
}
