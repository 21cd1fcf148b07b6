/** Add a shape: its file, and its line here. */
import { badFile } from '../../base/errors';
import { type Conversation, conversationProblem } from '../conversation';
import { alpaca } from './alpaca';
import { openai } from './openai';
import { type Row, type Shape } from './shape';
import { sharegpt } from './sharegpt';

/** By the names that they have in records, which do not change. */
export const SHAPES = { openai, sharegpt, alpaca } as const satisfies Record<string, Shape>;
export type ShapeId = keyof typeof SHAPES;
export const SHAPE_IDS = Object.keys(SHAPES) as readonly ShapeId[];

/** Any of them, seen through what they share. */
export const shapeBy = (id: ShapeId): Shape => SHAPES[id];

/** In which more than half of these rows are, the first of a file; null: two of their columns are to be named. */
export const shapeOf = (rows: readonly Row[]): ShapeId | null =>
  SHAPE_IDS.find((id) => rows.filter((row) => SHAPES[id].recognises(row)).length * 2 > rows.length) ?? null;

/**
 * A row as a conversation that can be learnt.
 * @param name where it is: `line 12 of chats.jsonl`
 * @throws HomegrownError `bad-file` saying what is wrong with it: a file can be learnt without such rows
 */
export function conversationIn(id: ShapeId, row: Row, name: string): Conversation {
  const shape = shapeBy(id);
  const found = shape.recognises(row) ? shape.conversation(row) : `is not in ${shape.label} shape, as others are`;
  const problem = typeof found === 'string' ? found : conversationProblem(found);
  if (typeof found !== 'string' && problem === null) return { ...found, name };
  throw unlearnt(name, problem!);
}

/** @param problem in words that go on after `It ` */
export const unlearnt = (name: string, problem: string): Error =>
  badFile(
    `The conversation in ${name} cannot be learnt: it ${problem}.`,
    'Mend it there, or leave it out: the others are as they were.',
  );
