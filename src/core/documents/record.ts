/** Stored records of a text: an entry, its list of documents in blocks, and their UTF-8 in chunks. */
import type { JsonObject, Kind } from '../base/record';
import { storedMoment } from '../base/moment';
import { isCount, listOf } from '../base/limits';
import type { Normalizer } from '../base/normalizer';
import { normalizersSchema } from '../base/normalizerSchema';
import { z } from '../base/zod';
import { columnsSchema } from './columns';
import { FORMATS, type FormatId } from './formats';

const count = z.int().nonnegative();
const formatId = z.enum(Object.keys(FORMATS) as [FormatId]);

export const textRecord = z.object({
  version: z.literal(4),
  id: z.string(),
  name: z.string(),
  /** Ids of the projects that have it; none: it is deleted, and can be restored until it is purged. */
  projects: z.array(z.string()),
  /** Projects that use it for tuning and not for training. */
  tunes: z.array(z.string()).exactOptional(),
  /** Each of its documents is a conversation, its text a row of JSON in OpenAI's shape. */
  conversations: z.literal(true).exactOptional(),
  /** Its documents are labeled examples: with one label each, or several; those without a label are not labeled yet. */
  labelled: z.enum(['one', 'several']).exactOptional(),
  /** Excludes its documents from validation and test: each correction by a person counts. */
  trainOnly: z.literal(true).exactOptional(),
  /** Number of distinct labels that its documents had when they were read; absent: fewer than two, too many, or not counted. */
  labels: count.exactOptional(),
  /** Changes to its labels since the import. */
  labelling: z
    .object({
      /** Current name of a label by its original name; empty: removed. */
      renamed: z.record(z.string(), z.string()),
      /** New labels of single documents, by ascending place in the original text. */
      changed: z.array(z.object({ place: count, label: z.string() })),
      /** Of these two fields, in hex. */
      sha256: z.string(),
    })
    .exactOptional(),
  removedAt: storedMoment.exactOptional(),
  /** Of the original file, in hex; for several files, of their hashes in lines. */
  sha256: z.string(),
  /** Bytes of its files. */
  size: count,
  /** Characters (code points) and UTF-8 bytes of all its documents. */
  characters: count,
  bytes: count,
  /** Its chunks, and the bytes of each. */
  records: count,
  chunkBytes: z.array(count),
  /** Number of documents. */
  documents: z.int().positive(),
  /** Number of files that they were read from; absent in a text of an older build. */
  files: count.exactOptional(),
  /** False for a text from before lists existed: it is one document with unknown chunk borders. */
  indexed: z.boolean(),
  /** Documents that are excluded from training, and what remains without them; null: none. */
  leftOut: z
    .object({
      /** Ascending places in the original text. */
      places: z.array(count).min(1),
      /** Number of remaining documents, if a recipe removed others. */
      documents: count.exactOptional(),
      characters: count,
      bytes: count,
      /** Like `sha256`, for the remaining documents. */
      sha256: z.string(),
    })
    .nullable(),
  /** The cleaned version, which is trained on instead; absent: the original is. */
  cleaned: z
    .object({
      /** Id of its `CleanedRecord`, which has the recipe. */
      id: z.string(),
      /** The recipe's name, and its hash. */
      name: z.string(),
      recipe: z.string(),
      documents: count,
      characters: count,
      bytes: count,
      sha256: z.string(),
      /** Normalizers with which a tokenizer brings other texts into the same form; absent: none. */
      normalizers: normalizersSchema.exactOptional(),
    })
    .exactOptional(),
  /** Formats of its files, each once. */
  formats: z.array(formatId),
  /** Notes of the readers for the person. */
  notes: z.array(z.string()),
  addedAt: storedMoment,
  licence: z.string().nullable(),
});
/** One drop: files that were chosen or dropped together. */
export type TextRecord = z.infer<typeof textRecord>;

const TEXTS = 'texts/';
export const textKey = (id: string): string => `${TEXTS}${id}`;
export const TEXT: Kind<TextRecord> = {
  what: (key) => `The record of text ${key.slice(TEXTS.length)}`,
  version: 4,
  schema: textRecord,
  // A build without tuning would train on tuning texts and drop their use; one without labels would drop changes to
  // labels.
  upgrades: [upgradeText, (old) => old, (old) => old],
  keyOf: ({ id }) => textKey(id),
};

/** The project that there was before there were several. */
export const FIRST_PROJECT = 'first';

/** Upgrades from a single project, when a text was one file and one document. Malformed fields stay malformed. */
function upgradeText({ removed, format, ...rest }: JsonObject): object {
  const projects = removed === false ? [FIRST_PROJECT] : removed === true ? [] : removed;
  return { ...rest, projects, chunkBytes: [], documents: 1, indexed: false, leftOut: null, formats: [format] };
}

/** A text within another record, of any version since texts have several documents. */
export const inlineText = z.preprocess((value) => {
  const isOld = typeof value === 'object' && value !== null && 'version' in value && INLINE.has(value.version);
  return isOld ? { ...value, version: TEXT.version } : value;
}, textRecord);
const INLINE: ReadonlySet<unknown> = new Set([2, 3]);

/** Labeling of texts that are combined into data; undefined if none has labels. */
export function labeledAs(texts: readonly TextRecord[]): TextRecord['labelled'] {
  const all = texts.map(({ labelled }) => labelled);
  return all.find((one) => one === 'several') ?? all.find((one) => one !== undefined);
}

/** Whether a project that has it has it for tuning. */
export const isToTune = ({ tunes }: TextRecord, projectId: string): boolean => tunes?.includes(projectId) ?? false;

/** Training texts and tuning texts of a project. */
export const byUse = (all: readonly TextRecord[], projectId: string): ByUse => ({
  texts: all.filter((text) => !isToTune(text, projectId)),
  tuneTexts: all.filter((text) => isToTune(text, projectId)),
});

export type ByUse = Readonly<Record<'texts' | 'tuneTexts', readonly TextRecord[]>>;

/** Tuning use of a text: chats, labeled examples, or any. */
export const tunedAs = ({ conversations, labelled }: Pick<TextRecord, 'conversations' | 'labelled'>): TuneUse =>
  conversations ? 'chats' : labelled ? 'labels' : 'text';
export type TuneUse = 'text' | 'chats' | 'labels';

export const allTexts = (s: ByUse): TextRecord[] => [...s.texts, ...s.tuneTexts];

/** The same text in these projects; some use it for tuning. */
export function inProjects(
  { tunes: _, ...text }: TextRecord,
  projects: string[],
  tunes: readonly string[],
): TextRecord {
  const own = projects.filter((id) => tunes.includes(id));
  return { ...text, projects, ...(own.length > 0 && { tunes: own }) };
}

/** The training part of a text: the original or its cleaned version, without the documents that are left out. */
export const trainingSize = ({ leftOut, cleaned, ...text }: TextRecord) => {
  const { documents, characters, bytes, sha256 } = cleaned ?? text;
  if (!leftOut) return { documents, characters, bytes, sha256 };
  const { places, ...left } = leftOut;
  return { documents: documents - places.length, ...left };
};

/** Facts about a training text that a run states. */
export const trainingFacts = (text: TextRecord) => {
  const { characters, sha256 } = trainingSize(text);
  const { name, licence, cleaned } = text;
  return {
    name,
    characters,
    sha256,
    ...(licence !== null && { licence }),
    ...(cleaned && { cleaned: { from: text.sha256, by: cleaned.name, recipe: cleaned.recipe } }),
  };
};

/** Common normalizers of these texts; none if they differ. */
export function sharedNormalizers(texts: readonly TextRecord[]): readonly Normalizer[] {
  const [first = [], ...others] = texts.map(({ cleaned }) => cleaned?.normalizers ?? []);
  return others.every((own) => JSON.stringify(own) === JSON.stringify(first)) ? first : [];
}

/** The complete original text, with its original labels. */
export const asRead = ({ cleaned: _, labelling: __, ...text }: TextRecord): TextRecord => ({ ...text, leftOut: null });

/**
 * Short reference to a text as trained on: its id, then hashes of the training part, if it isn't all of the original,
 * and of changed labels.
 */
export const textRef = (text: TextRecord): string => {
  const { sha256 } = trainingSize(text);
  const changes = [...(sha256 === text.sha256 ? [] : [sha256]), ...(text.labelling ? [text.labelling.sha256] : [])];
  return [text.id, ...changes.map((hash) => hash.slice(0, 16))].join('-');
};

/** Documents in a block of the list. */
export const BLOCK = 4096;

const file = z.object({
  at: count,
  name: z.string(),
  size: count,
  format: formatId,
  notes: z.array(z.string()),
  /** Chosen columns of a table. */
  columns: columnsSchema.exactOptional(),
});
type BlockFile = z.infer<typeof file>;
const isString = (value: unknown): value is string => typeof value === 'string';
/** Whether a file has no notes: nearly all of thousands of small files do. */
function isPlainFile(value: unknown): value is BlockFile {
  if (typeof value !== 'object' || value === null || 'columns' in value) return false;
  const { at, name, size, format, notes } = value as Record<string, unknown>;
  const isNoted = !Array.isArray(notes) || notes.length > 0;
  return (
    !isNoted && isCount(at) && isString(name) && isCount(size) && isString(format) && Object.hasOwn(FORMATS, format)
  );
}
const numbers = listOf(count, BLOCK, isCount);
const strings = listOf(z.string(), BLOCK, isString);

/** A column an item, an entry a document, in their order. */
const columns = z.object({
  version: z.literal(1),
  /** Place of the first. */
  from: count,
  bytes: numbers,
  characters: numbers,
  /** Of the file if the document is all of it, else of its UTF-8; in hex. */
  sha256: strings,
  title: strings,
  /** Files whose first document is at this place: the next documents are of the same, until another begins. */
  files: listOf(file, BLOCK, isPlainFile),
  /** Such as a date, a language, a label. */
  fields: z.record(z.string(), z.array(z.string().nullable())).exactOptional(),
  /** Byte range of a field's text within its document. */
  spans: z.record(z.string(), z.array(z.tuple([count, count]))).exactOptional(),
});
export type DocumentBlock = z.infer<typeof columns>;

export const TEXT_PARTS = 'text/';
/** Key prefix of all chunks of a text. */
export const textChunksPrefix = (id: string): string => `${TEXT_PARTS}${id}/`;
export const textChunkKey = (id: string, n: number): string => `${textChunksPrefix(id)}${n}`;
export const documentsKey = (id: string, block: number | '' = ''): string =>
  `${textChunksPrefix(id)}documents/${block}`;
export const DOCUMENTS: Kind<DocumentBlock> = {
  what: (key) => `Part ${Number(key.split('/')[3]) + 1} of the document list of text ${key.split('/')[1]}`,
  version: 1,
  schema: columns.refine(isAligned, { message: 'its columns differ in length' }),
  upgrades: [],
};

function isAligned({ bytes, characters, sha256, title, fields = {}, spans = {} }: DocumentBlock): boolean {
  const columns = [characters, sha256, title, ...Object.values(fields), ...Object.values(spans)];
  return columns.every(({ length }) => length === bytes.length);
}
