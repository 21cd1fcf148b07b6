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
  const rendered: (RenderedFacts | null)[] = [];
  let firstRefusal: HomegrownError | undefined;
  let bufferedIds = 0;
  async function renderOne(conversation: Conversation): Promise<RenderedFacts | null> {
    let result;
    try {
      result = renderChat(conversation, template);
    } catch (error) {
      if (!leaveOut || !isRefusal(error)) throw error;
      leaveOut(error);
      firstRefusal ??= error;
      return null;
    }
    const utf8 = encoder.encode(result.text);
    const isBuffered = bufferedIds < MAX_BUFFERED_IDS;
    if (isBuffered) bufferedIds += result.ids.length;
    return {
      sha256: await sha256Hex(JSON.stringify([template.source, conversation.messages])),
      characters: charactersIn(utf8),
      bytes: utf8.length,
      ...(isBuffered && { encoding: { ids: result.ids, lossRanges: result.lossRanges } }),
    };
  }
  return {
    async *[Symbol.asyncIterator]() {
      let index = 0;
      let hasAny = false;
      for await (const row of stored) {
        const result =
          rendered[index] === undefined
            ? (rendered[index] = await renderOne(await conversationOf(row)))
            : rendered[index]!;
        index++;
        if (result === null) continue;
        hasAny = true;
        const { encoding, ...facts } = result;
        yield {
          ...facts,
          ...(row.text !== undefined && { text: row.text }),
          ...(row.place !== undefined && { place: row.place }),
          chunks: () => renderedText(row, template),
          encoded: async () => encoding ?? renderChat(await conversationOf(row), template),
        };
      }
      if (!hasAny && firstRefusal) throw firstRefusal;
    },
  };
}
async function* renderedText(row: Document, template: ChatTemplate): AsyncGenerator<string> {
  yield template.render(await conversationOf(row));
}
interface RenderedFacts extends Pick<Document, 'sha256' | 'characters' | 'bytes'> {
  encoding?: Pick<RenderedChat, 'ids' | 'lossRanges'>;
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
