/** Runs format readers: in this thread, or in a worker that can be terminated (guarded.ts). */
import { badFile, HomegrownError, toFailure } from '../../base/errors';
import { jsonObjects } from '../jsonObjects';
import { FORMATS, type DocumentFormatId, type FormatId, type TableFormatId } from '../formats';
import { type BadRow, isBadRow } from '../../base/badRow';
import type { FoundDocument, OpenFile, Row } from '../formats/format';
import { Budget } from './budget';

/** Kinds of items that a file can contain. */
export interface Found {
  documents: FoundDocument;
  /** Table rows without `value`. */
  rows: Row | BadRow;
  /** Rows as JSON objects. */
  objects: FoundRow | BadRow;
}
export type FoundKind = keyof Found;

export interface FoundRow {
  value: Readonly<Record<string, unknown>>;
  /** Line number, from 1. */
  line: number;
  /** Spreadsheet row number, for formats with a header row. */
  row?: number;
  /** Place in a JSON file: `line 12`, `object 12`. */
  place?: string;
}

/** Formats that can yield each kind. */
export interface FormatOf {
  documents: DocumentFormatId;
  rows: TableFormatId;
  objects: TableFormatId;
}

/**
 * Reads a file. Converts errors of the reader to HomegrownErrors; passes on errors of the file's bytes unchanged.
 * @throws HomegrownError `bad-file` and the like, naming the file
 */
export type Readers = <K extends FoundKind>(
  kind: K,
  format: FormatOf[K],
  file: OpenFile,
  signal?: AbortSignal,
) => AsyncIterable<Found[K]>;

/** Runs readers in this thread. */
export const inProcess: Readers = async function* (kind, format, file) {
  const budget = new Budget(file.name);
  const own = new Set<unknown>();
  try {
    for await (const found of foundIn(kind, format, counted(file, budget, own))) {
      spend(budget, kind, found);
      yield found;
    }
  } catch (error) {
    throw own.has(error) ? error : refusal(file.name, format, error);
  }
};

async function* foundIn<K extends FoundKind>(kind: K, format: FormatOf[K], file: OpenFile): AsyncGenerator<Found[K]> {
  // The compiler can't narrow `K` by the value of `kind`.
  const all = (kind === 'documents' ? documents : kind === 'rows' ? rows : objectsOf) as (
    format: FormatOf[K],
    file: OpenFile,
  ) => AsyncIterable<Found[K]>;
  yield* all(format, file);
}

async function* documents(format: DocumentFormatId, file: OpenFile): AsyncGenerator<FoundDocument> {
  const reader = await FORMATS[format].open();
  yield* reader.documents(file);
}

const rows = (format: TableFormatId, file: OpenFile): AsyncIterable<Row | BadRow> => FORMATS[format].rows(file);

async function* objectsOf(format: TableFormatId, file: OpenFile): AsyncGenerator<FoundRow | BadRow> {
  if (format === 'jsonl' || format === 'json') {
    yield* jsonObjects(file);
    return;
  }
  for await (const found of FORMATS[format].rows(file)) {
    if (isBadRow(found)) yield found;
    else {
      const { line, row, value = Object.fromEntries(found.cells) } = found;
      yield { line, ...(row !== undefined && { row }), value: value as FoundRow['value'] };
    }
  }
}

function spend(budget: Budget, kind: FoundKind, found: Found[FoundKind]): void {
  if (isBadRow(found)) budget.produce(found.problem.length);
  else if (kind === 'documents') {
    budget.produce((found as FoundDocument).text.length);
  } else if (kind === 'rows') {
    const { cells } = found as Row;
    let characters = 0;
    for (const { length } of cells.values()) characters += length;
    budget.produce(characters, cells.size);
  } else budget.produce(0);
}

/** Wraps a file so that its bytes are counted. @param own collects errors thrown by its bytes */
function counted({ bytes, places, companions, ...file }: OpenFile, budget: Budget, own: Set<unknown>): OpenFile {
  const failed = (error: unknown): never => {
    own.add(error);
    throw error;
  };
  async function* stream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = pieces[Symbol.asyncIterator]();
    let isDone = false;
    try {
      for (;;) {
        const next = await iterator.next().catch(failed);
        isDone = next.done === true;
        if (next.done) return;
        budget.read(next.value.length);
        yield next.value;
      }
    } catch (error) {
      isDone = true; // An iterator that threw is closed.
      throw error;
    } finally {
      if (!isDone) await iterator.return?.();
    }
  }
  // Random access may repeat reads; each byte counts once.
  let left = places?.size ?? 0;
  return {
    ...file,
    bytes: stream(bytes),
    ...(places && {
      places: {
        size: places.size,
        async read(offset, length) {
          const read = await places.read(offset, length).catch(failed);
          const more = Math.min(read.length, left);
          left -= more;
          budget.read(more);
          return read;
        },
      },
    }),
    ...(companions && { companions: { ...companions, open: (path) => stream(companions.open(path)) } }),
  };
}

/** Converts a reader's error to a rejection of its file. A failed load of an app part isn't the file's fault. */
function refusal(name: string, format: FormatId, error: unknown): HomegrownError {
  if (error instanceof HomegrownError) return error;
  const { code, message } = toFailure(error);
  if (code === 'load-failed') return new HomegrownError(code, message);
  return failedReader(name, format, message);
}

/** @param reason error message of the failure */
export const failedReader = (name: string, format: FormatId, reason: string): HomegrownError =>
  badFile(
    `Couldn't read ${name}: the reader of ${FORMATS[format].label} files failed (${reason.slice(0, 200).replace(/\.$/, '')}).`,
    `The file may be damaged. ${AGAIN}`,
  );
export const AGAIN =
  'Other files are not affected. Open it in its app, save it again or as plain text, and add that file.';
