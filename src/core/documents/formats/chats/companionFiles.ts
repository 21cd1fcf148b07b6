/** Reads companion files of an export. */
import { badFile, isBadFile } from '../../../base/errors';
import { formatCount } from '../../../base/units';
import { allOf } from '../../badRows';
import { COMMAS, delimitedRows } from '../../delimited';
import { jsonFile } from '../../json';
import { MAX_CHAT_LENGTH, MAX_JSON_FILE_BYTES } from '../../limits';
import type { OpenFile, Row } from '../format';

/** Opens one companion file by its path relative to the export's folder. */
const companionFile = (file: OpenFile, path: string): OpenFile => ({
  name: `${file.name.split('/').slice(0, -1).join('/')}/${path}`.replace(/^\//, ''),
  note: file.note,
  bytes: file.companions!.open(path),
});

/** Parses a companion file as JSON. A missing one gives nothing; an unreadable one gives nothing and a note. */
export async function companionJson(
  file: OpenFile,
  path: string,
  read: (file: OpenFile) => Promise<unknown> = (companion) => jsonFile(companion, MAX_JSON_FILE_BYTES),
): Promise<unknown> {
  if (!file.companions?.paths.has(path)) return undefined;
  try {
    return await read(companionFile(file, path));
  } catch (error) {
    noteSkipped(file, error);
    return undefined;
  }
}

/** Yields the rows of a companion CSV file, up to the first that can't be read, which is noted. */
export async function* companionRows(file: OpenFile, path: string): AsyncGenerator<Row['cells']> {
  try {
    for await (const { cells } of allOf(path, delimitedRows(companionFile(file, path), COMMAS))) yield cells;
  } catch (error) {
    noteSkipped(file, error);
  }
}

function noteSkipped({ note }: OpenFile, error: unknown): void {
  if (!isBadFile(error)) throw error;
  note(`Skipped: ${error.message.replace(/\.$/, '')}`);
}

/** Bounds the characters of messages in memory at once. */
export class TextBudget {
  private characters = 0;

  constructor(
    private readonly name: string,
    /** The unit for messages, such as `a channel`. */
    private readonly unit: string,
  ) {}

  add({ length }: string): void {
    this.characters += length;
    if (this.characters > MAX_CHAT_LENGTH)
      throw badFile(
        `${this.name} has ${this.unit} with more than ${formatCount(MAX_CHAT_LENGTH)} characters, the maximum.`,
        'Export a shorter period, or split it into several files.',
      );
  }
}
