/** A Discord channel, thread or direct message, from https://github.com/Tyrrrz/DiscordChatExporter as JSON. */
import { conversations, type Message } from './conversation';
import { asFields, asList, asString } from './json';
import { SPLIT_AT_PAUSES, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const { guild, channel, messages } = asFields(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const report = new EntryReport(file, 'message');
  const names = [asFields(guild)['name'], asFields(channel)['name']].map(asString).filter((name) => name !== '');
  yield* conversations(messagesOf(asList(messages), report), names.join(' / ') || 'Discord');
  report.note('a Discord channel', SPLIT_AT_PAUSES);
};

function* messagesOf(messages: readonly unknown[], report: EntryReport): Generator<Message> {
  for (const message of messages) {
    const { type, timestamp, content, author, attachments, stickers } = asFields(message);
    if (typeof type !== 'string' || typeof content !== 'string') report.countSkipped('unread');
    else if (!USER_MESSAGE_TYPES.has(type)) report.countSkipped('service');
    else {
      report.countSkipped('attachments', asList(attachments).length + asList(stickers).length);
      if (content.trim() === '') continue;
      report.countRead();
      const { nickname, name } = asFields(author);
      yield { time: Date.parse(asString(timestamp)), author: asString(nickname) || asString(name), text: content };
    }
  }
}
/** Types of messages that people write; all others are system messages. */
const USER_MESSAGE_TYPES = new Set(['Default', 'Reply']);
