/**
 * Reads a Slack workspace export: its members, and a file per day of each channel. A thread is a document; other
 * messages are split at pauses. One channel is in memory at a time.
 * https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports
 */
import { badFile } from '../../../base/errors';
import { counted } from '../../../base/units';
import { Held, companionJson } from './companionFiles';
import { conversationOf, conversations, type Message } from './conversation';
import { fieldsOf, listOf, secondsOf, wordsOf } from './json';
import { PAUSES_AND_THREADS, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import type { DocumentReader, FoundDocument, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'message');
  const people = namesIn(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const titles = await titlesOf(file, people);
  const channels = daysOf(file.companions?.paths ?? []);
  if (channels.size === 0)
    throw badFile(
      `${file.name} is from a Slack export, but its channel folders are missing.`,
      'Add the whole export: the ZIP file from Slack, or its unpacked folder.',
    );
  for (const [channel, days] of [...channels].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const threads = new Map<string, Entry[]>();
    const held = new Held(file.name, `a channel, ${channel},`);
    for (const day of days.sort()) {
      for (const each of listOf(await companionJson(file, day))) {
        const entry = entryOf(each, people, report);
        if (!entry) continue;
        held.add(entry.text);
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

function entryOf(value: unknown, people: ReadonlyMap<string, string>, report: EntryReport): Entry | undefined {
  const message = fieldsOf(value);
  const time = wordsOf(message['ts']);
  const kind = wordsOf(message['subtype']);
  if (message['type'] !== 'message' || time === '') report.leave('unread');
  else if (kind !== '' && !SAID.has(kind)) report.leave('service');
  else {
    report.leave('attachments', listOf(message['files']).length);
    const text = slackText(wordsOf(message['text']), people);
    if (text.trim() === '') return undefined;
    report.take();
    const user = wordsOf(message['user']);
    const by = people.get(user) || nameIn(message['user_profile']) || wordsOf(message['username']) || user;
    return { at: secondsOf(time), by, text, thread: wordsOf(message['thread_ts']) || time };
  }
  return undefined;
}
/** Subtypes written by a person: a reply also shown in the channel, `/me`, and a file with a comment. */
const SAID = new Set(['thread_broadcast', 'me_message', 'file_share']);

/** Yields threads with replies, and conversations of the other messages, by start time. */
function* documentsOf(threads: ReadonlyMap<string, Entry[]>, title: string): Generator<FoundDocument> {
  const found: { at: number; document: FoundDocument }[] = [];
  const alone: Message[] = [];
  for (const thread of threads.values()) {
    const ordered = thread.toSorted((a, b) => a.at - b.at);
    if (ordered.length === 1) alone.push(ordered[0]!);
    else found.push({ at: ordered[0]!.at, document: conversationOf(ordered, title) });
  }
  alone.sort((a, b) => a.at - b.at);
  for (const document of conversations(alone, title))
    found.push({ at: Date.parse(document.fields?.['date'] ?? ''), document });
  for (const { document } of found.sort((a, b) => a.at - b.at)) yield document;
}

/** Daily files by folder. */
function daysOf(paths: Iterable<string>): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const path of paths) {
    const [, channel] = /^([^/]+)\/\d{4}-\d\d-\d\d\.json$/.exec(path) ?? [];
    if (channel === undefined) continue;
    const others = days.get(channel);
    if (others) others.push(path);
    else days.set(channel, [path]);
  }
  return days;
}

/** Names of people by id. */
const namesIn = (users: unknown): ReadonlyMap<string, string> =>
  new Map(
    listOf(users).map((each) => {
      const user = fieldsOf(each);
      const name = nameIn(user['profile']) || wordsOf(user['real_name']) || wordsOf(user['name']);
      // A mention of five characters expands to the name, so its length is bounded.
      return [wordsOf(user['id']), name.slice(0, MAX_NAME).toWellFormed()] as const;
    }),
  );

const MAX_NAME = 200;

function nameIn(value: unknown): string {
  const profile = fieldsOf(value);
  return wordsOf(profile['display_name']) || wordsOf(profile['real_name']);
}

/** Maximum number of people in a direct message; Slack allows nine. */
const MAX_MEMBERS = 100;

/** Titles of direct-message folders, from their members; other folders are named after their channel. */
async function titlesOf(file: OpenFile, people: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> {
  const titles = new Map<string, string>();
  for (const path of ['dms.json', 'mpims.json']) {
    for (const each of listOf(await companionJson(file, path))) {
      const { id, name, members } = fieldsOf(each);
      const names = listOf(members)
        .slice(0, MAX_MEMBERS)
        .map((member) => people.get(wordsOf(member)) || wordsOf(member));
      for (const folder of [wordsOf(id), wordsOf(name)]) titles.set(folder, names.join(', '));
    }
  }
  return titles;
}

/** Renders mentions and links in a Slack message: https://api.slack.com/reference/surfaces/formatting */
function slackText(text: string, people: ReadonlyMap<string, string>): string {
  return text
    .replace(/<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,2000}))?>/g, (_, kind: string, of: string, label = '') =>
      shown(kind, of, label as string, people),
    )
    .replace(/&(amp|lt|gt);/g, (_, name: keyof typeof LETTERS) => LETTERS[name]);
}
const LETTERS = { amp: '&', lt: '<', gt: '>' } as const;

function shown(kind: string, of: string, label: string, people: ReadonlyMap<string, string>): string {
  if (kind === '@') return `@${people.get(of) || label || of}`;
  if (kind === '#') return `#${label || of}`;
  if (kind === '!') return label || `@${of.replace(/^(?:subteam|date)\^.*/, 'group')}`;
  return label || of.replace(/^mailto:/, '');
}
