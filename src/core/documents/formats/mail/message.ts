/** Text of an email: RFC 5322 and MIME by postal-mime. Counts attachments, but doesn't read them. */
import { formatCount } from '../../../base/units.ts';
import { MAX_MESSAGE_TEXT } from '../../limits.ts';
import { pageText } from '../../markupText.ts';
import { parseMail } from './mimeParser.ts';
import { ownWords } from './ownWords.ts';

export interface Message {
  id: string;
  /** Ids of the messages that it replies to. */
  replyTo: readonly string[];
  /** Name of the sender, else the address. */
  from: string;
  subject: string;
  /** ISO 8601; empty if unknown. */
  date: string;
  text: string;
  attachments: number;
}

/** @param shouldKeepQuotes keeps quotations and the signature @throws errors of postal-mime for an unreadable message */
export async function messageOf(bytes: Uint8Array, shouldKeepQuotes: boolean): Promise<Message> {
  const mail = await parseMail(withFewEmptyLines(bytes).buffer);
  const body = mail.text?.trim() ? mail.text : mail.html === undefined ? '' : pageText(mail.html).text;
  checkSize(body);
  const normalized = body.replace(/\r\n?/g, '\n').replaceAll('\0', '');
  const { from } = mail;
  const date = mail.date !== undefined && !Number.isNaN(Date.parse(mail.date)) ? mail.date : '';
  return {
    id: mail.messageId?.trim() ?? '',
    replyTo: [...(mail.references ?? '').split(/\s+/), ...(mail.inReplyTo ?? '').split(/\s+/)].filter(
      (id) => id !== '',
    ),
    from: oneLine(from?.name || (from?.address ?? '')),
    subject: oneLine(mail.subject ?? ''),
    date,
    text: (shouldKeepQuotes ? normalized : ownWords(normalized))
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
 * Ends each line with LF alone, and keeps at most three empty lines in a row. The text that is read keeps only one
 * anyway.
 */
export function withFewEmptyLines(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const output = new Uint8Array(bytes.length);
  let [length, emptyLines, pendingReturns, isLineEmpty] = [0, 0, 0, true];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte === CR) pendingReturns++;
    else if (byte === LF) {
      emptyLines = isLineEmpty ? emptyLines + 1 : 0;
      if (emptyLines <= 3) output[length++] = LF;
      [pendingReturns, isLineEmpty] = [0, true];
    } else {
      for (; pendingReturns > 0; pendingReturns--) output[length++] = CR;
      output[length++] = byte;
      isLineEmpty = false;
    }
  }
  return length === output.length ? output : output.slice(0, length);
}
const [LF, CR] = [10, 13];

/** @throws Error saying which limit the text exceeds */
function checkSize(text: string): void {
  const { characters, lines: maxLines } = MAX_MESSAGE_TEXT;
  if (text.length > characters) throw new Error(`its text has more than ${formatCount(characters)} characters`);
  let lines = 1;
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lines++;
  if (lines > maxLines) throw new Error(`its text has more than ${formatCount(maxLines)} lines`);
}

const oneLine = (words: string): string => words.replace(/\s+/g, ' ').trim().slice(0, 400).toWellFormed();

/** Whether any header identifies it as a message. */
export const isMessage = ({ id, from, subject, date }: Message): boolean =>
  id !== '' || from !== '' || subject !== '' || date !== '';
