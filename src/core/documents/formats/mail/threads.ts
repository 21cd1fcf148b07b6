/** Joins messages and their replies: one document per thread. */
import type { FoundDocument } from '../format';
import type { Message } from './message';

/** Returns threads in the order of their first messages in the mailbox; each thread is oldest first. */
export function threadsOf(messages: readonly Message[]): FoundDocument[] {
  const parents = new Map<string, string>();
  const rootOf = (id: string): string => {
    let root = id;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    // Compresses the path: each id on it now points to the root, so that a chain of replies takes linear time.
    for (let current = id; current !== root;) {
      const parent = parents.get(current)!;
      parents.set(current, root);
      current = parent;
    }
    return root;
  };
  for (const { id, replyTo: answers } of messages) {
    const [first, ...otherIds] = [...(id === '' ? [] : [id]), ...answers];
    for (const otherId of otherIds) {
      const [a, b] = [rootOf(first!), rootOf(otherId)];
      if (a !== b) parents.set(b, a);
    }
  }
  const threads = new Map<string, Message[]>();
  for (const [i, message] of messages.entries()) {
    const [anyId] = [message.id, ...message.replyTo].filter((id) => id !== '');
    const root = anyId === undefined ? `alone ${i}` : `thread ${rootOf(anyId)}`;
    const thread = threads.get(root);
    if (thread) thread.push(message);
    else threads.set(root, [message]);
  }
  return [...threads.values()].map(threadDocument);
}

function threadDocument(thread: readonly Message[]): FoundDocument {
  const isDated = thread.every(({ date }) => date !== '');
  const ordered = isDated ? thread.toSorted((a, b) => Date.parse(a.date) - Date.parse(b.date)) : thread;
  const [first] = ordered as [Message, ...Message[]];
  const title = first.subject.replace(/^(?:(?:re|aw|sv|antw|fwd?|wg|tr)\s*:\s*)+/i, '');
  const text =
    ordered.length === 1
      ? first.text
      : ordered.map(({ from, text }) => `${from === '' ? 'Unknown' : from}:\n${text}`).join('\n\n');
  return {
    ...(title !== '' && { title }),
    text,
    fields: {
      ...(first.date !== '' && { date: first.date }),
      ...(first.from !== '' && ordered.length === 1 && { author: first.from }),
    },
  };
}
