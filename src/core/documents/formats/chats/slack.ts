/**
 * Reads a Slack workspace export: its members, and a file per day of each channel. A thread is a document; other
 * messages are split at pauses. One channel is in memory at a time.
 * https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports
 */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { TextBudget, companionJson } from './companionFiles';
import { conversationOf, conversations, type Message } from './conversation';
import { asFields, asList, millisecondsOf, asString } from './json';
import { PAUSES_AND_THREADS, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader, FoundDocument, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'message');
  const memberNames = memberNamesIn(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const titles = await directMessageTitles(file, memberNames);
  const channels = dayFilesByChannel(file.companions?.paths ?? []);
  if (channels.size === 0)
    throw badFile(
      `${file.name} is from a Slack export, but its channel folders are missing.`,
      'Add the whole export: the ZIP file from Slack, or its unpacked folder.',
    );
  for (const [channel, days] of [...channels].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const threads = new Map<string, Entry[]>();
    const budget = new TextBudget(file.name, `a channel, ${channel},`);
    for (const day of days.sort()) {
      for (const message of asList(await companionJson(file, day))) {
        const entry = entryOf(message, memberNames, report);
        if (!entry) continue;
        budget.add(entry.text);
        // A message without replies that isn't a reply is alone in its thread.
        const thread = threads.get(entry.thread);
        if (thread) thread.push(entry);
        else threads.set(entry.thread, [entry]);
      }
    }
    yield* documentsOf(threads, titles.get(channel) ?? `#${channel}`);
  }
  report.note(`a Slack export with ${counted(channels.size, 'channel')}`, PAUSES_AND_THREADS);
};

interface Entry extends Message {
  /** Time of the thread's first message, which may be this one. */
  thread: string;
}

function entryOf(value: unknown, memberNames: ReadonlyMap<string, string>, report: EntryReport): Entry | undefined {
  const message = asFields(value);
  const time = asString(message['ts']);
  const kind = asString(message['subtype']);
  if (message['type'] !== 'message' || time === '') report.countSkipped('unread');
  else if (kind !== '' && !USER_SUBTYPES.has(kind)) report.countSkipped('service');
  else {
    report.countSkipped('attachments', asList(message['files']).length);
    const text = slackText(asString(message['text']), memberNames);
    if (text.trim() === '') return undefined;
    report.countRead();
    const user = asString(message['user']);
    const author =
      memberNames.get(user) || profileName(message['user_profile']) || asString(message['username']) || user;
    return { time: millisecondsOf(time), author, text, thread: asString(message['thread_ts']) || time };
  }
  return undefined;
}
/** Subtypes written by a person: a reply also shown in the channel, `/me`, and a file with a comment. */
const USER_SUBTYPES = new Set(['thread_broadcast', 'me_message', 'file_share']);

/** Yields threads with replies, and conversations of the other messages, by start time. */
function* documentsOf(threads: ReadonlyMap<string, Entry[]>, title: string): Generator<FoundDocument> {
  const dated: { time: number; document: FoundDocument }[] = [];
  const unthreaded: Message[] = [];
  for (const thread of threads.values()) {
    const ordered = thread.toSorted((a, b) => a.time - b.time);
    if (ordered.length === 1) unthreaded.push(ordered[0]!);
    else dated.push({ time: ordered[0]!.time, document: conversationOf(ordered, title) });
  }
  unthreaded.sort((a, b) => a.time - b.time);
  for (const document of conversations(unthreaded, title))
    dated.push({ time: Date.parse(document.fields?.['date'] ?? ''), document });
  for (const { document } of dated.sort((a, b) => a.time - b.time)) yield document;
}

/** Daily files by folder. */
function dayFilesByChannel(paths: Iterable<string>): Map<string, string[]> {
  const filesByChannel = new Map<string, string[]>();
  for (const path of paths) {
    const [, channel] = /^([^/]+)\/\d{4}-\d\d-\d\d\.json$/.exec(path) ?? [];
    if (channel === undefined) continue;
    const dayFiles = filesByChannel.get(channel);
    if (dayFiles) dayFiles.push(path);
    else filesByChannel.set(channel, [path]);
  }
  return filesByChannel;
}

/** Names of people by id. */
const memberNamesIn = (users: unknown): ReadonlyMap<string, string> =>
  new Map(
    asList(users).map((value) => {
      const user = asFields(value);
      const name = profileName(user['profile']) || asString(user['real_name']) || asString(user['name']);
      // A mention of five characters expands to the name, so its length is bounded.
      return [asString(user['id']), name.slice(0, MAX_NAME).toWellFormed()] as const;
    }),
  );

const MAX_NAME = 200;

function profileName(value: unknown): string {
  const profile = asFields(value);
  return asString(profile['display_name']) || asString(profile['real_name']);
}

/** Maximum number of people in a direct message; Slack allows nine. */
const MAX_MEMBERS = 100;

/** Titles of direct-message folders, from their members; other folders are named after their channel. */
async function directMessageTitles(
  file: OpenFile,
  memberNames: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>();
  for (const path of ['dms.json', 'mpims.json']) {
    for (const chat of asList(await companionJson(file, path))) {
      const { id, name, members } = asFields(chat);
      const names = asList(members)
        .slice(0, MAX_MEMBERS)
        .map((member) => memberNames.get(asString(member)) || asString(member));
      for (const folder of [asString(id), asString(name)]) titles.set(folder, names.join(', '));
    }
  }
  return titles;
}

/** Renders mentions and links in a Slack message: https://api.slack.com/reference/surfaces/formatting */
function slackText(text: string, memberNames: ReadonlyMap<string, string>): string {
  return text
    .replace(/<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>/g, (_, kind: string, target: string, label = '') =>
      renderReference(kind, target, label as string, memberNames),
    )
    .replace(/&(amp|lt|gt);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name]);
}
const ENTITIES = { amp: '&', lt: '<', gt: '>' } as const;

function renderReference(
  kind: string,
  target: string,
  label: string,
  memberNames: ReadonlyMap<string, string>,
): string {
  if (kind === '@') return `@${memberNames.get(target) || label || target}`;
  if (kind === '#') return `#${label || target}`;
  if (kind === '!') return label || `@${target.replace(/^(?:subteam|date)\^.*/, 'group')}`;
  return label || target.replace(/^mailto:/, '');
}
