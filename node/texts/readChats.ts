/** Chats as documents with loss on the answers: rows of JSON in a known shape, or pairs of two columns. */
import type { BlobStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import type { Job } from '../../src/core/base/job';
import { counted } from '../../src/core/base/units';
import { conversationOf, renderedDocuments } from '../../src/core/chat/documents';
import { renderChat, type RenderedChat, renderedTokens, probeTemplate } from '../../src/core/chat/renderChat';
import { conversationReader } from '../../src/core/chat/reader';
import { type ChatTemplate, ownTemplate } from '../../src/core/chat/template';
import { importText, trainingFacts, placedDocuments, type TextRecord, type TextSource } from '../../src/core/documents';
import type { DataFacts } from '../../src/core/runs/settings';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import type { Files } from './cleanedTexts';
import { readers } from './readers';

interface Chats {
  documents: readonly Document[];
  /** One text per file. */
  texts: DataFacts['texts'];
  /** Names of the texts, by text id. */
  names: ReadonlyMap<string | undefined, string>;
  /** Files that the chats come from. */
  files: readonly { path: string; sha256: string; source: TextSource }[];
}

interface ChatSettings {
  template: ChatTemplate;
  /** Whether the run resumes: then chats that its template refuses are left out, as in the app. */
  isResuming: boolean;
  /** Receives notes about the files. */
  note(words: string): void;
}

/**
 * Imports chats into a store, as the app does.
 * @throws HomegrownError `bad-shape` for a file in no known shape; `bad-file` for the first row that can't be trained on;
 * `bad-settings` if the template refuses a chat
 */
export async function readChats(
  store: BlobStore,
  files: Files,
  { template, isResuming, note }: ChatSettings,
  job: Job,
): Promise<Chats> {
  const imports: { text: TextRecord; documents: Document[]; path: string; source: TextSource }[] = [];
  for (const [i, { path, source }] of files.entries()) {
    const settings = { addedAt: i, conversations: conversationReader, readers };
    const imported = await importText(source, store, settings, job);
    if (imported.kind !== 'added') continue;
    const { text } = imported;
    for (const words of text.notes) note(`${text.name}: ${words}.`);
    note(`${text.name}: ${counted(text.documents, 'conversation')}.`);
    const conversations: Document[] = [];
    for await (const document of placedDocuments(store, text)) conversations.push(document);
    if (imports.length === 0 && !isResuming) for (const line of await previewNotes(conversations, template)) note(line);
    const documents: Document[] = [];
    const leaveOut = ({ message }: Error): void => note(`${message} This chat was skipped.`);
    for await (const document of renderedDocuments(conversations, template, isResuming ? leaveOut : undefined)) {
      job.signal.throwIfAborted();
      documents.push(document);
    }
    imports.push({ text, documents, path, source });
  }
  return {
    documents: imports.flatMap(({ documents }) => documents),
    texts: imports.map(({ text }) => trainingFacts(text)),
    names: new Map(imports.map(({ text }) => [text.id, text.name])),
    files: imports.map(({ text, path, source }) => ({ path, sha256: trainingFacts(text).sha256, source })),
  };
}

/** Shows the loss mask of the first two chats, and warns about the template. */
async function previewNotes(conversations: readonly Document[], template: ChatTemplate): Promise<readonly string[]> {
  const { endsWith, asksAlike } = probeTemplate(template);
  const previewed = await Promise.all(conversations.slice(0, PREVIEWED_CHATS).map(conversationOf));
  return [
    ...previewed.map((conversation) => {
      const rendered = renderChat(conversation, template);
      return `Training answers are between ⟦ and ⟧:\n${withLossMarks(rendered, template)}`;
    }),
    ...(endsWith === undefined
      ? ["The template writes no special token after an answer, so the model can't learn when to stop."]
      : []),
    ...(asksAlike ? [] : ['The chat prompt differs from the training prompt. Answers may be worse.']),
  ];
}
const PREVIEWED_CHATS = 2;

function withLossMarks(rendered: RenderedChat, { tokenizer }: ChatTemplate): string {
  let isOpen = false as boolean;
  const parts = renderedTokens(rendered, tokenizer).map(({ text, hasLoss }) => {
    const border = hasLoss === isOpen ? '' : hasLoss ? '⟦' : '⟧';
    isOpen = hasLoss;
    return border + text;
  });
  return parts.join('') + (isOpen ? '⟧' : '');
}

/** Words for the template that renders the chats. */
export const templateWords = (tokenizer: Tokenizer, source?: string): string =>
  source !== undefined
    ? 'Chat template: the file of --template.'
    : ownTemplate(tokenizer) !== undefined
      ? "Chat template: the tokenizer's own."
      : 'The tokenizer has no chat template; using the default for its special tokens. --template sets another.';
