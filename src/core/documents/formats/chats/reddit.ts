/**
 * Reads a Reddit archive: posts.csv and comments.csv. A post is a document, with its author's comments; so is a comment
 * on somebody else's post, with its author's replies. https://support.reddithelp.com/hc/articles/360043048352
 */
import { allOf } from '../../badRows';
import { TextBudget, companionRows } from './companionFiles';
import { type Post, threadsOfPosts } from './posts';
import { THREADS, EntryReport } from './entryReport';
import { COMMAS, delimitedRows } from '../../delimited';
import type { DocumentReader, Row } from '../format';

export const documents: DocumentReader['documents'] = async function* (file) {
  const report = new EntryReport(file, 'post or comment');
  const budget = new TextBudget(file.name, 'posts');
  const posts: Post[] = [];
  const addPost = (cells: Row['cells']): void => {
    const post = postOf(cells, report);
    if (!post) return;
    budget.add(post.text);
    posts.push(post);
  };
  for await (const { cells } of allOf(file.name, delimitedRows(file, COMMAS))) addPost(cells);
  const paths = file.companions?.paths ?? new Set<string>();
  if (paths.has('posts.csv')) for await (const cells of companionRows(file, 'posts.csv')) addPost(cells);
  report.countSkipped('files', paths.size - (paths.has('posts.csv') ? 1 : 0));
  yield* threadsOfPosts(posts);
  report.note('a Reddit archive', THREADS);
};

function postOf(cells: Row['cells'], report: EntryReport): Post | undefined {
  const cell = (name: string): string => (cells.get(name) ?? '').replaceAll('\0', '').trim();
  const [id, body, title] = [cell('id'), cell('body'), cell('title')];
  const text = [title, REMOVED.test(body) ? '' : body].filter((part) => part !== '').join('\n\n');
  if (id === '') report.countSkipped('unread');
  else if (text === '' || REMOVED.test(text)) report.countSkipped('deleted');
  else {
    report.countRead();
    const date = cell('date').replace(/^(\S+) (\S+) UTC$/, '$1T$2Z');
    const parent = cell('parent').replace(/^t\d_/, '');
    const [, postId = ''] = /\/comments\/([a-z0-9]+)/i.exec(cell('link')) ?? [];
    const subreddit = cell('subreddit');
    return {
      id,
      replyTo: parent || postId,
      time: Date.parse(date),
      title: [subreddit && `r/${subreddit}`, title].filter((part) => part !== '').join(': '),
      text: text.toWellFormed(),
      author: '',
      source: cell('permalink'),
    };
  }
  return undefined;
}
const REMOVED = /^\[(?:deleted|removed)\]$/;
