/**
 * Chats as documents: one message after another, each after its author's name (decision 81). A field holds the names
 * too, so that turns can be separated again and the user can choose the model's role.
 */
import type { FoundDocument } from '../format';
import { MAX_CONVERSATION_LENGTH } from '../../limits';

interface Turn {
  author: string;
  text: string;
}
export interface Message extends Turn {
  /** Milliseconds since 1970; NaN if unknown. Without a time zone, by the clock of whoever exported it. */
  time: number;
}

/** Milliseconds without a message after which a new conversation begins: a night. */
export const PAUSE_MS = 8 * 3_600_000;
export const PAUSE_WORDS = '8 hours';

/**
 * Splits a chat into conversations.
 * @param messages in order @param chat name of the chat
 * @param isLocal whether its times have no time zone
 */
export function* conversations(messages: Iterable<Message>, chat: string, isLocal = false): Generator<FoundDocument> {
  let turns: Message[] = [];
  let length = 0;
  let lastTime = NaN;
  for (const { time, author, text } of messages) {
    const message = { time, author: speakerName(author), text: clean(text) };
    if (message.text === '') continue;
    if (turns.length > 0 && (time - lastTime > PAUSE_MS || length + text.length > MAX_CONVERSATION_LENGTH)) {
      yield conversationOf(turns, chat, isLocal);
      [turns, length] = [[], 0];
    }
    turns.push(message);
    length += text.length;
    if (!Number.isNaN(time)) lastTime = time;
  }
  if (turns.length > 0) yield conversationOf(turns, chat, isLocal);
}

/** Joins messages as one document; a single one gives its text and its author. @param turns one or more, not empty */
export function conversationOf(turns: readonly Message[], chat: string, isLocal = false): FoundDocument {
  const [first] = turns as [Message, ...Message[]];
  const startTime = isLocal ? toIsoTime(first.time).replace('Z', '') : toIsoTime(first.time);
  const title = [chat, startTime.slice(0, 10)].filter((part) => part !== '').join(', ');
  const fields = { ...(startTime !== '' && { date: startTime }) };
  if (turns.length === 1) return { title, text: first.text, fields: { ...fields, author: first.author } };
  const speakers = [...new Set(turns.map(({ author }) => author))];
  return { title, text: joinTurns(turns), fields: { ...fields, speakers: speakers.join('\n') } };
}

/** Joins turns. Indents lines of a message that look like the start of another. */
const joinTurns = (turns: readonly Turn[]): string => {
  const isSpeaker = speakerMatcher(new Set(turns.map(({ author }) => author)));
  return turns
    .map(({ author, text }) => {
      const [firstLine, ...lines] = text.split('\n');
      const otherLines = lines.map((line) => (isSpeaker(line.trimStart()) ? ` ${line}` : line));
      return [`${author}: ${firstLine}`, ...otherLines].join('\n');
    })
    .join('\n');
};

/** Splits a conversation into turns again. @param speakers the document's field */
export function turnsOf(text: string, speakers: string): Turn[] {
  const isSpeaker = speakerMatcher(new Set(speakers.split('\n')));
  const turns: Turn[] = [];
  for (const line of text.split('\n')) {
    if (isSpeaker(line)) {
      const end = line.indexOf(': ');
      turns.push({ author: line.slice(0, end), text: line.slice(end + 2) });
      continue;
    }
    const turn = turns.at(-1);
    if (turn) turn.text += `\n${line.startsWith(' ') && isSpeaker(line.trimStart()) ? line.slice(1) : line}`;
  }
  return turns;
}

const speakerMatcher =
  (speakers: ReadonlySet<string>) =>
  (line: string): boolean =>
    speakers.has(line.slice(0, Math.max(0, line.indexOf(': '))));

/** Name on one line, without colons at the ends of words, which would end the name. */
const speakerName = (name: string): string =>
  name
    .slice(0, MAX_NAME_LENGTH)
    .replace(/[\s\0]+/g, ' ')
    .replace(/[:\s]+(?= |$)/g, '')
    .trim()
    .toWellFormed() || 'Unknown';
const MAX_NAME_LENGTH = 200;

const clean = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim().toWellFormed();

/** ISO 8601 of a plausible time; else an empty string. */
export const toIsoTime = (time: number): string =>
  time > Date.UTC(1970, 0) && time < Date.UTC(2200, 0) ? new Date(time).toISOString().replace('.000', '') : '';
