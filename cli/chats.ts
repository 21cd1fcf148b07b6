/** Chats as documents of which answers alone are learnt: rows of JSON in a shape that is known, or pairs of two columns. */
import type { BlobStore } from '../src/core/base/blobStore';
import type { Document } from '../src/core/base/document';
import { badFile, badSettings } from '../src/core/base/errors';
import { sha256, sha256Hex } from '../src/core/base/hash';
import type { Job } from '../src/core/base/job';
import { counted, formatCount } from '../src/core/base/units';
import { charactersIn } from '../src/core/base/utf8';
import { type Conversation, ofPair } from '../src/core/chat/conversation';
import { painted, type Painted, paintedTokens, tried } from '../src/core/chat/painted';
import { conversationIn, SHAPE_IDS, shapeBy, shapeOf } from '../src/core/chat/shapes';
import { type ChatTemplate, compiled, ownTemplate } from '../src/core/chat/template';
import { usualTemplate } from '../src/core/chat/usual';
import { importText, learntFacts, openText, type TextSource } from '../src/core/documents';
import { type FoundObject, objects } from '../src/core/documents/objects';
import { once } from '../src/core/files/byteSource';
import type { DataFacts } from '../src/core/runs/settings';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { type Tokenizer, withChatTemplate } from '../src/core/tokenizer/tokenizer';
import type { Files } from './cleanedTexts';
import { pairIn } from './documents';

type LearntText = DataFacts['texts'][number];
export interface Chats {
  documents: readonly Document[];
  /** A text a file. */
  texts: LearntText[];
  /** Those that they are of. */
  files: readonly { path: string; sha256: string; source: TextSource }[];
}

/**
 * @param note is told of what was read
 * @throws HomegrownError `bad-file` of a file in no shape that is known, and of the first row that cannot be learnt; `bad-settings`
 * where the template does not take a conversation
 */
export async function readChats(
  store: BlobStore,
  files: Files,
  template: ChatTemplate,
  note: (words: string) => void,
  job: Job,
): Promise<Chats> {
  const all: { text: LearntText; documents: Document[]; path: string; source: TextSource }[] = [];
  for (const { path, source } of files) {
    const {
      name,
      sha256: hash,
      conversations,
    } = source.table ? await pairsIn(store, source, all.length, job) : await rowsIn(source, note, job);
    if (all.some(({ text }) => text.sha256 === hash)) continue;
    const documents: Document[] = [];
    for (const conversation of conversations) {
      job.signal.throwIfAborted();
      documents.push(await documentOf(conversation, template, hash, documents.length));
    }
    const characters = documents.reduce((sum, document) => sum + document.characters, 0);
    all.push({ text: { name, characters, sha256: hash }, documents, path, source });
    note(`${name}: ${counted(documents.length, 'conversation')}.`);
    for (const words of all.length === 1 ? told(conversations, template) : []) note(words);
  }
  return {
    documents: all.flatMap(({ documents }) => documents),
    texts: all.map(({ text }) => text),
    files: all.map(({ text, path, source }) => ({ path, sha256: text.sha256, source })),
  };
}

/** What will be learnt, shown on the first two, and what of the template a person should know before the start. */
function told(conversations: readonly Conversation[], template: ChatTemplate): readonly string[] {
  const { endsWith, asksAlike } = tried(template);
  return [
    ...conversations.slice(0, SHOWN).map((conversation) => {
      const all = painted(conversation, template);
      return `${all.learnt.length === 1 ? 'Its answer is' : 'Its answers are'} learnt, between ⟦ and ⟧:\n${marked(all, template)}`;
    }),
    ...(endsWith === undefined
      ? ['The template writes no special token after an answer: the model will not learn where an answer ends.']
      : []),
    ...(asksAlike
      ? []
      : [
          'The template asks for an answer otherwise than it writes one: the model will be asked what it has not learnt.',
        ]),
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

interface Found {
  name: string;
  sha256: string;
  conversations: readonly Conversation[];
}

async function rowsIn(source: TextSource, note: (words: string) => void, { signal }: Job): Promise<Found> {
  const { name } = source;
  const hash = await sha256();
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.stream()) {
      signal.throwIfAborted();
      hash.update(chunk);
      yield chunk;
    }
  }
  const rows: FoundObject[] = [];
  for await (const row of objects({ name, bytes: bytes(), note })) rows.push(row);
  const shape = shapeOf(rows.slice(0, FIRST).map(({ value }) => value));
  if (shape === null) {
    const known = SHAPE_IDS.map((id) => shapeBy(id).label).join(', ');
    const keys = Object.keys(rows[0]?.value ?? {})
      .slice(0, 10)
      .join(', ');
    throw badFile(
      `${name} is in no shape of chats that is known (${known}): its rows have ${keys === '' ? 'nothing' : keys}.`,
      'Name two of its columns with --pairs FILE.jsonl:input=COLUMN,target=COLUMN. Nothing was written.',
    );
  }
  note(`${name} is in ${shapeBy(shape).label} shape, ${formatCount(rows.length)} rows.`);
  const conversations = rows.map(({ value, place }) => conversationIn(shape, value, `${place} of ${name}`));
  return { name, sha256: hash.hex(), conversations };
}
/** Rows that tell a file's shape. */
const FIRST = 100;

/** Rows of a table, a question and its answer each. */
async function pairsIn(store: BlobStore, source: TextSource, addedAt: number, job: Job): Promise<Found> {
  const imported = await importText(source, store, { addedAt }, job);
  const text = imported.kind === 'added' ? imported.text : imported.of;
  const conversations: Conversation[] = [];
  let row = 0;
  for (const document of await openText(store, text.id)) {
    row++;
    if (!document.spans?.['input'] || !document.spans['target']) continue;
    const { input, target } = await pairIn(document);
    conversations.push({ ...ofPair(input, target), name: `row ${row} of ${text.name}` });
  }
  return { name: text.name, sha256: learntFacts(text).sha256, conversations };
}
/** Its text is what the template writes; its hash that of the template too, by which other ids are other data. */
async function documentOf(
  conversation: Conversation,
  template: ChatTemplate,
  text: string,
  place: number,
): Promise<Document> {
  const written = template.render(conversation);
  const utf8 = Buffer.from(written);
  const { ids, learnt } = painted(conversation, template);
  return {
    sha256: await sha256Hex(JSON.stringify([template.source, conversation.messages])),
    characters: charactersIn(utf8),
    bytes: utf8.length,
    chunks: () => once(written),
    text,
    place,
    encoded: () => Promise.resolve({ ids, learnt }),
  };
}

/**
 * The template of a run, by which its tokenizer writes chats from then on.
 * @param source in Jinja; absent: the one that the tokenizer has, or else what its special tokens allow
 * @throws HomegrownError `bad-settings` where it cannot be read, or drops answers
 */
export async function spokenBy(tokenizer: Tokenizer, source?: string): Promise<ChatTemplate> {
  if (tokenizer.model.applied)
    throw badSettings(
      'Chats are written with byte-level tokenizers alone, and this one is applied as its files say.',
      'Train on from another model, or give text with --kind adapt.',
    );
  const template = source ?? usualTemplate(tokenizer);
  const speaking = await createTokenizer(withChatTemplate(tokenizer.model, template));
  return compiled(template, speaking);
}

/** Which one that is. */
export const templateWords = (tokenizer: Tokenizer, source?: string): string =>
  source !== undefined
    ? 'Chats are written by the template of --template.'
    : ownTemplate(tokenizer) !== undefined
      ? 'Chats are written by the template that came with the tokenizer.'
      : 'The tokenizer has no template: chats are written as is usual with its special tokens. --template takes another.';
