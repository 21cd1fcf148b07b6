/** Groups files that belong together, such as those of a service's data export, before any is read in full. */
import { EXPORT_GROUPS } from './sniffFormat';

/** Files that belong to a main file. */
interface Group {
  /** Common folder with its trailing slash, or an empty string. */
  folder: string;
  /** Whether the others are only attachments: the main file has all the text. */
  areAttached: boolean;
  /** Paths relative to `folder`. */
  others: readonly string[];
}

/**
 * Returns the groups by the path of their main file, without empty groups. A file belongs to at most one group.
 * @param paths of all files of the drop
 * @param beginningOf reads the first characters of a file; called for few files
 */
export async function groupExports(
  paths: readonly string[],
  beginningOf: (path: string) => Promise<string>,
): Promise<ReadonlyMap<string, Group>> {
  const groups = new Map<string, MatchingGroup>();
  for (const path of paths) {
    // Each path is cut once, because there may be 100,000.
    const nameStart = path.lastIndexOf('/') + 1;
    const name = path.slice(nameStart);
    for (const { begins, companions } of EXPORT_GROUPS) {
      if (!companions.name.test(name)) continue;
      const folder = folderOf(path.slice(0, nameStart), companions.within);
      if (folder === undefined || !begins(await beginningOf(path), path)) continue;
      const { others: isOther, areAttached = false } = companions;
      groups.set(path, { folder, areAttached, isOther, others: [] });
      break;
    }
  }
  if (groups.size > 0) assignCompanions(paths, groups);
  return new Map([...groups].filter(([, { others }]) => others.length > 0));
}

interface MatchingGroup extends Group {
  isOther: RegExp;
  others: string[];
}

/** Common folder of a group; undefined if the main file isn't in the folder `within`. */
function folderOf(folderOfMain: string, within = ''): string | undefined {
  if (within === '') return folderOfMain;
  const folder = folderOfMain.slice(0, Math.max(0, folderOfMain.length - within.length - 1));
  const isWithin = folderOfMain.slice(folder.length).toLowerCase() === `${within}/`;
  return isWithin && (folder === '' || folder.endsWith('/')) ? folder : undefined;
}

/** Assigns each path to a group whose folder contains it, the deepest first. */
function assignCompanions(paths: readonly string[], groups: ReadonlyMap<string, MatchingGroup>): void {
  const byFolder = new Map<string, MatchingGroup[]>();
  for (const group of groups.values()) byFolder.set(group.folder, [...(byFolder.get(group.folder) ?? []), group]);
  for (const path of paths) {
    if (groups.has(path)) continue;
    let folderEnd = path.lastIndexOf('/') + 1;
    for (;;) {
      const relativePath = path.slice(folderEnd);
      const group = byFolder.get(path.slice(0, folderEnd))?.find(({ isOther }) => isOther.test(relativePath));
      group?.others.push(relativePath);
      if (group || folderEnd === 0) break;
      folderEnd = folderEnd > 1 ? path.lastIndexOf('/', folderEnd - 2) + 1 : 0;
    }
  }
}
