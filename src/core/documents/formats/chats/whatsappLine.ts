/**
 * Stamp at the start of a WhatsApp message, in the forms of all its languages: `[05.01.23, 15:05:10] `, `1/5/23, 3:05
 * PM - `, `2023/1/5 下午3:05 - `, `5.1.2023 klo 15.05 - `, with digits of any script and direction marks.
 */
export interface Stamp {
  /** Date as written; one of the three numbers is the year. */
  date: readonly [number, number, number];
  /** Milliseconds since midnight. */
  clock: number;
  /** Whether the time is on a 12-hour clock, which suggests that the month comes first. */
  isTwelveHour: boolean;
  /** End of the message's head: after the name, if there is one. */
  end: number;
}

const STAMP =
  /^(\[)?(\d{1,4})(?:[./-] ?|年|년 )(\d{1,2})(?:[./-] ?|月|월 )(\d{1,4})[.日일]?([^\d[\]]{1,24}?)(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?([^\d[\]:]{0,16}?)(\] | - | – |: )/;
/** Maximum number of characters of a stamp. */
const MAX_STAMP_LENGTH = 96;

/** Parses the start of a message; null: the line continues the message before. */
export function parseStamp(line: string): Stamp | null {
  const { text, indices } = normalizeStart(line);
  const match = STAMP.exec(text);
  if (!match) return null;
  const [matched, bracket, a, b, c, between = '', hour, minute, second = '0', after = '', close] = match;
  if ((bracket === '[') !== (close === '] ')) return null;
  const dayPeriod = `${between} ${after}`;
  const [isEvening, isMorning] = [PM.test(dayPeriod), AM.test(dayPeriod)];
  const hours = (Number(hour) % (isEvening || isMorning ? 12 : 24)) + (isEvening ? 12 : 0);
  return {
    date: [Number(a), Number(b), Number(c)],
    clock: ((hours * 60 + Number(minute)) * 60 + Number(second)) * 1000,
    isTwelveHour: isEvening || isMorning,
    end: indices[matched.length - 1]! + 1,
  };
}

const PM = /p\. ?m\b|\bpm\b|下午|午後|晚上|오후|(?:^|\s)م(?:\s|$)|μ\.?μ|\bptg\b|\bch\b/i;
const AM = /a\. ?m\b|\bam\b|上午|午前|凌晨|早上|오전|(?:^|\s)ص(?:\s|$)|π\.?μ|\bpg\b|\bsa\b/i;

/** Invisible direction marks, and the byte order mark. */
const DIRECTION_MARK = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]/;
const DIRECTION_MARKS = new RegExp(DIRECTION_MARK, 'g');
export const withoutMarks = (text: string): string => text.replace(DIRECTION_MARKS, '');

/** Start of a line with digits, spaces and commas in ASCII, and the original index of each character. */
function normalizeStart(line: string): { text: string; indices: readonly number[] } {
  let text = '';
  const indices: number[] = [];
  for (let i = 0; i < line.length && i < MAX_STAMP_LENGTH; i++) {
    const letter = line[i]!;
    if (DIRECTION_MARK.test(letter)) continue;
    // Only a line that begins with a bracket or a digit has a stamp.
    if (text === '' && letter !== '[' && !/\p{Nd}/u.test(letter)) break;
    text += letter <= '\x7f' ? letter : toAscii(letter);
    indices.push(i);
  }
  return { text, indices };
}

function toAscii(letter: string): string {
  if (/\p{Nd}/u.test(letter)) return String(digitValue(letter.charCodeAt(0)));
  if (/\p{Zs}/u.test(letter)) return ' ';
  return letter === '،' ? ',' : letter;
}

/** Value of a digit: the digits of a script are consecutive from zero, and not adjacent to those of another. */
function digitValue(code: number): number {
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCharCode(zero - 1))) zero--;
  return code - zero;
}

/**
 * Whether a text file is a WhatsApp chat: it begins with such a line. Its name, a direction mark before the app's own
 * messages, or the encryption notice at the top must also point to WhatsApp. A log with times before its lines isn't
 * one.
 */
export function beginsAsWhatsApp(head: string, name: string): boolean {
  const lines = head.split('\n', FIRST_LINES);
  if (!parseStamp(lines[0]!)) return false;
  if (/^_chat\.txt$|whatsapp/i.test(name.split('/').at(-1)!)) return true;
  return lines.some((line, i) => {
    const stamp = parseStamp(line);
    if (!stamp) return false;
    return (
      /(?:^|: )\u200e/.test(line.slice(stamp.end)) ||
      (i < 3 && line.length > MIN_NOTICE_LENGTH && /whatsapp/i.test(line))
    );
  });
}
const FIRST_LINES = 20;
/** Minimum length of the notice's line. */
const MIN_NOTICE_LENGTH = 60;
