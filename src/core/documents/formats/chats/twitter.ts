/**
 * Reads X's data archive: posts, joined with the author's own replies. Leaves out reposts, and the leading names in
 * replies to others. https://help.x.com/en/managing-your-account/how-to-download-your-x-archive
 */
import { badFile } from '../../../base/errors';
import { Held, companionJson } from './companionFiles';
import { type Fields, fieldsOf, listOf, wordsOf } from './json';
import { type Post, threadsOfPosts } from './posts';
import { THREADS, EntryReport } from './entryReport';
import { languageCode } from '../../languageCode';
import { checkJson } from '../../jsonScan';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import { readAllText } from '../../readAll';
import type { DocumentReader, OpenFile } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'post');
  const paths = [...(file.companions?.paths ?? [])].sort();
  const more = paths.filter((path) => /^data\/(?:tweets?-part\d+|community-tweet(?:-part\d+)?)\.js$/.test(path));
  const inFile = (path: string) => companionJson(file, path, partIn);
  const account = fieldsOf(fieldsOf(listOf(await inFile('data/account.js'))[0])['account']);
  const whole = notesIn(listOf(await inFile('data/note-tweet.js')));
  const held = new Held(file.name, 'posts');
  const user = wordsOf(account['username']);
  const author = wordsOf(account['accountDisplayName']) || user;
  const posts: Post[] = [];
  for (const part of [undefined, ...more]) {
    for (const each of listOf(part === undefined ? await partIn(file) : await inFile(part))) {
      const tweet = fieldsOf(fieldsOf(each)['tweet'] ?? each);
      const post = postOf(tweet, whole, report);
      if (!post) continue;
      held.add(post.text);
      posts.push({ ...post, author, source: `https://x.com/${user || 'i'}/status/${post.id}` });
    }
  }
  const used = ['data/account.js', 'data/note-tweet.js'].filter((path) => paths.includes(path));
  report.leave('files', paths.length - more.length - used.length);
  yield* threadsOfPosts(posts);
  report.note('an X archive', THREADS);
};

/** Parses the right side of `window.YTD.tweets.part0 = [ … ]` as JSON, without running it. */
async function partIn(file: OpenFile): Promise<unknown> {
  const text = await readAllText(file, MAX_JSON_FILE_BYTES);
  const start = /^\s*window\.YTD\.\w+\.part\d+\s*=\s*/.exec(text)?.[0].length ?? 0;
  try {
    checkJson([text]);
    return JSON.parse(text.slice(start).replace(/;\s*$/, '')) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : '';
    throw badFile(
      `${file.name} is not part of an X archive: ${why}.`,
      'It may be cut off. Download the archive again, and add its ZIP file.',
    );
  }
}

function postOf(tweet: Fields, whole: Notes, report: EntryReport): Omit<Post, 'author' | 'source'> | undefined {
  const id = wordsOf(tweet['id_str']) || wordsOf(tweet['id']);
  const full = wordsOf(tweet['full_text']) || wordsOf(tweet['text']);
  if (id === '' || full === '') report.leave('unread');
  else if (full.startsWith('RT @')) report.leave('shared');
  else {
    const media = [tweet['extended_entities'], tweet['entities']].map((each) => listOf(fieldsOf(each)['media']));
    report.leave('attachments', (media[0]!.length > 0 ? media[0] : media[1])!.length);
    const isAnswer = wordsOf(tweet['in_reply_to_user_id_str']) !== '';
    const text = plain(whole.of(id, full), tweet, media.flat(), isAnswer);
    if (text === '') return undefined;
    report.take();
    return {
      id,
      answers: wordsOf(tweet['in_reply_to_status_id_str']),
      at: Date.parse(wordsOf(tweet['created_at'])),
      text,
      language: languageCode(wordsOf(tweet['lang'])),
    };
  }
  return undefined;
}

/** Restores the original addresses, and removes those of media and the leading names in a reply. */
function plain(text: string, tweet: Fields, media: readonly unknown[], isAnswer: boolean): string {
  const addresses = new Map<string, string>();
  for (const each of listOf(fieldsOf(tweet['entities'])['urls']).slice(0, MAX_ADDRESSES)) {
    const { url, expanded_url } = fieldsOf(each);
    if (wordsOf(url) !== '' && wordsOf(expanded_url) !== '') addresses.set(wordsOf(url), wordsOf(expanded_url));
  }
  for (const each of media.slice(0, MAX_ADDRESSES)) {
    const url = wordsOf(fieldsOf(each)['url']);
    if (url !== '') addresses.set(url, '');
  }
  let words = replaced(text, addresses);
  if (isAnswer) words = words.replace(/^(?:@\w{1,20}\s+)+/, '');
  return words
    .replace(/&(amp|lt|gt);/g, (_, name: keyof typeof LETTERS) => LETTERS[name])
    .replaceAll('\0', '')
    .trim()
    .toWellFormed();
}
const LETTERS = { amp: '&', lt: '<', gt: '>' } as const;

/** Limits: addresses per kind, code units of a short address, and of a post, for which X allows 25,000 characters. */
const MAX_ADDRESSES = 100;
const MAX_ADDRESS = 200;
const MAX_POST = 30_000;
/** Characters that addresses may add to a post. */
const MAX_ADDED = 100_000;

/** Replaces addresses in one pass, so that a replacement is never replaced again. */
function replaced(text: string, addresses: ReadonlyMap<string, string>): string {
  // Longer addresses first, so that one that extends another matches.
  const longestFirst = [...addresses.keys()]
    .filter(({ length }) => length <= MAX_ADDRESS)
    .sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0 || text.length > MAX_POST) return text;
  const any = new RegExp(
    longestFirst.map((each) => each.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)).join('|'),
    'g',
  );
  let left = MAX_ADDED;
  return text.replace(any, (address) => {
    const written = addresses.get(address)!;
    left -= written.length;
    return left < 0 ? address : written;
  });
}

interface Notes {
  /** Full text of a post, found by its id or its beginning. */
  of(id: string, beginning: string): string;
}

/** Indexes long posts; the list of posts has only their beginnings. */
function notesIn(notes: readonly unknown[]): Notes {
  const [byId, byBeginning] = [new Map<string, string>(), new Map<string, string>()];
  for (const each of notes) {
    const note = fieldsOf(fieldsOf(each)['noteTweet']);
    const results = note['noteTweetResults'];
    const text = wordsOf(
      fieldsOf(Array.isArray(results) ? results[0] : results)['text'] ?? fieldsOf(note['core'])['text'],
    );
    if (text === '') continue;
    byId.set(wordsOf(note['tweetId']), text);
    byBeginning.set(text.slice(0, BEGINNING), text);
  }
  return {
    of: (id, beginning) =>
      byId.get(id) ??
      (beginning.length > BEGINNING ? byBeginning.get(beginning.slice(0, BEGINNING)) : undefined) ??
      beginning,
  };
}
/** Code units that identify a long post without a known id. */
const BEGINNING = 200;
