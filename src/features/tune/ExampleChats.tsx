import type { PaintedToken } from '../../core/chat/painted';
import { Turns } from './Turns';

/** A conversation with the tokens that are trained on, as an example of what the page shows of chats. */
export const ExampleChats = () => <Turns example={EXAMPLE} hasBorders />;

const said = (role: PaintedToken['role'], words: readonly string[], isLearnt = false): readonly PaintedToken[] =>
  words.map((text, id) => ({ id, text, role, isLearnt, isSpecial: false }));

const tokens: readonly PaintedToken[] = [
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
  learnt: tokens.filter(({ isLearnt }) => isLearnt).length,
};
