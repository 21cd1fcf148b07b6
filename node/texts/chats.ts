/** Chats as documents of which answers alone are learnt: rows of JSON in a shape that is known, or pairs of two columns. */
import type { BlobStore } from '../../src/core/base/blobStore';
import type { Document } from '../../src/core/base/document';
import type { Job } from '../../src/core/base/job';
import { counted } from '../../src/core/base/units';
import { conversationOf, paintedDocuments } from '../../src/core/chat/documents';
import { painted, type Painted, paintedTokens, tried } from '../../src/core/chat/painted';
import { conversationReader } from '../../src/core/chat/reader';
import { type ChatTemplate, ownTemplate } from '../../src/core/chat/template';
import { importText, learntFacts, placedDocuments, type TextRecord, type TextSource } from '../../src/core/documents';
import type { DataFacts } from '../../src/core/runs/settings';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import type { Files } from './cleanedTexts';
import { readers } from './readers';

export interface Chats {
  documents: readonly Document[];
  /** A text a file. */
  texts: DataFacts['texts'];
  /** What the texts are called, by what their documents say that they are of. */
  names: ReadonlyMap<string | undefined, string>;
  /** Those that they are of. */
  files: readonly { path: string; sha256: string; source: TextSource }[];
}

/**
 * As the app has them: in a store, of which they are read when it is their turn.
 * @param isAgain of a run that goes on: those that its template does not take are left out, as the app leaves them out
 * @param note is told of what was read
 * @throws HomegrownError `bad-shape` of a file in no shape that is known; `bad-file` of the first row that cannot be learnt;
 * `bad-settings` where the template does not take one of the first, and of others when they are read
 */
export async function readChats(
  store: BlobStore,
  files: Files,
  template: ChatTemplate,
  isAgain: boolean,
  note: (words: string) => void,
  job: Job,
): Promise<Chats> {
  const read: { text: TextRecord; documents: Document[]; path: string; source: TextSource }[] = [];
  for (const [i, { path, source }] of files.entries()) {
    const settings = { addedAt: i, conversations: conversationReader, readers };
    const imported = await importText(source, store, settings, job);
    if (imported.kind !== 'added') continue;
    const { text } = imported;
    for (const words of text.notes) note(`${text.name}: ${words}.`);
    note(`${text.name}: ${counted(text.documents, 'conversation')}.`);
    const stored: Document[] = [];
    for await (const document of placedDocuments(store, text)) stored.push(document);
    for (const words of read.length === 0 && !isAgain ? await told(stored, template) : []) note(words);
    const documents: Document[] = [];
    const leaveOut = ({ message }: Error): void => note(`${message} This chat was skipped.`);
    for await (const document of paintedDocuments(stored, template, isAgain ? leaveOut : undefined)) {
      job.signal.throwIfAborted();
      documents.push(document);
    }
    read.push({ text, documents, path, source });
  }
  return {
    documents: read.flatMap(({ documents }) => documents),
    texts: read.map(({ text }) => learntFacts(text)),
    names: new Map(read.map(({ text }) => [text.id, text.name])),
    files: read.map(({ text, path, source }) => ({ path, sha256: learntFacts(text).sha256, source })),
  };
}

/** What will be learnt, shown on the first two, and what of the template a person should know before the start. */
async function told(stored: readonly Document[], template: ChatTemplate): Promise<readonly string[]> {
  const { endsWith, asksAlike } = tried(template);
  const shown = await Promise.all(stored.slice(0, SHOWN).map(conversationOf));
  return [
    ...shown.map((conversation) => {
      const all = painted(conversation, template);
      return `Training answers are between ⟦ and ⟧:\n${marked(all, template)}`;
    }),
    ...(endsWith === undefined
      ? ["The template writes no special token after an answer, so the model can't learn when to stop."]
      : []),
    ...(asksAlike ? [] : ['The chat prompt differs from the training prompt. Answers may be worse.']),
  ];
}
const SHOWN = 2;

function marked(all: Painted, { tokenizer }: ChatTemplate): string {
  let isOpen = false as boolean;
  const parts = paintedTokens(all, tokenizer).map(({ text, isLearnt }) => {
    const border = isLearnt === isOpen ? '' : isLearnt ? '⟦' : '⟧';
    isOpen = isLearnt;
    return border + text;
  });
  return parts.join('') + (isOpen ? '⟧' : '');
}

/** Which template chats are written by. */
export const templateWords = (tokenizer: Tokenizer, source?: string): string =>
  source !== undefined
    ? 'Chat template: the file of --template.'
    : ownTemplate(tokenizer) !== undefined
      ? "Chat template: the tokenizer's own."
      : 'The tokenizer has no chat template; using the default for its special tokens. --template sets another.';
