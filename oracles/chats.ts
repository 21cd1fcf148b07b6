/** Conversations as ids with their loss mask, for ours.ts. */
import type { Conversation } from '../src/core/chat/conversation';
import { type IdRange, renderChat, prompted } from '../src/core/chat/renderChat';
import { compiled } from '../src/core/chat/template';
import { usualTemplate } from '../src/core/chat/usual';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';

export interface Chats {
  chats: readonly Conversation['messages'][];
  /** Absent: the default template of the folder's tokenizer. */
  template?: string;
}

interface RenderedExample {
  ids: number[];
  lossRanges: readonly IdRange[];
  /** Ids of the prompt for the last answer. */
  prompt: number[];
}

export async function renderChats(tokenizer: Tokenizer, { chats, template = usualTemplate(tokenizer) }: Chats) {
  const run = await compiled(template, tokenizer);
  const all = chats.map((messages): RenderedExample => {
    const { ids, lossRanges } = renderChat({ messages }, run);
    return { ids: [...ids], lossRanges, prompt: [...prompted({ messages: messages.slice(0, -1) }, run)] };
  });
  return { template, chats: all };
}
