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
  const found = new Map<string, Found>();
  for (const path of paths) {
    // Each path is cut once, because there may be 100,000.
    const end = path.lastIndexOf('/') + 1;
    const name = path.slice(end);
    for (const { begins, companions } of EXPORT_GROUPS) {
      if (!companions.name.test(name)) continue;
      const folder = folderOf(path.slice(0, end), companions.within);
      if (folder === undefined || !begins(await beginningOf(path), path)) continue;
      const { others: isOther, areAttached = false } = companions;
      found.set(path, { folder, areAttached, isOther, others: [] });
      break;
    }
  }
  if (found.size > 0) share(paths, found);
  return new Map([...found].filter(([, { others }]) => others.length > 0));
}

interface Found extends Group {
  isOther: RegExp;
  others: string[];
}

/** Common folder of a group; undefined if the main file isn't in the folder `within`. */
function folderOf(own: string, within = ''): string | undefined {
  if (within === '') return own;
  const folder = own.slice(0, Math.max(0, own.length - within.length - 1));
  const isWithin = own.slice(folder.length).toLowerCase() === `${within}/`;
  return isWithin && (folder === '' || folder.endsWith('/')) ? folder : undefined;
}

/** Assigns each path to a group whose folder contains it, the deepest first. */
function share(paths: readonly string[], found: ReadonlyMap<string, Found>): void {
  const byFolder = new Map<string, Found[]>();
  for (const each of found.values()) byFolder.set(each.folder, [...(byFolder.get(each.folder) ?? []), each]);
  for (const path of paths) {
    if (found.has(path)) continue;
    let end = path.lastIndexOf('/') + 1;
    for (;;) {
      const rest = path.slice(end);
      const group = byFolder.get(path.slice(0, end))?.find(({ isOther }) => isOther.test(rest));
      group?.others.push(rest);
      if (group || end === 0) break;
      end = end > 1 ? path.lastIndexOf('/', end - 2) + 1 : 0;
    }
  }
}
