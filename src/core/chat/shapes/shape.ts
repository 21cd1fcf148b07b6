import type { Conversation } from '../conversation';

/** A chat format in rows of JSON: a file in this folder and a line in index.ts. */
export interface Shape {
  /** Before `format`: `OpenAI`. */
  label: string;
  /** Address of its definition or of an example. */
  source: string;
  /** Decides by keys alone: their values may still be wrong. */
  recognizes(row: Row): boolean;
  /** Parses a row of this shape; otherwise says what is wrong, in words that follow its place. */
  conversation(row: Row): Conversation | string;
}

/** JSON object. */
export type Row = Readonly<Record<string, unknown>>;

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a field has content. Such a field can't be part of a chat. */
export const hasContent = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
