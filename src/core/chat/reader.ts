/** Parses file rows as conversations, and stores each as a row of JSON in OpenAI's format. */
import { type BadRow, isBadRow } from '../base/badRow';
import { HomegrownError } from '../base/errors';
import { type Conversation, conversationProblem, pairConversation } from './conversation';
import { parseConversation, SHAPE_IDS, shapeBy, type ShapeId, detectShape } from './shapes';
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
async function* readObjects(
  objects: AsyncIterable<FoundRow | BadRow>,
  { name, note }: File,
): AsyncGenerator<StoredRow | BadRow> {
  const toStoredRow = ({ value, place }: FoundRow, shape: ShapeId): StoredRow | BadRow => {
    const conversation = parseConversation(shape, value, `${place} of ${name}`);
    return typeof conversation === 'string' ? { place, problem: conversation } : { place, row: rowOf(conversation) };
  };
  let bufferedRows: (FoundRow | BadRow)[] = [];
  let shape: ShapeId | undefined;
  for await (const row of objects) {
    if (shape) yield isBadRow(row) ? row : toStoredRow(row, shape);
    else if (bufferedRows.push(row) === ROWS_TO_DETECT) {
      yield* decideShape(bufferedRows);
      bufferedRows = [];
    }
  }
  yield* decideShape(bufferedRows);

  /** Yields the rows in order, after the good ones decided the shape. */
  function* decideShape(rows: readonly (FoundRow | BadRow)[]): Generator<StoredRow | BadRow> {
    const goodRows = rows.filter((row): row is FoundRow => !isBadRow(row));
    if (goodRows.length > 0) shape = requireShape(goodRows, name, note);
    for (const row of rows) yield isBadRow(row) ? row : toStoredRow(row, shape!);
  }
}
/** Rows that decide a file's shape. */
const ROWS_TO_DETECT = 100;

function requireShape(rows: readonly FoundRow[], name: string, note: File['note']): ShapeId {
  const shape = detectShape(rows.map(({ value }) => value));
  if (shape !== null) {
    note(`In ${shapeBy(shape).label} format`);
    return shape;
  }
  const keys = [...new Set(rows.flatMap(({ value }) => Object.keys(value)))];
  const shapeNames = SHAPE_IDS.map((id) => shapeBy(id).label).join(', ');
  const more = keys.length > MAX_LISTED_KEYS ? ' and others' : '';
  throw new HomegrownError(
    'bad-shape',
    `${name} isn't in a known chat format (${shapeNames}): its rows have ${keys.length === 0 ? 'no fields' : keys.slice(0, MAX_LISTED_KEYS).map(shortenKey).join(', ')}${more}.`,
  );
}
const MAX_LISTED_KEYS = 12;
const shortenKey = (key: string): string => (key.length > 80 ? `${key.slice(0, 80)}…` : key);

/** A question and its answer with their place, or why they can't be trained on. */
function pairRow(input: string, target: string, place: string): StoredRow | BadRow {
  const pair = pairConversation(input, target);
  const problem = conversationProblem(pair);
  return problem === null ? { place, row: rowOf(pair) } : { place, problem };
}

/** Interface for importing texts of conversations. */
export const conversationReader = { readObjects, readPair: pairRow };

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
  const conversation = isRow(value) && openai.recognizes(value) ? openai.conversation(value) : null;
  if (conversation !== null && typeof conversation !== 'string') return { ...conversation, name };
  throw new HomegrownError(
    'storage-damaged',
    `${name} isn't stored as a conversation.`,
    'Remove its text, and add its file again.',
  );
}
