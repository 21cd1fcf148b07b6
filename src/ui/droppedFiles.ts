import { visibleName } from '../core/base/fileName';
import { counted, formatCount } from '../core/base/units';

/** A file with its path below what was dropped or chosen: `letters/1851/june.txt`. */
export interface DroppedFile {
  path: string;
  file: File;
}

/**
 * Returns every file of a drop, including those in folders, sorted by path.
 * @param onUnread receives a message about what couldn't be read, if other files could
 * @throws Error if nothing could be read
 */
export async function filesOfDrop(transfer: DataTransfer, onUnread: (words: string) => void): Promise<DroppedFile[]> {
  // Entries have to be taken before the first await: the transfer is emptied when the event handler returns.
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const loose = [...transfer.files];
  if (entries.every((entry) => entry === null)) return filesOfList(loose);
  const unread: string[] = [];
  const all = entries.filter((entry) => entry !== null);
  const found = (await Promise.all(all.map((entry) => filesOfEntry(entry, unread)))).flat();
  if (unread.length > 0) {
    const words = unreadWords(unread, found.length);
    if (found.length === 0) throw new Error(words);
    onUnread(words);
  }
  return sorted(found);
}

/** `letters/june.txt can't be read: …. The other 12 files were read.` */
function unreadWords(unread: readonly string[], read: number): string {
  const [first = ''] = unread;
  const others = unread.length > 1 ? `, and ${formatCount(unread.length - 1)} more` : '';
  const rest = read > 0 ? ` The other ${counted(read, 'file')} ${read === 1 ? 'was' : 'were'} read.` : '';
  return `${first}${others}.${rest}`;
}

/** Returns the files of an input or of the clipboard. */
export const filesOfList = (files: Iterable<File>): DroppedFile[] =>
  sorted([...files].map((file) => ({ path: visibleName(file.webkitRelativePath || file.name), file })));

const sorted = (files: DroppedFile[]): DroppedFile[] =>
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

/** @param unread collects paths that couldn't be read, with the browser's reason */
async function filesOfEntry(entry: FileSystemEntry, unread: string[]): Promise<DroppedFile[]> {
  const found: DroppedFile[] = [];
  try {
    for await (const file of readEntry(entry, unread)) found.push(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    unread.push(`${visibleName(entry.fullPath.replace(/^\//, ''))} can't be read (${reason})`);
  }
  return found;
}

async function* readEntry(entry: FileSystemEntry, unread: string[]): AsyncGenerator<DroppedFile> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    yield { path: visibleName(entry.fullPath.replace(/^\//, '')), file };
    return;
  }
  if (!isFolder(entry)) return;
  const reader = entry.createReader();
  // A reader gives at most 100 entries a call, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) yield* await filesOfEntry(child, unread);
  }
}
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
