/** What one person posted, each with what they answered themselves: one document a thread. */
import { isoOf } from './conversation';
import type { FoundDocument } from '../format';

export interface Post {
  id: string;
  /** Of the post that it answers, whoever's; empty: none. */
  answers: string;
  /** Milliseconds since 1970; NaN where it is not known. */
  at: number;
  title?: string;
  text: string;
  author: string;
  source: string;
  language?: string | undefined;
}

/** In the order of their first posts. */
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

/** The first post of the thread that one is in. Each is gone through once, however long its thread is. */
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
