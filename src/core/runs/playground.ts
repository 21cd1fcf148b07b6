/**
 * The Playground of a project: its settings, and the last texts that models wrote there. Two records, because the settings change
 * at every key press and are small.
 */
import type { BlobStore } from '../base/blobStore';
import { listOf } from '../base/limits';
import { changeRecord, type Kind, parseIfReadable, readRecord } from '../base/record';
import { z } from '../base/zod';

/** Characters of a prompt that are stored, from its end: models read far fewer. */
export const MAX_PROMPT = 100_000;
/** Tokens of a text that are stored with what else could have stood there, from its end. */
export const MAX_WITH_ALTERNATIVES = 500;
/** As many as a person can ask for. */
const MAX_TOKENS = 10_000;
const MAX_MESSAGES = 1000;
/** Texts of a project that are stored besides the last one. */
export const MAX_EARLIER = 5;

/** A token that could stand at a place. */
export interface Guess {
  id: number;
  /** Null where it is no whole characters. */
  text: string | null;
  bytes: readonly number[];
  probability: number;
}

export interface GeneratedToken {
  id: number;
  /** Text that this token completes; may be '' inside a multi-byte character. */
  text: string;
  /** That it stands for. */
  bytes: readonly number[];
  probability: number;
  /** The likeliest; none where the text was too long to store them. */
  alternatives: readonly Guess[];
}

const count = z.int().nonnegative();
const guessFields = { id: count, bytes: listOf(count, MAX_PROMPT), probability: z.number() };
const guess = z.object({ ...guessFields, text: z.string().nullable() });
const token: z.ZodType<GeneratedToken> = z.object({
  ...guessFields,
  text: z.string(),
  alternatives: listOf(guess, 100),
});
const message = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
const blank = z.object({ ...guessFields, text: z.string().nullable(), inPlace: z.string() });
export interface FilledPassage {
  /** The passage around its blanks: one more than there are. */
  pieces: readonly string[];
  /** Of each blank the likeliest, the best first; `inPlace`: as it stands in the passage, the space before it too. */
  blanks: readonly (readonly (Guess & { inPlace: string })[])[];
  ms: number;
}
/** A passage with what was chosen for each of its blanks: the place among its candidates, 0 at first. */
export interface Filled extends FilledPassage {
  choices: readonly number[];
}
const filled: z.ZodType<Filled> = z.object({
  pieces: listOf(z.string(), MAX_TOKENS),
  blanks: listOf(listOf(blank, 100), MAX_TOKENS),
  ms: z.number(),
  choices: listOf(count, MAX_TOKENS),
});
const sampling = z.object({
  temperature: z.number(),
  topK: count,
  topP: z.number(),
  seed: count,
  length: count,
  /** Of a model that answers. */
  how: z.enum(['likeliest', 'beams', 'chance']),
  beams: z.object({ count, lengthPenalty: z.number() }),
});
export type Sampling = z.infer<typeof sampling>;

const settings = z.object({
  version: z.literal(1),
  /** Null until a person types one. */
  prompt: z.string().nullable(),
  /** Null: as the run was trained. */
  isChat: z.boolean().nullable(),
  system: z.string(),
  sampling,
});
export type PlaygroundSettings = z.infer<typeof settings>;

const by = z.object({
  runId: z.string(),
  /** The run's name when it wrote. */
  name: z.string(),
  step: count,
  kind: z.enum(['decoder', 'encoder', 'encoder-decoder', 'classifier']),
  isChat: z.boolean(),
  vocabulary: count,
  which: z.union([z.enum(['latest', 'best']), count]),
});
/** The model that wrote a text, and how it was asked. */
export type WrittenBy = z.infer<typeof by>;

export interface WrittenRecord {
  version: 1;
  by: WrittenBy;
  prompt: string;
  sampling: Sampling;
  /** Of a chat: the messages before `prompt`. */
  said: readonly z.infer<typeof message>[];
  tokens: readonly GeneratedToken[];
  filled: Filled | null;
  outcome: { reason: 'length' | 'stopped' | 'end' | 'filled'; ms: number; leftOut?: number };
  /** Texts that newer ones replaced, the oldest first. */
  earlier?: readonly EarlierText[];
}
/** A text that a newer one replaced, without the alternatives of its tokens once it is stored. */
export type EarlierText = Pick<WrittenRecord, 'by' | 'prompt' | 'sampling' | 'tokens' | 'outcome'>;

const textFields = {
  by,
  prompt: z.string(),
  sampling,
  tokens: listOf(token, MAX_TOKENS),
  outcome: z.object({
    reason: z.enum(['length', 'stopped', 'end', 'filled']),
    ms: z.number(),
    leftOut: count.exactOptional(),
  }),
};
const written: z.ZodType<WrittenRecord> = z.object({
  ...textFields,
  version: z.literal(1),
  said: listOf(message, MAX_MESSAGES),
  filled: filled.nullable(),
  earlier: listOf(z.object(textFields), MAX_EARLIER).exactOptional(),
});

export const PLAYGROUNDS = 'playground/';
export const WRITTEN = 'written/';
const settingsKey = (projectId: string): string => `${PLAYGROUNDS}${projectId}`;
const writtenKey = (projectId: string): string => `${WRITTEN}${projectId}`;
/** Everything that a project has here. */
export const playgroundKeys = (projectId: string): readonly string[] => [settingsKey(projectId), writtenKey(projectId)];

export const PLAYGROUND: Kind<PlaygroundSettings> = {
  what: () => 'The record of the Playground’s settings',
  version: 1,
  schema: settings,
  upgrades: [],
};
export const WRITTEN_TEXT: Kind<WrittenRecord> = {
  what: () => 'The record of the last text that a model wrote',
  version: 1,
  schema: written,
  upgrades: [],
};

/** Both records of a project, in one look. One that can't be read is left out, and stays as it is. */
export async function readPlayground(
  store: BlobStore,
  projectId: string,
): Promise<{ settings: PlaygroundSettings | undefined; written: WrittenRecord | undefined }> {
  const keys = [settingsKey(projectId), writtenKey(projectId)] as const;
  const values = await store.getMany(keys);
  const read = <T>(i: 0 | 1, kind: Kind<T>): T | undefined =>
    values[i] === undefined ? undefined : parseIfReadable(values[i], keys[i], kind);
  return { settings: read(0, PLAYGROUND), written: read(1, WRITTEN_TEXT) };
}

/** @throws HomegrownError `newer-version`, `storage-damaged` */
const readWritten = (store: BlobStore, projectId: string): Promise<WrittenRecord | undefined> =>
  readRecord(store, writtenKey(projectId), WRITTEN_TEXT);

/** Replaces what any tab stored before. @throws HomegrownError if a record is there that can't be read: it stays */
export async function savePlayground(store: BlobStore, projectId: string, given: PlaygroundSettings): Promise<void> {
  const record = { ...given, prompt: given.prompt && endOf(given.prompt), system: endOf(given.system) };
  await changeRecord(store, settingsKey(projectId), PLAYGROUND, () => ({ record }));
}

/** Replaces what any tab stored before. @throws HomegrownError if a record is there that can't be read: it stays */
export async function saveWritten(store: BlobStore, projectId: string, given: WrittenRecord): Promise<void> {
  await changeRecord(store, writtenKey(projectId), WRITTEN_TEXT, () => ({ record: bounded(given) }));
}

/** @throws HomegrownError if a record is there that can't be read: it stays */
export async function dropWritten(store: BlobStore, projectId: string): Promise<void> {
  if (await readWritten(store, projectId)) await store.commit({ drop: [writtenKey(projectId)] });
}

/** Small enough to store: a long text without the alternatives at its beginning, a long chat without its first messages. */
export function bounded(given: WrittenRecord): WrittenRecord {
  const tokens = given.tokens.slice(-MAX_TOKENS);
  const withAlternatives = tokens.length - MAX_WITH_ALTERNATIVES;
  let room = MAX_PROMPT;
  const said = given.said
    .slice(-MAX_MESSAGES)
    .toReversed()
    .filter(({ content }) => (room -= content.length) >= 0)
    .toReversed();
  return {
    ...given,
    prompt: endOf(given.prompt),
    said,
    tokens: tokens.map((each, i) => (i < withAlternatives ? { ...each, alternatives: [] } : each)),
    ...(given.earlier && { earlier: boundedEarlier(given.earlier) }),
  };
}

/** The newest, as many as have no more tokens together than one text may have. */
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
      tokens: text.tokens.map((each) => (each.alternatives.length > 0 ? { ...each, alternatives: [] } : each)),
    }));
}

const endOf = (text: string): string => text.slice(-MAX_PROMPT);
