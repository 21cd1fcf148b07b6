/** A Discord channel, thread or direct message, from https://github.com/Tyrrrz/DiscordChatExporter as JSON. */
import { conversations, type Message } from './conversation';
import { fieldsOf, listOf, wordsOf } from './json';
import { AT_PAUSES, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const { guild, channel, messages } = fieldsOf(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const report = new EntryReport(file, 'message');
  const names = [fieldsOf(guild)['name'], fieldsOf(channel)['name']].map(wordsOf).filter((name) => name !== '');
  yield* conversations(messagesOf(listOf(messages), report), names.join(' / ') || 'Discord');
  report.note('a Discord channel', AT_PAUSES);
};

function* messagesOf(messages: readonly unknown[], report: EntryReport): Generator<Message> {
  for (const each of messages) {
    const { type, timestamp, content, author, attachments, stickers } = fieldsOf(each);
    if (typeof type !== 'string' || typeof content !== 'string') report.leave('unread');
    else if (!SAID.has(type)) report.leave('service');
    else {
      report.leave('attachments', listOf(attachments).length + listOf(stickers).length);
      if (content.trim() === '') continue;
      report.take();
      const { nickname, name } = fieldsOf(author);
      yield { at: Date.parse(wordsOf(timestamp)), by: wordsOf(nickname) || wordsOf(name), text: content };
    }
  }
}
/** Types of messages that people write; all others are system messages. */
const SAID = new Set(['Default', 'Reply']);
