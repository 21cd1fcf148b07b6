/** A channel of Discord, or a thread or talk there, as DiscordChatExporter writes it as JSON. https://github.com/Tyrrrz/DiscordChatExporter */
import { conversations, type Message } from '../chats/conversation';
import { fieldsOf, listOf, wordsOf } from '../chats/json';
import { AT_PAUSES, Told } from '../chats/told';
import { jsonFile } from '../json';
import { MAX_JSON_FILE_BYTES } from '../limits';
import type { DocumentReader } from './format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const { guild, channel, messages } = fieldsOf(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const told = new Told(file, 'message');
  const names = [fieldsOf(guild)['name'], fieldsOf(channel)['name']].map(wordsOf).filter((name) => name !== '');
  yield* conversations(messagesOf(listOf(messages), told), names.join(' / ') || 'Discord');
  told.note('a Discord channel', AT_PAUSES);
};

function* messagesOf(messages: readonly unknown[], told: Told): Generator<Message> {
  for (const each of messages) {
    const { type, timestamp, content, author, attachments, stickers } = fieldsOf(each);
    if (typeof type !== 'string' || typeof content !== 'string') told.leave('unread');
    else if (!SAID.has(type)) told.leave('service');
    else {
      told.leave('attachments', listOf(attachments).length + listOf(stickers).length);
      if (content.trim() === '') continue;
      told.take();
      const { nickname, name } = fieldsOf(author);
      yield { at: Date.parse(wordsOf(timestamp)), by: wordsOf(nickname) || wordsOf(name), text: content };
    }
  }
}
/** Kinds of message that somebody has written; all others tell what happened. */
const SAID = new Set(['Default', 'Reply']);
