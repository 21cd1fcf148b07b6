/** A message of mail as what was written: RFC 5322 and MIME by postal-mime, attachments counted and left. */
import { formatCount } from '../../../base/units.ts';
import { MAX_MESSAGE_TEXT } from '../../limits.ts';
import { pageText } from '../../markupText.ts';
import { parseMail } from './mimeParser.ts';
import { ownWords } from './ownWords.ts';

export interface Message {
  id: string;
  /** Ids of those that it answers, if it says so. */
  answers: readonly string[];
  /** Who wrote it: a name, else an address. */
  from: string;
  subject: string;
  /** ISO 8601, where it tells one. */
  date: string;
  text: string;
  attachments: number;
}

/** @param isWhole with what it quotes and its signature @throws what postal-mime does for one that it cannot read */
export async function messageOf(bytes: Uint8Array, isWhole: boolean): Promise<Message> {
  const mail = await parseMail(withFewEmptyLines(bytes).buffer);
  const body = mail.text?.trim() ? mail.text : mail.html === undefined ? '' : pageText(mail.html).text;
  checkSize(body);
  const plain = body.replace(/\r\n?/g, '\n').replaceAll('\0', '');
  const { from } = mail;
  const date = mail.date !== undefined && !Number.isNaN(Date.parse(mail.date)) ? mail.date : '';
  return {
    id: mail.messageId?.trim() ?? '',
    answers: [...(mail.references ?? '').split(/\s+/), ...(mail.inReplyTo ?? '').split(/\s+/)].filter(
      (id) => id !== '',
    ),
    from: clean(from?.name || (from?.address ?? '')),
    subject: clean(mail.subject ?? ''),
    date,
    text: (isWhole ? plain : ownWords(plain))
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
      .toWellFormed(),
    attachments: mail.attachments.length,
  };
}

/**
 * The same lines, each ended by LF alone. Of more than three empty lines in a row three are kept: what is read of a message has
 * one at most.
 */
export function withFewEmptyLines(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = new Uint8Array(bytes.length);
  let [length, empty, returns, isEmpty] = [0, 0, 0, true];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === CR) returns++;
    else if (byte === LF) {
      empty = isEmpty ? empty + 1 : 0;
      if (empty <= 3) kept[length++] = LF;
      [returns, isEmpty] = [0, true];
    } else {
      for (; returns > 0; returns--) kept[length++] = CR;
      kept[length++] = byte;
      isEmpty = false;
    }
  }
  return length === kept.length ? kept : kept.slice(0, length);
}
const [LF, CR] = [10, 13];

/** @throws Error saying which limit the text exceeds */
function checkSize(text: string): void {
  const { characters, lines: maxLines } = MAX_MESSAGE_TEXT;
  if (text.length > characters) throw new Error(`its text has more than ${formatCount(characters)} characters`);
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  if (lines > maxLines) throw new Error(`its text has more than ${formatCount(maxLines)} lines`);
}

const clean = (words: string): string => words.replace(/\s+/g, ' ').trim().slice(0, 400).toWellFormed();

/** Whether anything in it says that it is a message. */
export const isMessage = ({ id, from, subject, date }: Message): boolean =>
  id !== '' || from !== '' || subject !== '' || date !== '';
