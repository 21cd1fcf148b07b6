/** Extracts the author's own text from a message, without quotations and signature. Takes linear time. */
export function ownWords(text: string): string {
  const all = text.split('\n');
  const lines = all.slice(0, endOf(all));
  const own: string[] = [];
  /** For each own line, the index of the last non-blank line up to it; -1: none. */
  const written: number[] = [];
  let wasQuoted = false;
  for (const line of lines) {
    const isQuoted = /^ {0,3}>/.test(line);
    if (isQuoted && !wasQuoted) own.length = written.length = withoutAttribution(own, written.at(-1) ?? -1);
    if (!isQuoted) {
      written.push(line.trim() === '' ? (written.at(-1) ?? -1) : own.length);
      own.push(line);
    }
    wasQuoted = isQuoted;
  }
  return own.join('\n');
}

/** Index of the line where a signature begins (RFC 3676, 4.3), or a full message below the reply to it. */
function endOf(lines: readonly string[]): number {
  const end = lines.findIndex((line, i) => /^-- ?$/.test(line) || ORIGINAL.test(line) || isHead(lines, i));
  if (end < 0) return lines.length;
  return end > 0 && isHead(lines, end) && /^_{10,}$/.test(lines[end - 1]!) ? end - 1 : end;
}

/**
 * Number of lines that remain without `On Monday Ann wrote:` before a quotation, on one or two lines.
 * @param last index of the last non-blank line
 */
function withoutAttribution(own: readonly string[], last: number): number {
  const one = trimmed(own[last]);
  if (one === undefined || !/[:：]$/.test(one)) return own.length;
  if (isAttribution(one)) return last;
  const before = trimmed(own[last - 1]);
  return before !== undefined && isAttribution(`${before} ${one}`) ? last - 1 : own.length;
}
/** Trims a line short enough to be an attribution; bounded, because each quotation may check the same line again. */
const trimmed = (line: string | undefined): string | undefined =>
  line !== undefined && line.length < MAX_LINE_LENGTH ? line.trim() : undefined;
const MAX_LINE_LENGTH = 2000;

const isAttribution = (line: string): boolean =>
  line.length < MAX_ATTRIBUTION_LENGTH && SAID.test(line) && WHO.test(line);
const MAX_ATTRIBUTION_LENGTH = 400;
/** The verb, in languages of mail programs. */
const SAID =
  /(?<!\p{L})(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|napisał\(a\)|kirjoitti|написала?|пишет|写道|のメール)(?!\p{L})/iu;
/** A digit, an address, or a usual first word. */
const WHO = /\d|@|^(?:on|am|le|el|il|op|den|em|w dniu)\s/iu;

const ORIGINAL =
  /^-{2,}\s*(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|message original|mensaje original|messaggio originale|oorspronkelijk bericht)\s*-{2,}$/iu;

/** Whether Outlook's header of a quoted message starts here: `From:`, then two or more fields, one of them a date. */
function isHead(lines: readonly string[], at: number): boolean {
  if (!FROM.test(lines[at]!)) return false;
  let named = 0;
  for (let i = at; i < lines.length && i < at + 8 && /^\*?[\p{L} ]{2,20}\*?:\*? /u.test(lines[i]!); i++) named++;
  return named >= 3 && lines.slice(at + 1, at + 3).some((line) => SENT.test(line));
}
const FROM = /^\*?(?:from|von|de|da|van|fra|från|od)\s?:\*? /iu;
const SENT =
  /^\*?(?:sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|verzonden|skickat|sendt|wysłano)\s?:\*? /iu;
