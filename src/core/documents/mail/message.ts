/** A message of mail as what was written: RFC 5322 and MIME by postal-mime, attachments counted and left. */
import { pageText } from '../markupText.ts';
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
  const { default: PostalMime } = await import('postal-mime');
  const mail = await new PostalMime({ maxNestingDepth: DEEPEST_PART }).parse(withFewEmptyLines(bytes));
  const body = mail.text?.trim() ? mail.text : mail.html === undefined ? '' : pageText(mail.html).text;
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
const DEEPEST_PART = 64;

/**
 * Of more than three empty lines in a row three. What is read of a message has one at most, and each costs postal-mime about
 * as much as one of words.
 */
export function withFewEmptyLines(bytes: Uint8Array): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let [length, empty] = [0, 0];
  for (let from = 0, to; from < bytes.length; from = to) {
    to = bytes.indexOf(LF, from) + 1 || bytes.length;
    const isEmpty = bytes[from] === LF || (to - from === 2 && bytes[from] === CR && bytes[from + 1] === LF);
    empty = isEmpty ? empty + 1 : 0;
    if (empty > 3) continue;
    kept.set(bytes.subarray(from, to), length);
    length += to - from;
  }
  return kept.subarray(0, length);
}
const [LF, CR] = [10, 13];

const clean = (words: string): string => words.replace(/\s+/g, ' ').trim().slice(0, 400).toWellFormed();

/** Whether anything in it says that it is a message. */
export const isMessage = ({ id, from, subject, date }: Message): boolean =>
  id !== '' || from !== '' || subject !== '' || date !== '';
