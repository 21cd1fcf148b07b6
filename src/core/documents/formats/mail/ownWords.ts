/** Extracts the author's own text from a message, without quotations and signature. Takes linear time. */
export function ownWords(text: string): string {
  const allLines = text.split('\n');
  const lines = allLines.slice(0, endOfOwnText(allLines));
  const ownLines: string[] = [];
  /** For each own line, the index of the last non-blank line up to it; -1: none. */
  const lastWritten: number[] = [];
  let wasQuoted = false;
  for (const line of lines) {
    const isQuoted = /^ {0,3}>/.test(line);
    if (isQuoted && !wasQuoted)
      ownLines.length = lastWritten.length = lengthWithoutAttribution(ownLines, lastWritten.at(-1) ?? -1);
    if (!isQuoted) {
      lastWritten.push(line.trim() === '' ? (lastWritten.at(-1) ?? -1) : ownLines.length);
      ownLines.push(line);
    }
    wasQuoted = isQuoted;
  }
  return ownLines.join('\n');
}

/** Index of the line where a signature begins (RFC 3676, 4.3), or a full message below the reply to it. */
function endOfOwnText(lines: readonly string[]): number {
  const end = lines.findIndex(
    (line, i) => /^-- ?$/.test(line) || ORIGINAL_MESSAGE.test(line) || isQuotedHeader(lines, i),
  );
  if (end < 0) return lines.length;
  return end > 0 && isQuotedHeader(lines, end) && /^_{10,}$/.test(lines[end - 1]!) ? end - 1 : end;
}

/**
 * Number of lines that remain without `On Monday Ann wrote:` before a quotation, on one or two lines.
 * @param last index of the last non-blank line
 */
function lengthWithoutAttribution(ownLines: readonly string[], last: number): number {
  const line = trimShort(ownLines[last]);
  if (line === undefined || !/[:：]$/.test(line)) return ownLines.length;
  if (isAttribution(line)) return last;
  const previous = trimShort(ownLines[last - 1]);
  return previous !== undefined && isAttribution(`${previous} ${line}`) ? last - 1 : ownLines.length;
}
/** Trims a line short enough to be an attribution; bounded, because each quotation may check the same line again. */
const trimShort = (line: string | undefined): string | undefined =>
  line !== undefined && line.length < MAX_LINE_LENGTH ? line.trim() : undefined;
const MAX_LINE_LENGTH = 2000;

const isAttribution = (line: string): boolean =>
  line.length < MAX_ATTRIBUTION_LENGTH && WROTE.test(line) && ATTRIBUTION_CLUE.test(line);
const MAX_ATTRIBUTION_LENGTH = 400;
/** The verb, in languages of mail programs. */
const WROTE =
  /(?<!\p{L})(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|napisał\(a\)|kirjoitti|написала?|пишет|写道|のメール)(?!\p{L})/iu;
/** A digit, an address, or a usual first word. */
const ATTRIBUTION_CLUE = /\d|@|^(?:on|am|le|el|il|op|den|em|w dniu)\s/iu;

const ORIGINAL_MESSAGE =
  /^-{2,}\s*(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|message original|mensaje original|messaggio originale|oorspronkelijk bericht)\s*-{2,}$/iu;

/** Whether Outlook's header of a quoted message starts here: `From:`, then two or more fields, one of them a date. */
function isQuotedHeader(lines: readonly string[], index: number): boolean {
  if (!FROM_FIELD.test(lines[index]!)) return false;
  let fieldCount = 0;
  for (let i = index; i < lines.length && i < index + 8 && /^\*?[\p{L} ]{2,20}\*?:\*? /u.test(lines[i]!); i++)
    fieldCount++;
  return fieldCount >= 3 && lines.slice(index + 1, index + 3).some((line) => DATE_FIELD.test(line));
}
const FROM_FIELD = /^\*?(?:from|von|de|da|van|fra|från|od)\s?:\*? /iu;
const DATE_FIELD =
  /^\*?(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|sendt|wysłano)\s?:\*? /iu;
