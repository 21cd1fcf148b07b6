/** Stored records of a text: its own record, the document list in blocks, and the documents' UTF-8 in chunks. */
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
  /** Ids of the projects that have the text; none if it is deleted, and can be restored until it is purged. */
  projects: z.array(z.string()),
  /** Projects that use it for tuning and not for training. */
  tunes: z.array(z.string()).exactOptional(),
  /** Whether each document is a conversation, stored as a JSON row in OpenAI's format. */
  conversations: z.literal(true).exactOptional(),
  /** Labels per document of a labeled text; a document without any isn't labeled yet. */
  labelled: z.enum(['one', 'several']).exactOptional(),
  /** Excludes the documents from validation and test, so that each correction by the user is trained on. */
  trainOnly: z.literal(true).exactOptional(),
  /** Number of distinct labels at import; absent: fewer than two, too many, or not counted. */
  labels: count.exactOptional(),
  /** Changes to the labels since the import. */
  labelling: z
    .object({
      /** Current name of a label by its original name; empty: removed. */
      renamed: z.record(z.string(), z.string()),
      /** New labels of single documents, by ascending place in the original text. */
      changed: z.array(z.object({ place: count, label: z.string() })),
      /** Hash of these two fields, in hex. */
      sha256: z.string(),
    })
    .exactOptional(),
  removedAt: storedMoment.exactOptional(),
  /** Hash of the original file, in hex; for several documents, of their hashes, one per line. */
  sha256: z.string(),
  /** Bytes of its files. */
  size: count,
  /** Characters (code points) and UTF-8 bytes of all its documents. */
  characters: count,
  bytes: count,
  /** Number of chunks, and the bytes of each. */
  records: count,
  chunkBytes: z.array(count),
  /** Number of documents. */
  documents: z.int().positive(),
  /** Number of source files; absent in a text from an older build. */
  files: count.exactOptional(),
  /** False for a text from before lists existed: one document with unknown chunk borders. */
  indexed: z.boolean(),
  /** Documents that are excluded from training, and totals of the remaining ones; null: none. */
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
  /** Cleaned version, which training uses instead of the original; absent: none. */
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
  /** Notes of the readers, shown to the user. */
  notes: z.array(z.string()),
  addedAt: storedMoment,
  licence: z.string().nullable(),
});
/** Record of one drop: files that were chosen or dropped together. */
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

/** Id of the only project in builds before projects existed. */
export const FIRST_PROJECT = 'first';

/** Upgrades from a single project, when a text was one file and one document. Malformed fields stay malformed. */
function upgradeText({ removed, format, ...fields }: JsonObject): object {
  const projects = removed === false ? [FIRST_PROJECT] : removed === true ? [] : removed;
  return { ...fields, projects, chunkBytes: [], documents: 1, indexed: false, leftOut: null, formats: [format] };
}

/** A text within another record, of any version since texts have several documents. */
export const inlineText = z.preprocess((value) => {
  const isOld = typeof value === 'object' && value !== null && 'version' in value && INLINE_VERSIONS.has(value.version);
  return isOld ? { ...value, version: TEXT.version } : value;
}, textRecord);
const INLINE_VERSIONS: ReadonlySet<unknown> = new Set([2, 3]);

/** Labeling of texts that are combined into data; undefined if none has labels. */
export function labeledAs(texts: readonly TextRecord[]): TextRecord['labelled'] {
  const labelings = texts.map(({ labelled }) => labelled);
  return labelings.find((labeling) => labeling === 'several') ?? labelings.find((labeling) => labeling !== undefined);
}

/** Whether a project uses the text for tuning. */
export const isToTune = ({ tunes }: TextRecord, projectId: string): boolean => tunes?.includes(projectId) ?? false;

/** Training texts and tuning texts of a project. */
export const byUse = (texts: readonly TextRecord[], projectId: string): ByUse => ({
  texts: texts.filter((text) => !isToTune(text, projectId)),
  tuneTexts: texts.filter((text) => isToTune(text, projectId)),
});

export type ByUse = Readonly<Record<'texts' | 'tuneTexts', readonly TextRecord[]>>;

/** Tuning use of a text: chats, labeled examples, or any. */
export const tunedAs = ({ conversations, labelled }: Pick<TextRecord, 'conversations' | 'labelled'>): TuneUse =>
  conversations ? 'chats' : labelled ? 'labels' : 'text';
export type TuneUse = 'text' | 'chats' | 'labels';

export const allTexts = (s: ByUse): TextRecord[] => [...s.texts, ...s.tuneTexts];

/** Returns the text with these projects; those in `tunes` use it for tuning. */
export function inProjects(
  { tunes: _, ...text }: TextRecord,
  projects: string[],
  tunes: readonly string[],
): TextRecord {
  const projectTunes = projects.filter((id) => tunes.includes(id));
  return { ...text, projects, ...(projectTunes.length > 0 && { tunes: projectTunes }) };
}

/** Totals of a text's training part: the original or its cleaned version, without excluded documents. */
export const trainingSize = ({ leftOut, cleaned, ...text }: TextRecord) => {
  const { documents, characters, bytes, sha256 } = cleaned ?? text;
  if (!leftOut) return { documents, characters, bytes, sha256 };
  const { places, ...remaining } = leftOut;
  return { documents: documents - places.length, ...remaining };
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
  const [first = [], ...otherTexts] = texts.map(({ cleaned }) => cleaned?.normalizers ?? []);
  return otherTexts.every((normalizers) => JSON.stringify(normalizers) === JSON.stringify(first)) ? first : [];
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

const fileSchema = z.object({
  at: count,
  name: z.string(),
  size: count,
  format: formatId,
  notes: z.array(z.string()),
  /** Chosen columns of a table. */
  columns: columnsSchema.exactOptional(),
});
type BlockFile = z.infer<typeof fileSchema>;
const isString = (value: unknown): value is string => typeof value === 'string';
/** Quick check of a file without notes or columns, as nearly all of thousands of small files are. */
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

/** Block of the document list: a column per fact, with one value per document in order. */
const blockSchema = z.object({
  version: z.literal(1),
  /** Place of the first document. */
  from: count,
  bytes: numbers,
  characters: numbers,
  /** Hash of the file if the document is all of it, else of the document's UTF-8; in hex. */
  sha256: strings,
  title: strings,
  /** Files by the place `at` of their first document, up to the next file's. */
  files: listOf(fileSchema, BLOCK, isPlainFile),
  /** Values by field, such as a date, a language or a label. */
  fields: z.record(z.string(), z.array(z.string().nullable())).exactOptional(),
  /** Byte range of a field's text within its document. */
  spans: z.record(z.string(), z.array(z.tuple([count, count]))).exactOptional(),
});
export type DocumentBlock = z.infer<typeof blockSchema>;

export const TEXT_PARTS = 'text/';
/** Key prefix of all chunks of a text. */
export const textChunksPrefix = (id: string): string => `${TEXT_PARTS}${id}/`;
export const textChunkKey = (id: string, n: number): string => `${textChunksPrefix(id)}${n}`;
export const documentsKey = (id: string, block: number | '' = ''): string =>
  `${textChunksPrefix(id)}documents/${block}`;
export const DOCUMENTS: Kind<DocumentBlock> = {
  what: (key) => `Part ${Number(key.split('/')[3]) + 1} of the document list of text ${key.split('/')[1]}`,
  version: 1,
  schema: blockSchema.refine(isAligned, { message: 'its columns differ in length' }),
  upgrades: [],
};

function isAligned({ bytes, characters, sha256, title, fields = {}, spans = {} }: DocumentBlock): boolean {
  const columns = [characters, sha256, title, ...Object.values(fields), ...Object.values(spans)];
  return columns.every(({ length }) => length === bytes.length);
}
