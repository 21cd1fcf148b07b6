/** Joins one person's posts with their own replies: one document per thread. */
import { isoOf } from './conversation';
import type { FoundDocument } from '../format';

export interface Post {
  id: string;
  /** Id of the post that it replies to, by any author; empty: none. */
  answers: string;
  /** Milliseconds since 1970; NaN if unknown. */
  at: number;
  title?: string;
  text: string;
  author: string;
  source: string;
  language?: string | undefined;
}

/** Yields threads in the order of their first posts. */
export function* threadsOfPosts(posts: readonly Post[]): Generator<FoundDocument> {
  const ordered = posts.toSorted((a, b) => a.at - b.at || 0);
  const byId = new Map(ordered.map((post) => [post.id, post]));
  const rootOf = rootsOf(byId);
  const threads = new Map<Post, Post[]>();
  for (const post of ordered) {
    const root = rootOf(post);
    const thread = threads.get(root);
    if (thread) thread.push(post);
    else threads.set(root, [post]);
  }
  for (const thread of threads.values()) yield documentOf(thread);
}

/** Returns a function to the first post of a thread. Visits each post once, however long its thread is. */
function rootsOf(byId: ReadonlyMap<string, Post>): (post: Post) => Post {
  const roots = new Map<Post, Post>();
  return (post) => {
    const way: Post[] = [];
    const seen = new Set<Post>();
    let at: Post = post;
    while (!roots.has(at)) {
      if (seen.has(at)) break;
      seen.add(at);
      way.push(at);
      const next = byId.get(at.answers);
      if (!next) break;
      at = next;
    }
    const root = roots.get(at) ?? at;
    for (const each of way) roots.set(each, root);
    return root;
  };
}

function documentOf(thread: readonly Post[]): FoundDocument {
  const [{ at, title = '', author, source, language }] = thread as [Post, ...Post[]];
  const date = isoOf(at);
  const day = [author, date.slice(0, 10)].filter((part) => part !== '').join(', ');
  const fields = Object.entries({ date, author, source, language: language ?? '' });
  return {
    title: (title || day || 'Post').replace(/\s+/g, ' ').trim().slice(0, 200).toWellFormed(),
    text: thread.map(({ text }) => text).join('\n\n'),
    fields: Object.fromEntries(fields.filter(([, value]) => value !== '')),
  };
}
