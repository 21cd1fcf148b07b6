/** Suggests a project name: the common part of its file names, else the largest file's name. */
import type { BlobStore } from '../base/blobStore';
import { cutTo, MAX_PROJECT_NAME } from '../base/textLimits';
import { blocksOf } from './blocks';
import { textOf } from './library';
import type { TextRecord } from './record';

interface SizedFile {
  /** Path within the drop or the archive. */
  name: string;
  characters: number;
}

/**
 * Returns the folder or the start of the name that most files share, if these hold half of the characters; else the
 * largest file's name. Has no comma and at most MAX_PROJECT_NAME code units. Undefined if there is no file.
 */
export function suggestedName(files: readonly SizedFile[]): string | undefined {
  if (files.length === 0) return undefined;
  const shared = files.length > 1 ? (mostShared(files, folderOf) ?? mostShared(files, startsOf)) : undefined;
  if (shared !== undefined) return plain(shared);
  const largest = files.reduce((a, b) => (b.characters > a.characters ? b : a));
  const isTypical = files.length === 1 || 2 * largest.characters > sizeOf(files);
  return plain(title(largest.name), isTypical ? '' : ` and ${files.length - 1} more`);
}

/** `a/moby-dick.txt` -> `moby-dick` */
const title = (path: string): string => path.replace(/^.*\//, '').replace(/(?<=.)\.[^.]+$/, '');

const sizeOf = (files: readonly SizedFile[]): number => files.reduce((sum, { characters }) => sum + characters, 0);

/** Path part that the most files share, then the longest. Needs over half of the files and half of the characters. */
function mostShared(files: readonly SizedFile[], partsOf: (path: string) => readonly string[]): string | undefined {
  const having = new Map<string, SizedFile[]>();
  for (const file of files)
    for (const part of new Set(partsOf(file.name))) {
      const others = having.get(part);
      if (others) others.push(file);
      else having.set(part, [file]);
    }
  const all = sizeOf(files);
  return [...having]
    .filter(([, some]) => 2 * some.length > files.length && 2 * sizeOf(some) >= all)
    .sort(([a, { length: n }], [b, { length: m }]) => m - n || b.length - a.length)[0]?.[0];
}

/** The first folder. */
const folderOf = (path: string): readonly string[] => path.split('/').slice(0, -1).slice(0, 1);

/** Prefixes of a title before a number or a separator, and all of it: `diary`, `diary-2019`, `diary-2019-may`. */
function startsOf(path: string): readonly string[] {
  const name = title(path);
  const cuts = [...name.matchAll(/(?<!\d)\d|[._()-]/g)].map(({ index }) => index);
  const starts = [...cuts, name.length].map((end) => name.slice(0, end).replace(/[\s._()-]+$/, ''));
  return starts.filter((start) => (start.match(/\p{L}/gu)?.length ?? 0) >= MIN_LETTERS);
}
const MIN_LETTERS = 2;

const plain = (name: string, end = ''): string =>
  `${cutTo(name.replace(/\s*,\s*/g, ' ').trim() || 'Files', MAX_PROJECT_NAME - end.length)}${end}`;

/** Suggests a name from all files of these texts. @throws HomegrownError `storage-damaged` */
export async function nameOfTexts(store: BlobStore, ids: readonly string[]): Promise<string | undefined> {
  const files: SizedFile[] = [];
  for (const id of ids) files.push(...(await sizedFiles(store, await textOf(store, id))));
  return suggestedName(files);
}

async function sizedFiles(store: BlobStore, text: TextRecord): Promise<readonly SizedFile[]> {
  const { name, characters } = text;
  if (!text.indexed) return [{ name, characters }];
  const found: SizedFile[] = [];
  for await (const { from, files, characters } of blocksOf(store, text)) {
    let next = 0;
    for (const [i, count] of characters.entries()) {
      if (files[next]?.at === from + i) found.push({ name: files[next++]!.name, characters: 0 });
      if (found.length === 0) found.push({ name, characters: 0 });
      found.at(-1)!.characters += count;
    }
  }
  return found;
}
