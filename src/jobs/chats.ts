/** Reads conversations of texts, previews their loss mask, and returns them as documents. */
import type { BlobStore } from '../core/base/blobStore';
import type { Document, Documents } from '../core/base/document';
import { badSettings, type HomegrownError } from '../core/base/errors';
import { type Job, yieldUntil } from '../core/base/job';
import type { Conversation } from '../core/chat/conversation';
import { conversationOf, isRefusal, renderedDocuments } from '../core/chat/documents';
import { fitted } from '../core/chat/fitted';
import { renderChat, renderedTokens, probeTemplate } from '../core/chat/renderChat';
import { conversationReader } from '../core/chat/reader';
import { spokenBy } from '../core/chat/spoken';
import type { ChatTemplate } from '../core/chat/template';
import { trainingSize, placedDocuments, textOf, textRef, type TextRecord } from '../core/documents';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import type { RenderedToken } from '../core/chat/renderChat';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import { type Shared, shared } from './shared';

export interface LossMaskPreview {
  /** The tokenizer with the template, which data and run use. */
  tokenizer: TokenizerModel;
  template: string;
  /** Conversations that the template accepts, and their tokens. */
  conversations: number;
  tokens: { all: number; trained: number };
  /** Number of conversations that the template refuses, which are skipped, and the first reason; absent if none. */
  refused?: { count: number; first: string };
  /** Conversations longer than the context, which are truncated, and those without any loss. */
  tooLong: { count: number; withoutLoss: number };
  /** Special token that ends an answer; if absent, the model can't learn when to stop. */
  endsWith?: string;
  /** Whether the chat prompt equals the training prompt. */
  asksAlike: boolean;
  examples: readonly RenderedConversation[];
}

export interface RenderedConversation {
  /** `row 12 of questions.jsonl`. */
  name: string;
  /** As many tokens as fit into the context. */
  tokens: readonly RenderedToken[];
  /** Number of all tokens. */
  of: number;
  trained: number;
}

export { importSpeakers, speakersIn } from './speakers';
export { conversationReader, renderedDocuments, spokenBy };

export interface LossMaskInput {
  texts: readonly string[];
  tokenizer: TokenizerModel;
  /** Context of the model, in tokens. */
  context: number;
  /** `count` conversations from the `from`th. */
  from: number;
  count: number;
}

interface Counts extends Pick<LossMaskPreview, 'conversations' | 'tokens' | 'tooLong' | 'refused'> {
  /** Places of conversations that the template refuses. */
  refusedAt: ReadonlySet<number>;
}
type LossMaskPreviewer = (store: BlobStore, input: LossMaskInput, job: Job) => Promise<LossMaskPreview>;

/** Keeps its last counts, so turning pages doesn't count all conversations again. */
export function lossMaskPreviewer(): LossMaskPreviewer {
  let last: Shared<Counts> | undefined;
  return async (store, { texts: ids, tokenizer, context, from, count }, job) => {
    const texts = await Promise.all(ids.map((id) => textOf(store, id)));
    const textWithoutChats = texts.find(({ conversations }) => !conversations);
    if (textWithoutChats || texts.length === 0)
      throw badSettings(
        textWithoutChats ? `${textWithoutChats.name} has no chats.` : 'There are no chats to preview.',
        'Add chats: JSON Lines in OpenAI, ShareGPT or Alpaca format, or a table of questions and answers.',
      );
    const template = await spokenBy(await createTokenizer(tokenizer));
    const { endsWith, asksAlike } = probeTemplate(template);
    const stored = conversationsOf(store, texts);
    const cacheKey = JSON.stringify([texts.map(textRef), template.tokenizer.hash, template.source, context]);
    const total = texts.reduce((sum, text) => sum + trainingSize(text).documents, 0);
    if (last?.key !== cacheKey || last.isStopped())
      last = shared(cacheKey, (sharedJob) => countConversations(stored, template, context, total, sharedJob));
    const { refusedAt, ...counts } = await last.wait(job);
    const examples: RenderedConversation[] = [];
    let [index, acceptedIndex] = [0, 0];
    for await (const document of stored) {
      if (acceptedIndex >= from + count) break;
      if (!refusedAt.has(index++) && acceptedIndex++ >= from)
        examples.push(await renderExample(document, template, context));
    }
    const endText = endsWith === undefined ? undefined : template.tokenizer.specialOf(endsWith)?.text;
    return {
      tokenizer: template.tokenizer.model,
      template: template.source,
      ...counts,
      ...(endText !== undefined && { endsWith: endText }),
      asksAlike,
      examples,
    };
  };
}

/** Conversations of several texts, one after another. */
export const conversationsOf = (store: BlobStore, texts: readonly TextRecord[]): Documents => ({
  async *[Symbol.asyncIterator]() {
    for (const text of texts) yield* placedDocuments(store, text);
  },
});

async function countConversations(
  stored: Documents,
  template: ChatTemplate,
  context: number,
  total: number,
  { signal, report }: Job,
): Promise<Counts> {
  const pause = yieldUntil(signal);
  const counts = { conversations: 0, tokens: { all: 0, trained: 0 }, tooLong: { count: 0, withoutLoss: 0 } };
  const refusedAt = new Set<number>();
  let first: HomegrownError | undefined;
  let done = 0;
  for await (const document of stored) {
    const conversation = await conversationOf(document);
    try {
      const { ids, lossRanges, leftOut } = renderWithinContext(conversation, template, context);
      counts.conversations++;
      counts.tokens.all += ids.length;
      for (const [from, to] of lossRanges) counts.tokens.trained += to - from;
      if (leftOut > 0) counts.tooLong.count++;
      if (lossRanges.length === 0) counts.tooLong.withoutLoss++;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      first ??= error;
      refusedAt.add(done);
    }
    if (++done % CHATS_PER_TURN > 0) continue;
    report({ label: 'Preparing', done, of: total, unit: 'chats' });
    await pause();
  }
  if (first && counts.conversations === 0) throw first;
  return { ...counts, refusedAt, ...(first && { refused: { count: refusedAt.size, first: first.message } }) };
}
/** Conversations between two turns of the event loop. */
const CHATS_PER_TURN = 32;

/** Counts the tokens of a conversation, and those with loss within a context. */
function renderWithinContext(conversation: Conversation, template: ChatTemplate, context: number) {
  const rendered = renderChat(conversation, template);
  // A row has one more token than the context: the target of its last position.
  const cut = fitted(rendered, context + 1);
  return {
    ...rendered,
    lossRanges: cut?.rendered.lossRanges ?? [],
    leftOut: cut?.leftOut ?? rendered.lossRanges.length,
  };
}

async function renderExample(
  document: Document,
  template: ChatTemplate,
  context: number,
): Promise<RenderedConversation> {
  const rendered = renderWithinContext(await conversationOf(document), template, context);
  const tokens = renderedTokens(rendered, template.tokenizer, context + 1);
  const trained = tokens.filter(({ hasLoss }) => hasLoss).length;
  return { name: document.title!, tokens, of: rendered.ids.length, trained };
}
