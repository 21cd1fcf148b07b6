/** Files with markup or data instead of prose: asks whether to train on them unchanged. */
import { ahead } from '../core/base/ahead';
import { headText, MARKUP_HEAD, markupOf } from '../core/documents/markup';
import {
  binaryTableCalled,
  FORMATS,
  formatOf,
  isTable,
  isTakenApart,
  mayBe,
  tableCalled,
  type TableFormatId,
  tableFormatOf,
} from '../core/documents/formats';
import { trainingSource, type ObjectiveId, usualObjective } from '../core/objectives';
import type { Purpose } from '../core/runs/tuning';
import type { Studio } from './slices/studio';
import type { Dropped, WaitingFile } from './slices/adding';

/** Tuning files that one dialog asks about: text tables first, then binary tables, then others. */
export function questionOf({
  waitingFiles,
  project,
}: Pick<Studio, 'waitingFiles' | 'project'>): readonly WaitingFile[] {
  const forTuning = waitingFiles.filter((file) => file.project.id === project.id && file.tunes !== undefined);
  const samePurpose = forTuning.filter(({ tunes }) => tunes === forTuning[0]!.tunes);
  const textTables = samePurpose.filter((file) => isTable(file.kind) && !isBinary(file));
  const binaryTables = samePurpose.filter(isBinary);
  return [textTables, binaryTables].find(({ length }) => length > 0) ?? samePurpose;
}

/** Whether the file's name shows its kind; else its first characters did. */
const isByName = ({ name, kind }: Pick<WaitingFile, 'name' | 'kind'>): boolean => tableCalled(name) === kind;

/** Whether a file only begins like a table, as a diary in braces does: it is prose in a known encoding. */
export const isNoTable = (file: WaitingFile): boolean =>
  file.found !== undefined && 'failure' in file.found && !file.found.proposals && !isByName(file) && !isBinary(file);

/** Whether a file is a binary table, which can't be trained on unchanged. */
export const isBinary = ({ kind }: WaitingFile): boolean => isTable(kind) && 'isBinary' in FORMATS[kind];

export const fileOf = ({ file, name, reading, tunes, drop }: Dropped): Dropped => ({
  file,
  name,
  ...(reading && { reading }),
  ...(tunes && { tunes }),
  ...(drop !== undefined && { drop }),
});

/** Turns rows that aren't chats into a table, whose question and answer columns a person chooses. */
export const asTable = ({ name, ...dropped }: Dropped, project: WaitingFile['project']): WaitingFile => ({
  ...dropped,
  name,
  kind: tableCalled(name) ?? 'jsonl',
  project,
});

/** Table format in which a file is read. */
export const tableOf = ({ kind, name }: WaitingFile): TableFormatId => (isTable(kind) ? kind : tableFormatOf(name));

/** Whether all texts are tables, which may have pairs. */
export const areTables = (texts: Studio['texts']): boolean => texts.every(({ formats }) => formats.every(isTable));

/** Objective to learn answers if all texts are pairs; undefined if the model can't use it or already does. */
export function answering({ project, texts }: Pick<Studio, 'project' | 'texts'>): ObjectiveId | undefined {
  const objective = usualObjective(project.model.id, true);
  return areTables(texts) && trainingSource(objective) === 'pairs' && objective !== project.recipe.objective
    ? objective
    : undefined;
}

/**
 * Splits files of a drop into those read as they are and those asked about. For chats, questions come later, only for
 * files in no known shape; for labeled files, a person chooses the columns of tables.
 */
export async function sorted(files: readonly Dropped[], project: WaitingFile['project'], tunes?: Purpose) {
  if (tunes === 'instruct') return { texts: files, markup: [] };
  if (tunes === 'classify') {
    const isTableName = ({ name }: Dropped): boolean => tableCalled(name) !== undefined;
    return {
      texts: files.filter((file) => !isTableName(file)),
      markup: files.filter(isTableName).map((file) => asTable(file, project)),
    };
  }
  const texts: Dropped[] = [];
  const markup: WaitingFile[] = [];
  const inExports = await namesInExports(files);
  const inspect = async (file: Dropped) => [file, inExports.has(file.name) ? null : await kindOf(file)] as const;
  for await (const [dropped, kind] of ahead(files, inspect)) {
    if (kind) markup.push({ ...dropped, kind, project });
    else texts.push(dropped);
  }
  return { texts, markup };
}

/** Names of files that belong to the export of a service, such as a chat app. */
async function namesInExports(files: readonly Dropped[]): Promise<ReadonlySet<string>> {
  const byName = new Map(files.map(({ name, file }) => [name, file]));
  const { groupExports } = await import('../core/documents/groupExports');
  const groups = await groupExports([...byName.keys()], (name) => headOf(byName.get(name)!).then(headText, () => ''));
  return new Set([...groups].flatMap(([name, { folder, others }]) => [name, ...others.map((path) => folder + path)]));
}

/** Null also for programs, and for formats with a reader: they raise no question. Adding reports unreadable files. */
export const kindOf = async ({ file, name }: Dropped): Promise<WaitingFile['kind'] | null> =>
  binaryTableCalled(name) ??
  (formatOf(name) === 'code' || isTakenApart(name)
    ? null
    : headOf(file).then(
        async (head) => {
          const kind = markupOf(name, head);
          const ids = mayBe(name);
          if (ids.length === 0) return kind;
          const { sniffFormat } = await import('../core/documents/sniffFormat');
          return sniffFormat(ids, name, headText(head)) ? null : kind;
        },
        () => null,
      ));

/** Reads small files whole: slicing the head of thousands of files takes Chromium three times as long. */
const headOf = async (file: File): Promise<Uint8Array> =>
  new Uint8Array(await (file.size <= MAX_WHOLE ? file : file.slice(0, MARKUP_HEAD)).arrayBuffer());
/** Maximum bytes of a file that is read whole. */
const MAX_WHOLE = 16 * MARKUP_HEAD;

/** A pasted text as a file. For a classifier the file is a table, whatever its name. */
export function pastedFile(text: string, name: string, tunes: Purpose): { name: string; file: File } {
  const isNameOfTable = tunes !== 'classify' || markupOf(name, new Uint8Array()) !== null;
  const fileName = isNameOfTable ? name : `${name}.csv`;
  return { name: fileName, file: new File([text], fileName) };
}
