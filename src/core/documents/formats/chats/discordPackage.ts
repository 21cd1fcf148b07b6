/**
 * Reads a Discord data package: the user's own messages by channel, without replies of others. In JSON, and in the CSV
 * used until 2024. https://support.discord.com/hc/articles/360004957991
 */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { TextBudget, companionJson, companionRows } from './companionFiles';
import { conversations, type Message } from './conversation';
import { type Fields, asFields, asList, asString } from './json';
import { SPLIT_AT_PAUSES, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const paths = [...(file.companions?.paths ?? [])].sort();
  const channels = paths.filter((path) => CHANNEL_FILE.test(path));
  if (channels.length === 0)
    throw badFile(
      `${file.name} is from a Discord data package, but its channel folders are missing.`,
      'Add the whole package: the ZIP file from Discord, or its unpacked folder.',
    );
  const report = new EntryReport(file, 'message');
  const index = asFields(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const account = paths.find((path) => /^account\/user\.json$/i.test(path));
  const user = asFields(account === undefined ? undefined : await companionJson(file, account));
  const author = asString(user['global_name']) || asString(user['username']) || 'Me';
  for (const path of channels) {
    const id = CHANNEL_FILE.exec(path)![1]!;
    const name =
      asString(index[id]) ||
      asString(asFields(await companionJson(file, `${path.slice(0, path.lastIndexOf('/') + 1)}channel.json`))['name']);
    const messages = await messagesIn(file, path, author, report);
    yield* conversations(messages, name || `Channel ${id}`);
  }
  report.countSkipped(
    'files',
    Math.max(0, paths.filter((path) => !/^messages\//i.test(path)).length - (account ? 1 : 0)),
  );
  report.note(`a Discord data package with ${counted(channels.length, 'channel')}`, SPLIT_AT_PAUSES);
};
const CHANNEL_FILE = /^messages\/c?(\d+)\/messages\.(?:json|csv)$/i;

/** Returns messages oldest first; the file has the newest first. */
async function messagesIn(file: OpenFile, path: string, author: string, report: EntryReport): Promise<Message[]> {
  const budget = new TextBudget(file.name, `a channel, ${path},`);
  const messages: Message[] = [];
  for await (const fields of rowsIn(file, path)) {
    const [text, attachments] = [asString(fields['Contents']), asString(fields['Attachments'])];
    if (!('Contents' in fields)) report.countSkipped('unread');
    report.countSkipped('attachments', attachments.split(/\s+/).filter((attachment) => attachment !== '').length);
    if (text.trim() === '') continue;
    budget.add(text);
    report.countRead();
    messages.push({ time: parseTime(asString(fields['Timestamp'])), author, text });
  }
  return messages.toSorted((a, b) => a.time - b.time);
}

async function* rowsIn(file: OpenFile, path: string): AsyncGenerator<Fields> {
  if (/\.json$/i.test(path)) {
    for (const message of asList(await companionJson(file, path))) yield asFields(message);
    return;
  }
  for await (const cells of companionRows(file, path)) yield Object.fromEntries(cells);
}

/** Parses `2021-03-05 10:01:00` as UTC, or a time with its zone. */
const parseTime = (time: string): number =>
  Date.parse(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/.test(time) ? `${time.replace(' ', 'T')}Z` : time);
