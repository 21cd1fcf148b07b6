/**
 * Chats as documents: one message after another, each after its author's name (decision 81). A field holds the names
 * too, so that turns can be separated again and the user can choose the model's role.
 */
import type { FoundDocument } from '../format';
import { MAX_CONVERSATION_LENGTH } from '../../limits';

interface Turn {
  by: string;
  text: string;
}
export interface Message extends Turn {
  /** Milliseconds since 1970; NaN if unknown. Without a time zone, by the clock of whoever exported it. */
  at: number;
}

/** Milliseconds without a message after which a new conversation begins: a night. */
export const PAUSE = 8 * 3_600_000;
export const PAUSE_WORDS = '8 hours';

/**
 * Splits a chat into conversations.
 * @param messages in order @param chat name of the chat
 * @param isLocal whether its times have no time zone
 */
export function* conversations(messages: Iterable<Message>, chat: string, isLocal = false): Generator<FoundDocument> {
  let turns: Message[] = [];
  let length = 0;
  let last = NaN;
  for (const { at, by, text } of messages) {
    const message = { at, by: speakerOf(by), text: clean(text) };
    if (message.text === '') continue;
    if (turns.length > 0 && (at - last > PAUSE || length + text.length > MAX_CONVERSATION_LENGTH)) {
      yield conversationOf(turns, chat, isLocal);
      [turns, length] = [[], 0];
    }
    turns.push(message);
    length += text.length;
    if (!Number.isNaN(at)) last = at;
  }
  if (turns.length > 0) yield conversationOf(turns, chat, isLocal);
}

/** Joins messages as one document; a single one gives its text and its author. @param turns one or more, not empty */
export function conversationOf(turns: readonly Message[], chat: string, isLocal = false): FoundDocument {
  const [first] = turns as [Message, ...Message[]];
  const moment = isLocal ? isoOf(first.at).replace('Z', '') : isoOf(first.at);
  const title = [chat, moment.slice(0, 10)].filter((part) => part !== '').join(', ');
  const fields = { ...(moment !== '' && { date: moment }) };
  if (turns.length === 1) return { title, text: first.text, fields: { ...fields, author: first.by } };
  const speakers = [...new Set(turns.map(({ by }) => by))];
  return { title, text: textOf(turns), fields: { ...fields, speakers: speakers.join('\n') } };
}

/** Joins turns. Indents lines of a message that look like the start of another. */
const textOf = (turns: readonly Turn[]): string => {
  const isSpeaker = speakerIn(new Set(turns.map(({ by }) => by)));
  return turns
    .map(({ by, text }) => {
      const [first, ...lines] = text.split('\n');
      const others = lines.map((line) => (isSpeaker(line.trimStart()) ? ` ${line}` : line));
      return [`${by}: ${first}`, ...others].join('\n');
    })
    .join('\n');
};

/** Splits a conversation into turns again. @param speakers the document's field */
export function turnsOf(text: string, speakers: string): Turn[] {
  const isSpeaker = speakerIn(new Set(speakers.split('\n')));
  const turns: Turn[] = [];
  for (const line of text.split('\n')) {
    if (isSpeaker(line)) {
      const end = line.indexOf(': ');
      turns.push({ by: line.slice(0, end), text: line.slice(end + 2) });
      continue;
    }
    const turn = turns.at(-1);
    if (turn) turn.text += `\n${line.startsWith(' ') && isSpeaker(line.trimStart()) ? line.slice(1) : line}`;
  }
  return turns;
}

const speakerIn =
  (speakers: ReadonlySet<string>) =>
  (line: string): boolean =>
    speakers.has(line.slice(0, Math.max(0, line.indexOf(': '))));

/** Name on one line, without colons at the ends of words, which would end the name. */
const speakerOf = (name: string): string =>
  name
    .slice(0, MAX_NAME_LENGTH)
    .replace(/[\s\0]+/g, ' ')
    .replace(/[:\s]+(?= |$)/g, '')
    .trim()
    .toWellFormed() || 'Unknown';
const MAX_NAME_LENGTH = 200;

const clean = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim().toWellFormed();

/** ISO 8601 of a plausible time; else an empty string. */
export const isoOf = (at: number): string =>
  at > Date.UTC(1970, 0) && at < Date.UTC(2200, 0) ? new Date(at).toISOString().replace('.000', '') : '';
