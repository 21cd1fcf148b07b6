/**
 * Reads WhatsApp's chat export: `_chat.txt` from an iPhone, `WhatsApp Chat with Ann.txt` from Android, with dates of
 * any language. Holds all messages until the end, because only all dates together show which number is the month.
 */
import { TextBudget } from './companionFiles';
import { type Message, conversations } from './conversation';
import { SPLIT_AT_PAUSES, EntryReport } from './entryReport';
import { type Stamp, parseStamp, withoutMarks } from './whatsappLine';
import { parseEntry } from './whatsappSaid';
import { decodeParsed } from '../../decode';
import type { DocumentReader, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'message');
  report.countSkipped('files', file.companions?.paths.size ?? 0);
  const entries: { stamp: Stamp; author: string; text: string }[] = [];
  for await (const { stamp, text } of entriesIn(file)) {
    const parsed = parseEntry(text);
    report.countSkipped('attachments', parsed.attachments);
    if (parsed.isService) report.countSkipped('service');
    if (parsed.text === '') continue;
    report.countRead();
    entries.push({ stamp, author: parsed.author, text: parsed.text });
  }
  const times = timesOf(entries.map(({ stamp }) => stamp));
  const messages = entries.map(({ author, text }, i): Message => ({ time: times[i]!, author, text }));
  yield* conversations(messages, chatName(file.name), true);
  report.note('a WhatsApp chat', SPLIT_AT_PAUSES);
};

/** Yields messages with all their lines. */
async function* entriesIn(file: OpenFile): AsyncGenerator<{ stamp: Stamp; text: string }> {
  let entry: { stamp: Stamp; lines: string[] } | undefined;
  const budget = new TextBudget(file.name, 'a chat');
  for await (const line of linesIn(file)) {
    budget.add(line);
    const stamp = parseStamp(line);
    if (!stamp) {
      // Before the first message, there is nothing to continue.
      entry?.lines.push(line);
      continue;
    }
    if (entry) yield { stamp: entry.stamp, text: entry.lines.join('\n') };
    entry = { stamp, lines: [line.slice(stamp.end)] };
  }
  if (entry) yield { stamp: entry.stamp, text: entry.lines.join('\n') };
}

async function* linesIn(file: OpenFile): AsyncGenerator<string> {
  /** Pieces of an unfinished line. */
  let linePieces: string[] = [];
  for await (const piece of decodeParsed(file)) {
    const [lineEnd, ...lines] = piece.split('\n');
    linePieces.push(lineEnd!);
    if (lines.length === 0) continue;
    yield linePieces.join('').replace(/\r$/, '');
    linePieces = [lines.pop()!];
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  yield linePieces.join('').replace(/\r$/, '');
}

/** Milliseconds since 1970 by the phone's clock, with the order of day, month and year that fits all dates. */
function timesOf(stamps: readonly Stamp[]): number[] {
  const [years, months, days] = orderOf(stamps);
  return stamps.map(({ date, clock }) => Date.UTC(yearOf(date[years]), date[months] - 1, date[days]) + clock);
}

type Order = readonly [year: 0 | 2, month: 0 | 1, day: 0 | 1 | 2];
function orderOf(stamps: readonly Stamp[]): Order {
  const maxima = [0, 1, 2].map((i) => stamps.reduce((largest, { date }) => Math.max(largest, date[i]!), 0));
  if (maxima[0]! > 31) return [0, 1, 2];
  if (maxima[0]! > 12) return [2, 1, 0];
  if (maxima[1]! > 12) return [2, 0, 1];
  // Both orders are possible; in the right one, time rarely goes back.
  const countBackwardSteps = ([years, months, days]: Order): number => {
    const largest = stamps.map(({ date }) => (date[years] * 12 + date[months]) * 31 + date[days]);
    return largest.filter((day, index) => index > 0 && day < largest[index - 1]!).length;
  };
  const [dayFirst, monthFirst]: [Order, Order] = [
    [2, 1, 0],
    [2, 0, 1],
  ];
  const [a, b] = [countBackwardSteps(dayFirst), countBackwardSteps(monthFirst)];
  if (a !== b) return a < b ? dayFirst : monthFirst;
  // Assumes month first with a 12-hour clock, as in the United States.
  return stamps[0]?.isTwelveHour ? monthFirst : dayFirst;
}

/** Reads two digits as a year of this century, and converts years of the Thai calendar. */
const yearOf = (year: number): number => (year < 100 ? 2000 + year : year > 2400 && year < 2700 ? year - 543 : year);

/** The chat's name, from the file or its archive. */
function chatName(name: string): string {
  const parts = name.split('/');
  const file = /^_chat\.txt$/i.test(parts.at(-1)!) ? (parts.at(-2) ?? '') : parts.at(-1)!;
  const bare = withoutMarks(file).replace(/\.(?:txt|zip)$/i, '');
  const [, chat] = /^WhatsApp Chat (?:with|-) (.+)$/i.exec(bare) ?? [];
  return chat ?? (bare || 'WhatsApp');
}
