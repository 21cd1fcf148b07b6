/** Registry of chat formats. To add one, write its file and add its line here. */
import { type Conversation, conversationProblem } from '../conversation';
import { alpaca } from './alpaca';
import { openai } from './openai';
import { type Row, type Shape } from './shape';
import { sharegpt } from './sharegpt';

/** Keys are stored in records, so they never change. */
export const SHAPES = { openai, sharegpt, alpaca } as const satisfies Record<string, Shape>;
export type ShapeId = keyof typeof SHAPES;
export const SHAPE_IDS = Object.keys(SHAPES) as readonly ShapeId[];

/** Any shape, by its common interface. */
export const shapeBy = (id: ShapeId): Shape => SHAPES[id];

/** First shape of more than half of the rows; null if there is none, so the user must name two columns. */
export const detectShape = (rows: readonly Row[]): ShapeId | null =>
  SHAPE_IDS.find((id) => rows.filter((row) => SHAPES[id].recognizes(row)).length * 2 > rows.length) ?? null;

/**
 * Parses a row as a conversation, or says why it can't, in words that continue its place: `has no messages`.
 * @param name the place: `line 12 of chats.jsonl`
 */
export function parseConversation(id: ShapeId, row: Row, name: string): Conversation | string {
  const shape = shapeBy(id);
  if (!shape.recognizes(row)) return `isn't in ${shape.label} format, unlike other rows`;
  const conversation = shape.conversation(row);
  return typeof conversation === 'string'
    ? conversation
    : (conversationProblem(conversation) ?? { ...conversation, name });
}
