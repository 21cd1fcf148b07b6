/**
 * Reads a Mastodon archive: the user's posts (outbox.json) with their own replies, without boosts. ActivityStreams 2.0:
 * https://www.w3.org/TR/activitystreams-vocabulary
 */
import { Held, companionJson } from './companionFiles';
import { type Fields, fieldsOf, listOf, wordsOf } from './json';
import { type Post, threadsOfPosts } from './posts';
import { THREADS, EntryReport } from './entryReport';
import { jsonFile } from '../../json';
import { languageCode } from '../../languageCode';
import { MAX_JSON_FILE_BYTES } from '../../limits';
import { pageText } from '../../markupText';
import type { DocumentReader } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'post');
  const { orderedItems } = fieldsOf(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const actor = fieldsOf(await companionJson(file, 'actor.json'));
  const held = new Held(file.name, 'posts');
  const posts: Post[] = [];
  for (const each of listOf(orderedItems)) {
    const activity = fieldsOf(each);
    const post = postOf(activity, report);
    if (!post) continue;
    held.add(post.text);
    posts.push({ ...post, author: wordsOf(actor['name']) || wordsOf(actor['preferredUsername']) || post.author });
  }
  report.leave(
    'files',
    [...(file.companions?.paths ?? [])].filter((path) => !/^actor\.json$|^media_/.test(path)).length,
  );
  yield* threadsOfPosts(posts);
  report.note('a Mastodon archive', THREADS);
};

function postOf({ type, object, actor, published }: Fields, report: EntryReport): Post | undefined {
  const note = fieldsOf(object);
  if (type === 'Announce') report.leave('shared');
  else if (type !== 'Create' || typeof note['content'] !== 'string') report.leave('unread');
  else {
    report.leave('attachments', listOf(note['attachment']).length);
    const { text } = pageText(note['content']);
    const words = text.replaceAll('\0', '').trim().toWellFormed();
    if (words === '') return undefined;
    report.take();
    const [language = ''] = Object.keys(fieldsOf(note['contentMap']));
    return {
      id: wordsOf(note['id']),
      answers: wordsOf(note['inReplyTo']),
      at: Date.parse(wordsOf(note['published']) || wordsOf(published)),
      // Content warning.
      title: wordsOf(note['summary']),
      text: words,
      author: wordsOf(actor).split('/').at(-1) ?? '',
      source: wordsOf(note['url']) || wordsOf(note['id']),
      language: languageCode(language),
    };
  }
  return undefined;
}
