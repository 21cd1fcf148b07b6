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
  const shared = files.length > 1 ? (mostShared(files, firstFolder) ?? mostShared(files, prefixesOf)) : undefined;
  if (shared !== undefined) return tidyName(shared);
  const largest = files.reduce((a, b) => (b.characters > a.characters ? b : a));
  const isTypical = files.length === 1 || 2 * largest.characters > sizeOf(files);
  return tidyName(stemOf(largest.name), isTypical ? '' : ` and ${files.length - 1} more`);
}

/** `a/moby-dick.txt` -> `moby-dick` */
const stemOf = (path: string): string => path.replace(/^.*\//, '').replace(/(?<=.)\.[^.]+$/, '');

const sizeOf = (files: readonly SizedFile[]): number => files.reduce((sum, { characters }) => sum + characters, 0);

/** Path part that the most files share, then the longest. Needs over half of the files and half of the characters. */
function mostShared(files: readonly SizedFile[], partsOf: (path: string) => readonly string[]): string | undefined {
  const filesByPart = new Map<string, SizedFile[]>();
  for (const file of files)
    for (const part of new Set(partsOf(file.name))) {
      const partFiles = filesByPart.get(part);
      if (partFiles) partFiles.push(file);
      else filesByPart.set(part, [file]);
    }
  const totalSize = sizeOf(files);
  return [...filesByPart]
    .filter(([, partFiles]) => 2 * partFiles.length > files.length && 2 * sizeOf(partFiles) >= totalSize)
    .sort(([a, { length: n }], [b, { length: m }]) => m - n || b.length - a.length)[0]?.[0];
}

/** The first folder. */
const firstFolder = (path: string): readonly string[] => path.split('/').slice(0, -1).slice(0, 1);

/** Prefixes of a title before a number or a separator, and all of it: `diary`, `diary-2019`, `diary-2019-may`. */
function prefixesOf(path: string): readonly string[] {
  const name = stemOf(path);
  const cutOffsets = [...name.matchAll(/(?<!\d)\d|[._()-]/g)].map(({ index }) => index);
  const prefixes = [...cutOffsets, name.length].map((end) => name.slice(0, end).replace(/[\s._()-]+$/, ''));
  return prefixes.filter((prefix) => (prefix.match(/\p{L}/gu)?.length ?? 0) >= MIN_LETTERS);
}
const MIN_LETTERS = 2;

const tidyName = (name: string, suffix = ''): string =>
  `${cutTo(name.replace(/\s*,\s*/g, ' ').trim() || 'Files', MAX_PROJECT_NAME - suffix.length)}${suffix}`;

/** Suggests a name from all files of these texts. @throws HomegrownError `storage-damaged` */
export async function nameOfTexts(store: BlobStore, ids: readonly string[]): Promise<string | undefined> {
  const files: SizedFile[] = [];
  for (const id of ids) files.push(...(await sizedFiles(store, await textOf(store, id))));
  return suggestedName(files);
}

async function sizedFiles(store: BlobStore, text: TextRecord): Promise<readonly SizedFile[]> {
  const { name, characters } = text;
  if (!text.indexed) return [{ name, characters }];
  const filesWithSize: SizedFile[] = [];
  for await (const { from, files, characters } of blocksOf(store, text)) {
    let next = 0;
    for (const [i, count] of characters.entries()) {
      if (files[next]?.at === from + i) filesWithSize.push({ name: files[next++]!.name, characters: 0 });
      if (filesWithSize.length === 0) filesWithSize.push({ name, characters: 0 });
      filesWithSize.at(-1)!.characters += count;
    }
  }
  return filesWithSize;
}
