/** The files that a person named; a folder stands for all files below it. */
import { constants, type Dirent } from 'node:fs';
import { access, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { badFile, type Failure, HomegrownError, isBadFile, paragraph, toFailure } from '../../src/core/base/errors';
import { visibleName } from '../../src/core/base/fileName';
import {
  type FailedFile,
  isSystemFile,
  NOTHING,
  type PassedOver,
  SavedPages,
  skippedLines,
  skippedOf,
  type TextSource,
} from '../../src/core/documents';
import { isSystemError, systemFailure } from '../systemError';
import { specialKind, textFile } from '../sources';
import { isWithin } from '../folders/target';
import { stderr } from '../output';

export interface NamedFile {
  path: string;
  /** Its path below the named folder, with `/`; otherwise its name. */
  name: string;
  /** Whether a folder was named: then the file may be skipped alone. */
  isInFolder: boolean;
}
/** File that isn't read, and the reason. */
export interface Refused {
  name: string;
  reason: string;
}
export interface FoundFiles {
  files: readonly NamedFile[];
  refused: readonly Refused[];
  /** Hidden files and folders, and parts of saved pages. */
  passedOver: readonly PassedOver[];
}

const toStderr = (words: string): void => stderr.write(`${words}\n`);
export const refusedWords = ({ name, reason }: Refused): string => `Left out: ${name}. ${reason}`;

/** A refused file in a report. */
export const failedOf = ({ name, reason }: Refused): FailedFile => ({
  name,
  failure: { code: 'bad-file', message: reason },
});

/** A line for each refused file and each part of a saved page; none for hidden files. */
export const leftOutLines = ({
  refused,
  passedOver,
}: Pick<FoundFiles, 'refused' | 'passedOver'>): readonly string[] => [
  ...refused.map(refusedWords),
  ...skippedLines({ ...NOTHING, skipped: passedOver.filter(({ why }) => why !== 'hidden').map(skippedOf) }),
];

/**
 * Files of a folder have the app's order.
 * @param note receives links to files that are read anyway
 * @throws HomegrownError `bad-file` if a folder has no readable file
 */
export async function findFiles(paths: readonly string[], note = toStderr): Promise<FoundFiles> {
  const results = await Promise.all(paths.map((path) => filesAt(path, note)));
  return {
    files: results.flatMap(({ files }) => files),
    refused: results.flatMap(({ refused }) => refused),
    passedOver: results.flatMap(({ passedOver }) => passedOver),
  };
}

export type OpenedSources = Omit<FoundFiles, 'files'> & { files: readonly (NamedFile & { source: TextSource })[] };

/** Opens the files, too. A file of a folder that can't be opened is refused alone. */
export async function openSources(paths: readonly string[], note = toStderr): Promise<OpenedSources> {
  const { files, refused, passedOver } = await findFiles(paths, note);
  const opened = await Promise.all(
    files.map(async (file) => ({
      ...file,
      source: await textFile(file.path).catch((error: unknown) => refusalOf(file, error)),
    })),
  );
  const all = [...refused, ...opened.flatMap(({ source }) => ('reason' in source ? [source] : []))];
  const readable = opened.flatMap(({ source, ...file }) => ('reason' in source ? [] : [{ ...file, source }]));
  if (readable.length === 0 && all[0]) throw badFile('None of the files can be read.', refusedWords(all[0]));
  return { files: readable, refused: all, passedOver };
}

/** Why one file of a folder isn't read. @throws the error if the file itself was named, or isn't at fault */
export function failureOf({ isInFolder }: Pick<NamedFile, 'isInFolder'>, error: unknown): Failure {
  const failure = isSystemError(error) ? systemFailure(error) : error;
  if (!isInFolder || !isBadFile(failure)) throw error;
  return toFailure(failure);
}
function refusalOf(file: Pick<NamedFile, 'name' | 'isInFolder'>, error: unknown): Refused {
  const { message, remedy } = failureOf(file, error);
  return { name: file.name, reason: paragraph(message, remedy) };
}

async function filesAt(path: string, note: (words: string) => void): Promise<FoundFiles> {
  const stats = await stat(path).catch(() => null);
  if (!stats?.isDirectory())
    return { files: [{ path, name: visibleName(basename(path)), isInFolder: false }], refused: [], passedOver: [] };
  const walked: Walked = {
    root: await realpath(path),
    files: [],
    links: [],
    targets: new Set(),
    refused: [],
    hidden: [],
  };
  await walk(path, '', walked);
  const names = walked.files.sort();
  const pages = new SavedPages(names);
  const files = names.filter((name) => !pages.holds(name));
  for (const name of walked.links.sort()) note(`${join(path, name)} is a link to a file that was already read.`);
  const refused = walked.refused.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (files.length === 0) throw badFile(`${path} contains no text.`, refused[0] && refusedWords(refused[0]));
  return {
    files: files.map((name) => ({ path: join(path, name), name: visibleName(name), isInFolder: true })),
    refused,
    passedOver: [
      ...walked.hidden.sort().map((name): PassedOver => ({ name, why: 'hidden' })),
      ...names.filter((name) => pages.holds(name)).map((name): PassedOver => ({ name, why: 'saved page' })),
    ],
  };
}

/** Content of a folder. Names are relative paths with `/`. */
interface Walked {
  /** The folder, without links. */
  root: string;
  files: string[];
  /** Links to files that are read in the folder. */
  links: string[];
  /** Hidden files that are read through a link. */
  targets: Set<string>;
  refused: Refused[];
  /** Hidden files and system files. A folder, with a slash at its end, stands for its content. */
  hidden: string[];
}

async function walk(folder: string, relativeFolder: string, walked: Walked): Promise<void> {
  let entries: Dirent<Buffer>[];
  try {
    entries = await readdir(join(folder, relativeFolder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    walked.refused.push({ name: relativeFolder === '' ? folder : relativeFolder, reason: reasonOf(error) });
    return;
  }
  for (const entry of entries) {
    const entryName = entry.name.toString();
    const name = relativeFolder === '' ? entryName : `${relativeFolder}/${entryName}`;
    if (isSystemFile(name)) {
      walked.hidden.push(visibleName(entry.isDirectory() ? `${name}/` : name));
      continue;
    }
    const displayName = visibleName(
      relativeFolder === '' ? displayBytes(entry.name) : `${relativeFolder}/${displayBytes(entry.name)}`,
    );
    if (!Buffer.from(entryName).equals(entry.name)) {
      walked.refused.push({ name: displayName, reason: 'Its name is not UTF-8. Rename it to read it.' });
      continue;
    }
    try {
      await addEntry(folder, name, walked);
    } catch (error) {
      walked.refused.push({ name: displayName, reason: reasonOf(error) });
    }
  }
}

/** Takes one entry, or its content. @throws why it can't be read */
async function addEntry(folder: string, name: string, walked: Walked): Promise<void> {
  const path = join(folder, name);
  const stats = await lstat(path);
  if (stats.isDirectory()) return walk(folder, name, walked);
  if (stats.isSymbolicLink()) {
    const target = await realpath(path);
    if (target !== walked.root && !isWithin(target, walked.root))
      throw badFile(`The link leads outside the folder, to ${target}.`, 'To read it, name that path too.');
    if (!isSystemFile(relative(walked.root, target)) || walked.targets.has(target)) {
      walked.links.push(name);
      return;
    }
    // A git-annex link: the walk skips its target.
    if (!(await stat(path)).isFile())
      throw badFile('The link leads to a hidden folder.', 'To read it, name that path too.');
    walked.targets.add(target);
  }
  const kind = specialKind(stats);
  if (kind !== undefined) throw badFile(`It is ${kind}; in a folder, only files are read.`);
  await access(path, constants.R_OK);
  walked.files.push(name);
}

function reasonOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof HomegrownError) return paragraph(error.message, error.remedy);
  if (Object.hasOwn(REASONS, code)) return REASONS[code]!;
  if (isSystemError(error)) return paragraph(systemFailure(error).message);
  throw error;
}
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'This user may not read it (EACCES).',
  EPERM: 'This user may not read it (EPERM).',
  ELOOP: 'Its links form a loop (ELOOP).',
  ENOENT: 'The link leads to nothing, or the file is gone (ENOENT).',
  ENAMETOOLONG: 'Its path is too long (ENAMETOOLONG).',
};

/** The name, with codes for bytes that aren't characters: `caf\xe9.txt`. */
function displayBytes(name: Buffer): string {
  const text = name.toString();
  if (Buffer.from(text).equals(name)) return text;
  return name.toString('latin1').replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
