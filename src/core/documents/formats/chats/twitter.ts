/**
 * Reads X's data archive: posts, joined with the author's own replies. Leaves out reposts, and the leading names in
 * replies to others. https://help.x.com/en/managing-your-account/how-to-download-your-x-archive
 */
import { badFile } from '../../../base/errors';
import { TextBudget, companionJson } from './companionFiles';
import { type Fields, asFields, asList, asString } from './json';
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
  const otherPartPaths = paths.filter((path) =>
    /^data\/(?:tweets?-part\d+|community-tweet(?:-part\d+)?)\.js$/.test(path),
  );
  const readCompanion = (path: string) => companionJson(file, path, parsePart);
  const account = asFields(asFields(asList(await readCompanion('data/account.js'))[0])['account']);
  const longPosts = indexLongPosts(asList(await readCompanion('data/note-tweet.js')));
  const budget = new TextBudget(file.name, 'posts');
  const user = asString(account['username']);
  const author = asString(account['accountDisplayName']) || user;
  const posts: Post[] = [];
  for (const part of [undefined, ...otherPartPaths]) {
    for (const item of asList(part === undefined ? await parsePart(file) : await readCompanion(part))) {
      const tweet = asFields(asFields(item)['tweet'] ?? item);
      const post = postOf(tweet, longPosts, report);
      if (!post) continue;
      budget.add(post.text);
      posts.push({ ...post, author, source: `https://x.com/${user || 'i'}/status/${post.id}` });
    }
  }
  const readPaths = ['data/account.js', 'data/note-tweet.js'].filter((path) => paths.includes(path));
  report.countSkipped('files', paths.length - otherPartPaths.length - readPaths.length);
  yield* threadsOfPosts(posts);
  report.note('an X archive', THREADS);
};

/** Parses the right side of `window.YTD.tweets.part0 = [ … ]` as JSON, without running it. */
async function parsePart(file: OpenFile): Promise<unknown> {
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

function postOf(tweet: Fields, longPosts: LongPosts, report: EntryReport): Omit<Post, 'author' | 'source'> | undefined {
  const id = asString(tweet['id_str']) || asString(tweet['id']);
  const statedText = asString(tweet['full_text']) || asString(tweet['text']);
  if (id === '' || statedText === '') report.countSkipped('unread');
  else if (statedText.startsWith('RT @')) report.countSkipped('shared');
  else {
    const media = [tweet['extended_entities'], tweet['entities']].map((entities) =>
      asList(asFields(entities)['media']),
    );
    report.countSkipped('attachments', (media[0]!.length > 0 ? media[0] : media[1])!.length);
    const isReply = asString(tweet['in_reply_to_user_id_str']) !== '';
    const text = restoreText(longPosts.textOf(id, statedText), tweet, media.flat(), isReply);
    if (text === '') return undefined;
    report.countRead();
    return {
      id,
      replyTo: asString(tweet['in_reply_to_status_id_str']),
      time: Date.parse(asString(tweet['created_at'])),
      text,
      language: languageCode(asString(tweet['lang'])),
    };
  }
  return undefined;
}

/** Restores the original addresses, and removes those of media and the leading names in a reply. */
function restoreText(text: string, tweet: Fields, media: readonly unknown[], isReply: boolean): string {
  const addresses = new Map<string, string>();
  for (const entity of asList(asFields(tweet['entities'])['urls']).slice(0, MAX_ADDRESSES)) {
    const { url, expanded_url } = asFields(entity);
    if (asString(url) !== '' && asString(expanded_url) !== '') addresses.set(asString(url), asString(expanded_url));
  }
  for (const entity of media.slice(0, MAX_ADDRESSES)) {
    const url = asString(asFields(entity)['url']);
    if (url !== '') addresses.set(url, '');
  }
  let restored = replaceAddresses(text, addresses);
  if (isReply) restored = restored.replace(/^(?:@\w{1,20}\s+)+/, '');
  return restored
    .replace(/&(amp|lt|gt);/g, (_, name: keyof typeof ENTITIES) => ENTITIES[name])
    .replaceAll('\0', '')
    .trim()
    .toWellFormed();
}
const ENTITIES = { amp: '&', lt: '<', gt: '>' } as const;

/** Limits: addresses per kind, code units of a short address, and of a post, for which X allows 25,000 characters. */
const MAX_ADDRESSES = 100;
const MAX_ADDRESS_LENGTH = 200;
const MAX_POST_LENGTH = 30_000;
/** Characters that addresses may add to a post. */
const MAX_ADDED_LENGTH = 100_000;

/** Replaces addresses in one pass, so that a replacement is never replaced again. */
function replaceAddresses(text: string, addresses: ReadonlyMap<string, string>): string {
  // Longer addresses first, so that one that extends another matches.
  const longestFirst = [...addresses.keys()]
    .filter(({ length }) => length <= MAX_ADDRESS_LENGTH)
    .sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0 || text.length > MAX_POST_LENGTH) return text;
  const anyAddress = new RegExp(
    longestFirst.map((address) => address.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)).join('|'),
    'g',
  );
  let remainingLength = MAX_ADDED_LENGTH;
  return text.replace(anyAddress, (address) => {
    const replacement = addresses.get(address)!;
    remainingLength -= replacement.length;
    return remainingLength < 0 ? address : replacement;
  });
}

interface LongPosts {
  /** Full text of a post, found by its id or its beginning. */
  textOf(id: string, beginning: string): string;
}

/** Indexes long posts; the list of posts has only their beginnings. */
function indexLongPosts(notes: readonly unknown[]): LongPosts {
  const [byId, byBeginning] = [new Map<string, string>(), new Map<string, string>()];
  for (const value of notes) {
    const note = asFields(asFields(value)['noteTweet']);
    const results = note['noteTweetResults'];
    const text = asString(
      asFields(Array.isArray(results) ? results[0] : results)['text'] ?? asFields(note['core'])['text'],
    );
    if (text === '') continue;
    byId.set(asString(note['tweetId']), text);
    byBeginning.set(text.slice(0, BEGINNING_LENGTH), text);
  }
  return {
    textOf: (id, beginning) =>
      byId.get(id) ??
      (beginning.length > BEGINNING_LENGTH ? byBeginning.get(beginning.slice(0, BEGINNING_LENGTH)) : undefined) ??
      beginning,
  };
}
/** Code units that identify a long post without a known id. */
const BEGINNING_LENGTH = 200;
