/**
 * What Mastodon gives to its user: what they posted (outbox.json), with what they answered themselves; what they boosted is left
 * out. ActivityStreams 2.0: https://www.w3.org/TR/activitystreams-vocabulary
 */
import { Held, jsonBeside } from '../chats/beside';
import { type Fields, fieldsOf, listOf, wordsOf } from '../chats/json';
import { type Post, threadsOfPosts } from '../chats/posts';
import { THREADS, Told } from '../chats/told';
import { jsonFile } from '../json';
import { languageCode } from '../languageCode';
import { MAX_JSON_FILE_BYTES } from '../limits';
import { pageText } from '../markupText';
import type { DocumentReader } from './format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const told = new Told(file, 'post');
  const { orderedItems } = fieldsOf(await jsonFile(file, MAX_JSON_FILE_BYTES));
  const actor = fieldsOf(await jsonBeside(file, 'actor.json'));
  const held = new Held(file.name, 'posts');
  const posts: Post[] = [];
  for (const each of listOf(orderedItems)) {
    const activity = fieldsOf(each);
    const post = postOf(activity, told);
    if (!post) continue;
    held.add(post.text);
    posts.push({ ...post, author: wordsOf(actor['name']) || wordsOf(actor['preferredUsername']) || post.author });
  }
  told.leave('files', [...(file.beside?.paths ?? [])].filter((path) => !/^actor\.json$|^media_/.test(path)).length);
  yield* threadsOfPosts(posts);
  told.note('a Mastodon archive', THREADS);
};

function postOf({ type, object, actor, published }: Fields, told: Told): Post | undefined {
  const note = fieldsOf(object);
  if (type === 'Announce') told.leave('shared');
  else if (type !== 'Create' || typeof note['content'] !== 'string') told.leave('unread');
  else {
    told.leave('attachments', listOf(note['attachment']).length);
    const { text } = pageText(note['content']);
    const words = text.replaceAll('\0', '').trim().toWellFormed();
    if (words === '') return undefined;
    told.take();
    const [language = ''] = Object.keys(fieldsOf(note['contentMap']));
    return {
      id: wordsOf(note['id']),
      answers: wordsOf(note['inReplyTo']),
      at: Date.parse(wordsOf(note['published']) || wordsOf(published)),
      // What it warns of.
      title: wordsOf(note['summary']),
      text: words,
      author: wordsOf(actor).split('/').at(-1) ?? '',
      source: wordsOf(note['url']) || wordsOf(note['id']),
      language: languageCode(language),
    };
  }
  return undefined;
}
