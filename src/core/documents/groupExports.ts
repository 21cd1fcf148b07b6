/** Files that belong together, such as those of an archive that a service gives to its user: known before any is read whole. */
import { EXPORT_GROUPS } from './sniffFormat';

/** What belongs to a file. */
interface Group {
  /** The folder of all, with the slash at its end; or nothing. */
  folder: string;
  /** Whether they are only attached to the file, which is all of it. */
  areAttached: boolean;
  /** From there. */
  others: readonly string[];
}

/**
 * By the paths of those that others belong to, where there are some. What belongs to one belongs to no other.
 * @param paths of all that was given at once
 * @param beginningOf the first characters of one of few
 */
export async function groupExports(
  paths: readonly string[],
  beginningOf: (path: string) => Promise<string>,
): Promise<ReadonlyMap<string, Group>> {
  const found = new Map<string, Found>();
  for (const path of paths) {
    // Of 100,000 paths: each is cut once.
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

/** The folder of all; undefined where one is not in the folder in which it is to be. */
function folderOf(own: string, within = ''): string | undefined {
  if (within === '') return own;
  const folder = own.slice(0, Math.max(0, own.length - within.length - 1));
  const isWithin = own.slice(folder.length).toLowerCase() === `${within}/`;
  return isWithin && (folder === '' || folder.endsWith('/')) ? folder : undefined;
}

/** Each path goes to one whose folder it lies in, the deepest first. */
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
