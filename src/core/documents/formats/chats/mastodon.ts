/**
 * Reads a Mastodon archive: the user's posts (outbox.json) with their own replies, without boosts. ActivityStreams 2.0:
 * https://www.w3.org/TR/activitystreams-vocabulary
 */
import { TextBudget, companionJson } from './companionFiles';
import { type Fields, asFields, asList, asString } from './json';
import { type Post, threadsOfPosts } from './posts';
import { THREADS, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { languageCode } from '../../languageCode';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import { pageText } from '../../markupText';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'post');
  const { orderedItems } = asFields(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const actor = asFields(await companionJson(file, 'actor.json'));
  const budget = new TextBudget(file.name, 'posts');
  const posts: Post[] = [];
  for (const item of asList(orderedItems)) {
    const activity = asFields(item);
    const post = postOf(activity, report);
    if (!post) continue;
    budget.add(post.text);
    posts.push({ ...post, author: asString(actor['name']) || asString(actor['preferredUsername']) || post.author });
  }
  report.countSkipped(
    'files',
    [...(file.companions?.paths ?? [])].filter((path) => !/^actor\.json$|^media_/.test(path)).length,
  );
  yield* threadsOfPosts(posts);
  report.note('a Mastodon archive', THREADS);
};

function postOf({ type, object, actor, published }: Fields, report: EntryReport): Post | undefined {
  const note = asFields(object);
  if (type === 'Announce') report.countSkipped('shared');
  else if (type !== 'Create' || typeof note['content'] !== 'string') report.countSkipped('unread');
  else {
    report.countSkipped('attachments', asList(note['attachment']).length);
    const { text } = pageText(note['content']);
    const trimmed = text.replaceAll('\0', '').trim().toWellFormed();
    if (trimmed === '') return undefined;
    report.countRead();
    const [language = ''] = Object.keys(asFields(note['contentMap']));
    return {
      id: asString(note['id']),
      replyTo: asString(note['inReplyTo']),
      time: Date.parse(asString(note['published']) || asString(published)),
      // Content warning.
      title: asString(note['summary']),
      text: trimmed,
      author: asString(actor).split('/').at(-1) ?? '',
      source: asString(note['url']) || asString(note['id']),
      language: languageCode(language),
    };
  }
  return undefined;
}
