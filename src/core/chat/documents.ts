/** Stored conversations as documents whose loss mask covers answers only. */
import type { Document, Documents } from '../base/document';
import { badSettings, HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { charactersIn } from '../base/utf8';
import type { Conversation } from './conversation';
import { type RenderedChat, renderChat } from './renderChat';
import { storedConversation } from './reader';
import type { ChatTemplate } from './template';

/** Parses a stored conversation, named by its document's title, such as `line 12 of chats.jsonl`. */
export async function conversationOf({ chunks, title = 'a conversation' }: Document): Promise<Conversation> {
  let row = '';
  for await (const chunk of chunks()) row += chunk;
  return storedConversation(row, title);
}

/**
 * Whether an error is about a conversation rather than its storage or the template: the template rejects it, or it has
 * no loss mask.
 */
export const isRefusal = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && (error.code === 'bad-settings' || error.code === 'bad-file');

/**
 * Renders each conversation with the template and tokenizes it. The hash includes the template, because other IDs are
 * other data. Callers iterate several times, so metadata is cached, and IDs up to a limit.
 * @param leaveOut called once for each conversation that the template rejects, which is then skipped; absent: the
 * error is thrown
 * @throws HomegrownError as `renderChat`, when the iteration reaches the first such conversation; also if all are
 * skipped
 */
export function renderedDocuments(
  stored: Documents,
  template: ChatTemplate,
  leaveOut?: (refusal: HomegrownError) => void,
): Documents {
  const known: (Known | null)[] = [];
  let first: HomegrownError | undefined;
  let ids = 0;
  async function lookAt(conversation: Conversation): Promise<Known | null> {
    let own;
    try {
      own = renderChat(conversation, template);
    } catch (error) {
      if (!leaveOut || !isRefusal(error)) throw error;
      leaveOut(error);
      first ??= error;
      return null;
    }
    const utf8 = encoder.encode(own.text);
    const isHeld = ids < MAX_BUFFERED_IDS;
    if (isHeld) ids += own.ids.length;
    return {
      sha256: await sha256Hex(JSON.stringify([template.source, conversation.messages])),
      characters: charactersIn(utf8),
      bytes: utf8.length,
      ...(isHeld && { held: { ids: own.ids, lossRanges: own.lossRanges } }),
    };
  }
  return {
    async *[Symbol.asyncIterator]() {
      let n = 0;
      let isAny = false;
      for await (const row of stored) {
        const own = known[n] === undefined ? (known[n] = await lookAt(await conversationOf(row))) : known[n]!;
        n++;
        if (own === null) continue;
        isAny = true;
        const { held, ...facts } = own;
        yield {
          ...facts,
          ...(row.text !== undefined && { text: row.text }),
          ...(row.place !== undefined && { place: row.place }),
          chunks: () => writtenOf(row, template),
          encoded: async () => held ?? renderChat(await conversationOf(row), template),
        };
      }
      if (!isAny && first) throw first;
    },
  };
}
async function* writtenOf(row: Document, template: ChatTemplate): AsyncGenerator<string> {
  yield template.render(await conversationOf(row));
}
interface Known extends Pick<Document, 'sha256' | 'characters' | 'bytes'> {
  held?: Pick<RenderedChat, 'ids' | 'lossRanges'>;
}
/** Maximum cached IDs, 4 bytes each. */
const MAX_BUFFERED_IDS = 2 ** 24;
const encoder = new TextEncoder();

/** Error for too few conversations to form a validation set. */
export const tooFewChats = (): Error =>
  badSettings(
    'Too few different chats: one is needed for training and one for validation.',
    'Add more conversations. Nothing was started.',
  );
