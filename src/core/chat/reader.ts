/** Parses file rows as conversations, and stores each as a row of JSON in OpenAI's format. */
import { type BadRow, isBadRow } from '../base/badRow';
import { HomegrownError } from '../base/errors';
import { type Conversation, conversationProblem, ofPair } from './conversation';
import { conversationIn, SHAPE_IDS, shapeBy, type ShapeId, shapeOf } from './shapes';
import { openai } from './shapes/openai';
import { isRow, type Row } from './shapes/shape';

interface FoundRow {
  value: Row;
  /** Place in its file: `line 12`. */
  place: string;
}
/** A conversation as stored: one row of JSON. */
interface StoredRow {
  place: string;
  row: string;
}
interface File {
  name: string;
  note(sentence: string): void;
}

/**
 * Yields each conversation with its place, or why it can't be trained on. Buffers the first ones, which decide the
 * shape of all.
 * @throws HomegrownError `bad-shape` if they match no shape
 */
async function* ofObjects(
  found: AsyncIterable<FoundRow | BadRow>,
  { name, note }: File,
): AsyncGenerator<StoredRow | BadRow> {
  const stored = ({ value, place }: FoundRow, shape: ShapeId): StoredRow | BadRow => {
    const conversation = conversationIn(shape, value, `${place} of ${name}`);
    return typeof conversation === 'string' ? { place, problem: conversation } : { place, row: rowOf(conversation) };
  };
  let head: (FoundRow | BadRow)[] = [];
  let shape: ShapeId | undefined;
  for await (const row of found) {
    if (shape) yield isBadRow(row) ? row : stored(row, shape);
    else if (head.push(row) === HEAD_ROWS) {
      yield* headOf(head);
      head = [];
    }
  }
  yield* headOf(head);

  /** Yields the rows in order, after the good ones decided the shape. */
  function* headOf(rows: readonly (FoundRow | BadRow)[]): Generator<StoredRow | BadRow> {
    const good = rows.filter((row): row is FoundRow => !isBadRow(row));
    if (good.length > 0) shape = shapeIn(good, name, note);
    for (const row of rows) yield isBadRow(row) ? row : stored(row, shape!);
  }
}
/** Rows that decide a file's shape. */
const HEAD_ROWS = 100;

function shapeIn(head: readonly FoundRow[], name: string, note: File['note']): ShapeId {
  const shape = shapeOf(head.map(({ value }) => value));
  if (shape !== null) {
    note(`In ${shapeBy(shape).label} format`);
    return shape;
  }
  const keys = [...new Set(head.flatMap(({ value }) => Object.keys(value)))];
  const known = SHAPE_IDS.map((id) => shapeBy(id).label).join(', ');
  const more = keys.length > MAX_NAMED ? ' and others' : '';
  throw new HomegrownError(
    'bad-shape',
    `${name} isn't in a known chat format (${known}): its rows have ${keys.length === 0 ? 'no fields' : keys.slice(0, MAX_NAMED).map(shortened).join(', ')}${more}.`,
  );
}
const MAX_NAMED = 12;
const shortened = (key: string): string => (key.length > 80 ? `${key.slice(0, 80)}…` : key);

/** A question and its answer with their place, or why they can't be trained on. */
function pairRow(input: string, target: string, place: string): StoredRow | BadRow {
  const pair = ofPair(input, target);
  const problem = conversationProblem(pair);
  return problem === null ? { place, row: rowOf(pair) } : { place, problem };
}

/** Interface for importing texts of conversations. */
export const conversationReader = { ofObjects, ofPair: pairRow };

/** Serializes a conversation as a stored row. */
export const rowOf = ({ messages }: Conversation): string =>
  JSON.stringify({ messages: messages.map(({ role, content }) => ({ role, content })) });

/** Parses a stored row. @throws HomegrownError `storage-damaged` if it isn't a conversation */
export function storedConversation(row: string, name: string): Conversation {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    value = null;
  }
  const found = isRow(value) && openai.recognises(value) ? openai.conversation(value) : null;
  if (found !== null && typeof found !== 'string') return { ...found, name };
  throw new HomegrownError(
    'storage-damaged',
    `${name} isn't stored as a conversation.`,
    'Remove its text, and add its file again.',
  );
}
