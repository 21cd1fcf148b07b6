/** Joins one person's posts with their own replies: one document per thread. */
import { toIsoTime } from './conversation';
import type { FoundDocument } from '../format';

export interface Post {
  id: string;
  /** Id of the post that it replies to, by any author; empty: none. */
  replyTo: string;
  /** Milliseconds since 1970; NaN if unknown. */
  time: number;
  title?: string;
  text: string;
  author: string;
  source: string;
  language?: string | undefined;
}

/** Yields threads in the order of their first posts. */
export function* threadsOfPosts(posts: readonly Post[]): Generator<FoundDocument> {
  const ordered = posts.toSorted((a, b) => a.time - b.time || 0);
  const byId = new Map(ordered.map((post) => [post.id, post]));
  const rootOf = rootFinder(byId);
  const threads = new Map<Post, Post[]>();
  for (const post of ordered) {
    const root = rootOf(post);
    const thread = threads.get(root);
    if (thread) thread.push(post);
    else threads.set(root, [post]);
  }
  for (const thread of threads.values()) yield threadDocument(thread);
}

/** Returns a function to the first post of a thread. Visits each post once, however long its thread is. */
function rootFinder(byId: ReadonlyMap<string, Post>): (post: Post) => Post {
  const roots = new Map<Post, Post>();
  return (post) => {
    const path: Post[] = [];
    const visited = new Set<Post>();
    let current: Post = post;
    while (!roots.has(current)) {
      if (visited.has(current)) break;
      visited.add(current);
      path.push(current);
      const parent = byId.get(current.replyTo);
      if (!parent) break;
      current = parent;
    }
    const root = roots.get(current) ?? current;
    for (const visitedPost of path) roots.set(visitedPost, root);
    return root;
  };
}

function threadDocument(thread: readonly Post[]): FoundDocument {
  const [{ time, title = '', author, source, language }] = thread as [Post, ...Post[]];
  const date = toIsoTime(time);
  const day = [author, date.slice(0, 10)].filter((part) => part !== '').join(', ');
  const fields = Object.entries({ date, author, source, language: language ?? '' });
  return {
    title: (title || day || 'Post').replace(/\s+/g, ' ').trim().slice(0, 200).toWellFormed(),
    text: thread.map(({ text }) => text).join('\n\n'),
    fields: Object.fromEntries(fields.filter(([, value]) => value !== '')),
  };
}
