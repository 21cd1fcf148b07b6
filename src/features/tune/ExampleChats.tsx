import type { RenderedToken } from '../../core/chat/renderChat';
import { Turns } from './Turns';

/** Example of the chats on this page: a conversation with its trained tokens marked. */
export const ExampleChats = () => <Turns example={EXAMPLE} hasBorders />;

const turn = (role: RenderedToken['role'], words: readonly string[], hasLoss = false): readonly RenderedToken[] =>
  words.map((text, id) => ({ id, text, role, hasLoss, isSpecial: false }));

const tokens: readonly RenderedToken[] = [
  ...turn('user', ['What', ' is', ' a', ' gam', '?']),
  ...turn(
    'assistant',
    ['A', ' meeting', ' of', ' two', ' whale', 'ships', ' at', ' sea', '.', ' The', ' crews', ' visit', ' by', ' boat', '.'], // prettier-ignore
    true,
  ),
  ...turn('user', ['For', ' how', ' long', '?']),
  ...turn('assistant', ['An', ' afternoon', ',', ' if', ' the', ' weather', ' holds', '.'], true),
];
const EXAMPLE = {
  name: 'chats.jsonl, line 1',
  tokens,
  of: tokens.length,
  trained: tokens.filter(({ hasLoss }) => hasLoss).length,
};
