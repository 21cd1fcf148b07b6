import type { Conversation } from '../conversation';

/** One way in which chats lie in rows of JSON: a file in this folder and a line in index.ts. */
export interface Shape {
  /** Before `format`: `OpenAI`. */
  label: string;
  /** Where it is defined, or known from. */
  source: string;
  /** By its keys alone: what is in them may still be wrong. */
  recognises(row: Row): boolean;
  /** Of a row that it recognises; else what is wrong with it, in words that follow its place. */
  conversation(row: Row): Conversation | string;
}

/** An object of JSON. */
export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands there is not said in a chat that is learnt. */
export const hasSome = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
