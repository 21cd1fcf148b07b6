/**
 * Playground of a project: its settings, and the last texts that models wrote there. Settings are a separate, small
 * record because they change at every key press.
 */
import type { BlobStore } from '../base/blobStore';
import { listOf } from '../base/limits';
import { changeRecord, type Kind, parseIfReadable, readRecord } from '../base/record';
import { z } from '../base/zod';

/** Maximum characters of a stored prompt, counted from its end; models read far fewer. */
export const MAX_PROMPT = 100_000;
/** Maximum tokens of a stored text that keep their alternatives, counted from its end. */
export const MAX_WITH_ALTERNATIVES = 500;
/** Maximum that a person can request. */
const MAX_TOKENS = 10_000;
const MAX_MESSAGES = 1000;
/** Maximum number of a project's stored texts, besides the last one. */
export const MAX_EARLIER = 5;

/** A candidate token at a position. */
export interface Guess {
  id: number;
  /** Null if the bytes aren't whole characters. */
  text: string | null;
  bytes: readonly number[];
  probability: number;
}

export interface GeneratedToken {
  id: number;
  /** Text that this token completes; may be '' inside a multi-byte character. */
  text: string;
  /** Bytes of the token. */
  bytes: readonly number[];
  probability: number;
  /** Likeliest alternatives; empty if the text was too long to store them. */
  alternatives: readonly Guess[];
}

const count = z.int().nonnegative();
const guessFields = { id: count, bytes: listOf(count, MAX_PROMPT), probability: z.number() };
const guessSchema = z.object({ ...guessFields, text: z.string().nullable() });
const tokenSchema: z.ZodType<GeneratedToken> = z.object({
  ...guessFields,
  text: z.string(),
  alternatives: listOf(guessSchema, 100),
});
const messageSchema = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
const blankSchema = z.object({ ...guessFields, text: z.string().nullable(), inPlace: z.string() });
export interface FilledPassage {
  /** Passage around the blanks: one piece more than there are blanks. */
  pieces: readonly string[];
  /** Candidates of entry blank, likeliest first; `inPlace`: the text in the passage, with its leading space. */
  blanks: readonly (readonly (Guess & { inPlace: string })[])[];
  ms: number;
}
/** A passage with the chosen candidate of entry blank, as an index; 0 at first. */
export interface Filled extends FilledPassage {
  choices: readonly number[];
}
const filledSchema: z.ZodType<Filled> = z.object({
  pieces: listOf(z.string(), MAX_TOKENS),
  blanks: listOf(listOf(blankSchema, 100), MAX_TOKENS),
  ms: z.number(),
  choices: listOf(count, MAX_TOKENS),
});
const samplingSchema = z.object({
  temperature: z.number(),
  topK: count,
  topP: z.number(),
  seed: count,
  length: count,
  /** Decoding strategy of an encoder-decoder. */
  how: z.enum(['likeliest', 'beams', 'chance']),
  beams: z.object({ count, lengthPenalty: z.number() }),
});
export type Sampling = z.infer<typeof samplingSchema>;

const settingsSchema = z.object({
  version: z.literal(1),
  /** Null until a person types one. */
  prompt: z.string().nullable(),
  /** Null: chat or not, as the run was trained. */
  isChat: z.boolean().nullable(),
  system: z.string(),
  sampling: samplingSchema,
});
export type PlaygroundSettings = z.infer<typeof settingsSchema>;

const writtenBySchema = z.object({
  runId: z.string(),
  /** Name of the run when it wrote. */
  name: z.string(),
  step: count,
  kind: z.enum(['decoder', 'encoder', 'encoder-decoder', 'classifier']),
  isChat: z.boolean(),
  vocabulary: count,
  which: z.union([z.enum(['latest', 'best']), count]),
});
/** The model that wrote a text, and its mode. */
export type WrittenBy = z.infer<typeof writtenBySchema>;

export interface WrittenRecord {
  version: 1;
  by: WrittenBy;
  prompt: string;
  sampling: Sampling;
  /** For a chat: the messages before `prompt`. */
  said: readonly z.infer<typeof messageSchema>[];
  tokens: readonly GeneratedToken[];
  filled: Filled | null;
  outcome: { reason: 'length' | 'stopped' | 'end' | 'filled'; ms: number; leftOut?: number };
  /** Earlier texts that newer ones replaced, oldest first. */
  earlier?: readonly EarlierText[];
}
/** A replaced text; it is stored without its tokens' alternatives. */
export type EarlierText = Pick<WrittenRecord, 'by' | 'prompt' | 'sampling' | 'tokens' | 'outcome'>;

const textFields = {
  by: writtenBySchema,
  prompt: z.string(),
  sampling: samplingSchema,
  tokens: listOf(tokenSchema, MAX_TOKENS),
  outcome: z.object({
    reason: z.enum(['length', 'stopped', 'end', 'filled']),
    ms: z.number(),
    leftOut: count.exactOptional(),
  }),
};
const writtenSchema: z.ZodType<WrittenRecord> = z.object({
  ...textFields,
  version: z.literal(1),
  said: listOf(messageSchema, MAX_MESSAGES),
  filled: filledSchema.nullable(),
  earlier: listOf(z.object(textFields), MAX_EARLIER).exactOptional(),
});

export const PLAYGROUNDS = 'playground/';
export const WRITTEN = 'written/';
const settingsKey = (projectId: string): string => `${PLAYGROUNDS}${projectId}`;
const writtenKey = (projectId: string): string => `${WRITTEN}${projectId}`;
/** Playground keys of a project. */
export const playgroundKeys = (projectId: string): readonly string[] => [settingsKey(projectId), writtenKey(projectId)];

export const PLAYGROUND: Kind<PlaygroundSettings> = {
  what: () => 'The record of the Playground’s settings',
  version: 1,
  schema: settingsSchema,
  upgrades: [],
};
export const WRITTEN_TEXT: Kind<WrittenRecord> = {
  what: () => 'The record of the last text that a model wrote',
  version: 1,
  schema: writtenSchema,
  upgrades: [],
};

/** Reads both records of a project. Leaves out an unreadable one, and doesn't change it. */
export async function readPlayground(
  store: BlobStore,
  projectId: string,
): Promise<{ settings: PlaygroundSettings | undefined; written: WrittenRecord | undefined }> {
  const keys = [settingsKey(projectId), writtenKey(projectId)] as const;
  const values = await store.getMany(keys);
  const parse = <T>(i: 0 | 1, kind: Kind<T>): T | undefined =>
    values[i] === undefined ? undefined : parseIfReadable(values[i], keys[i], kind);
  return { settings: parse(0, PLAYGROUND), written: parse(1, WRITTEN_TEXT) };
}

/** @throws HomegrownError `newer-version`, `storage-damaged` */
const readWritten = (store: BlobStore, projectId: string): Promise<WrittenRecord | undefined> =>
  readRecord(store, writtenKey(projectId), WRITTEN_TEXT);

/** Replaces the settings of any tab. @throws HomegrownError if the stored record is unreadable; keeps it */
export async function savePlayground(store: BlobStore, projectId: string, settings: PlaygroundSettings): Promise<void> {
  const record = { ...settings, prompt: settings.prompt && endOf(settings.prompt), system: endOf(settings.system) };
  await changeRecord(store, settingsKey(projectId), PLAYGROUND, () => ({ record }));
}

/** Replaces the text of any tab. @throws HomegrownError if the stored record is unreadable; keeps it */
export async function saveWritten(store: BlobStore, projectId: string, record: WrittenRecord): Promise<void> {
  await changeRecord(store, writtenKey(projectId), WRITTEN_TEXT, () => ({ record: bounded(record) }));
}

/** @throws HomegrownError if the stored record is unreadable; keeps it */
export async function dropWritten(store: BlobStore, projectId: string): Promise<void> {
  if (await readWritten(store, projectId)) await store.commit({ drop: [writtenKey(projectId)] });
}

/** Limits the stored size: drops alternatives at the beginning of a long text, and first messages of a long chat. */
export function bounded(record: WrittenRecord): WrittenRecord {
  const tokens = record.tokens.slice(-MAX_TOKENS);
  const withAlternatives = tokens.length - MAX_WITH_ALTERNATIVES;
  let room = MAX_PROMPT;
  const messages = record.said
    .slice(-MAX_MESSAGES)
    .toReversed()
    .filter(({ content }) => (room -= content.length) >= 0)
    .toReversed();
  return {
    ...record,
    prompt: endOf(record.prompt),
    said: messages,
    tokens: tokens.map((entry, i) => (i < withAlternatives ? { ...entry, alternatives: [] } : entry)),
    ...(record.earlier && { earlier: boundedEarlier(record.earlier) }),
  };
}

/** Keeps the newest texts, with as many tokens in total as one text may have. */
function boundedEarlier(earlier: readonly EarlierText[]): readonly EarlierText[] {
  let room = MAX_TOKENS;
  return earlier
    .slice(-MAX_EARLIER)
    .toReversed()
    .filter(({ tokens }) => (room -= tokens.length) >= 0)
    .toReversed()
    .map((text) => ({
      ...text,
      prompt: endOf(text.prompt),
      tokens: text.tokens.map((entry) => (entry.alternatives.length > 0 ? { ...entry, alternatives: [] } : entry)),
    }));
}

const endOf = (text: string): string => text.slice(-MAX_PROMPT);
