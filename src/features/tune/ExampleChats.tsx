import type { RenderedToken } from '../../core/chat/renderChat';
import { Turns } from './Turns';

/** Example of the chats on this page: a conversation with its trained tokens marked. */
export const ExampleChats = () => <Turns example={EXAMPLE} hasBorders />;

const said = (role: RenderedToken['role'], words: readonly string[], hasLoss = false): readonly RenderedToken[] =>
  words.map((text, id) => ({ id, text, role, hasLoss, isSpecial: false }));

const tokens: readonly RenderedToken[] = [
  ...said('user', ['What', ' is', ' a', ' gam', '?']),
  ...said(
    'assistant',
    ['A', ' meeting', ' of', ' two', ' whale', 'ships', ' at', ' sea', '.', ' The', ' crews', ' visit', ' by', ' boat', '.'], // prettier-ignore
    true,
  ),
  ...said('user', ['For', ' how', ' long', '?']),
  ...said('assistant', ['An', ' afternoon', ',', ' if', ' the', ' weather', ' holds', '.'], true),
];
const EXAMPLE = {
  name: 'chats.jsonl, line 1',
  tokens,
  of: tokens.length,
  trained: tokens.filter(({ hasLoss }) => hasLoss).length,
};
