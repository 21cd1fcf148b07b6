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
import type { Dropped, DroppedMarkup } from './slices/adding';

/** Files to tune on that one dialog asks about: tables that are text, then other tables, and then the rest. */
export function questionOf({ markup, project }: Pick<Studio, 'markup' | 'project'>): readonly DroppedMarkup[] {
  const asked = markup.filter((one) => one.project.id === project.id && one.tunes !== undefined);
  const all = asked.filter(({ tunes }) => tunes === asked[0]!.tunes);
  const [binary, text] = [all.filter(isBinary), all.filter((each) => isTable(each.kind) && !isBinary(each))];
  return [text, binary].find(({ length }) => length > 0) ?? all;
}

/** Whether its name says what it is; else its first characters did. */
const isByName = ({ name, kind }: Pick<DroppedMarkup, 'name' | 'kind'>): boolean => tableCalled(name) === kind;

/** Whether it only begins like a table, as a diary in braces does: it is prose, in an encoding that is known. */
export const isNoTable = (file: DroppedMarkup): boolean =>
  file.found !== undefined && 'failure' in file.found && !file.found.proposals && !isByName(file) && !isBinary(file);

/** Whether it is a binary table, which can't be trained on unchanged. */
export const isBinary = ({ kind }: DroppedMarkup): boolean => isTable(kind) && 'isBinary' in FORMATS[kind];

export const fileOf = ({ file, name, reading, tunes, drop }: Dropped): Dropped => ({
  file,
  name,
  ...(reading && { reading }),
  ...(tunes && { tunes }),
  ...(drop !== undefined && { drop }),
});

/** Rows that are no chats: which two columns are a question and its answer, a person says. */
export const asTable = ({ name, ...dropped }: Dropped, project: DroppedMarkup['project']): DroppedMarkup => ({
  ...dropped,
  name,
  kind: tableCalled(name) ?? 'jsonl',
  project,
});

/** As what a table that was asked about is read. */
export const tableOf = ({ kind, name }: DroppedMarkup): TableFormatId => (isTable(kind) ? kind : tableFormatOf(name));

/** Of pairs alone a model learns to answer: by this objective, where it can and does not yet. */
export function answering({ project, texts }: Pick<Studio, 'project' | 'texts'>): ObjectiveId | undefined {
  const objective = usualObjective(project.model.id, true);
  const isAll = texts.every(({ formats }) => formats.every(isTable));
  return isAll && trainingSource(objective) === 'pairs' && objective !== project.recipe.objective
    ? objective
    : undefined;
}

/**
 * Files of a drop: those that are read as they are, and those that are asked about. Of chats it is asked later, about those that
 * are none; of files with labels the tables, in which a person says what is the text and what the label.
 */
export async function sorted(files: readonly Dropped[], project: DroppedMarkup['project'], tunes?: Purpose) {
  if (tunes === 'instruct') return { texts: files, markup: [] };
  if (tunes === 'classify') {
    const [tables, texts] = [true, false].map((isOne) => files.filter(({ name }) => !!tableCalled(name) === isOne));
    return { texts: texts!, markup: tables!.map((file) => asTable(file, project)) };
  }
  const texts: Dropped[] = [];
  const markup: DroppedMarkup[] = [];
  const belonging = await belongingTo(files);
  const look = async (each: Dropped) => [each, belonging.has(each.name) ? null : await kindOf(each)] as const;
  for await (const [dropped, kind] of ahead(files, look)) {
    if (kind) markup.push({ ...dropped, kind, project });
    else texts.push(dropped);
  }
  return { texts, markup };
}

/** Names of those that belong to others, and of these: what an archive of a service holds. */
async function belongingTo(files: readonly Dropped[]): Promise<ReadonlySet<string>> {
  const byName = new Map(files.map(({ name, file }) => [name, file]));
  const { groupExports } = await import('../core/documents/groupExports');
  const groups = await groupExports([...byName.keys()], (name) => headOf(byName.get(name)!).then(headText, () => ''));
  return new Set([...groups].flatMap(([name, { folder, others }]) => [name, ...others.map((path) => folder + path)]));
}

/** Null also for programs, and for formats with a reader, which need no answer. An unreadable file is reported when it is added. */
export const kindOf = async ({ file, name }: Dropped): Promise<DroppedMarkup['kind'] | null> =>
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

/** Of thousands: to cut a file's beginning off takes Chromium three times as long as to read a small one whole. */
const headOf = async (file: File): Promise<Uint8Array> =>
  new Uint8Array(await (file.size <= SMALL ? file : file.slice(0, MARKUP_HEAD)).arrayBuffer());
/** Bytes. */
const SMALL = 16 * MARKUP_HEAD;

/** A pasted text as a file. What a classifier is to learn from is a table, whatever its name. */
export function pastedFile(text: string, name: string, tunes: Purpose): { name: string; file: File } {
  const isNamed = tunes !== 'classify' || markupOf(name, new Uint8Array()) !== null;
  const called = isNamed ? name : `${name}.csv`;
  return { name: called, file: new File([text], called) };
}
