import { type Message, quoteValue, type Speaker } from '../conversation';
import { isRow, type Row, type Shape } from './shape';

/** Turns with `from` and `value`; a system message may be a sibling field. */
export const sharegpt: Shape = {
  label: 'ShareGPT',
  source: 'https://github.com/lm-sys/FastChat/blob/main/data/dummy_conversation.json',
  recognizes: ({ conversations }) =>
    Array.isArray(conversations) && conversations.every((turn) => isRow(turn) && 'from' in turn && 'value' in turn),
  conversation(row) {
    const { system } = row;
    const messages: Message[] =
      typeof system === 'string' && system !== '' ? [{ role: 'system', content: system }] : [];
    for (const [i, { from, value }] of (row['conversations'] as readonly Row[]).entries()) {
      const role = ROLES.get(from);
      if (!role) return `has a turn from ${quoteValue(from)}, which isn't supported`;
      if (typeof value !== 'string') return `has a turn that isn't text, turn ${i + 1}`;
      messages.push({ role, content: value });
    }
    return { messages };
  },
};

/** Role names in ShareGPT files. */
const ROLES: ReadonlyMap<unknown, Speaker> = new Map([
  ['system', 'system'],
  ['human', 'user'],
  ['user', 'user'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['bot', 'assistant'],
  ['assistant', 'assistant'],
]);
