import { visibleName } from '../core/base/fileName';

/** A file with its path below what was dropped or chosen: `letters/1851/june.txt`. */
export interface DroppedFile {
  path: string;
  file: File;
}

/** Every file of a drop, with folders walked through, in the order of their paths. */
export async function filesOfDrop(transfer: DataTransfer): Promise<DroppedFile[]> {
  // Entries have to be taken before the first await: the transfer is emptied when the event handler returns.
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  const loose = [...transfer.files];
  if (entries.every((entry) => entry === null)) return filesOfList(loose);
  const found = await Promise.all(entries.filter((entry) => entry !== null).map((entry) => filesOfEntry(entry)));
  return sorted(found.flat());
}

/** The files of an input or of the clipboard. */
export const filesOfList = (files: Iterable<File>): DroppedFile[] =>
  sorted([...files].map((file) => ({ path: visibleName(file.webkitRelativePath || file.name), file })));

const sorted = (files: DroppedFile[]): DroppedFile[] =>
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

async function filesOfEntry(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: visibleName(entry.fullPath.replace(/^\//, '')), file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: DroppedFile[] = [];
  // A reader gives at most 100 entries a call, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await filesOfEntry(child)));
  }
}
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
