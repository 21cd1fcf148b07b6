/** Files that a page sent, as sources of text. */
import { ahead } from '../core/base/ahead';
import type { TextSource } from '../core/documents';
import { blobSource, throwReadError } from '../jobs/blobSource';
import type { GivenFile } from '../protocol/data';

type SourceFile = Omit<GivenFile, 'file'> & { file: Blob };

export const fileSource = ({ file, ...options }: SourceFile): TextSource => ({
  ...options,
  size: file.size,
  stream: () => chunksOf(file),
  places: blobSource(file),
});

/**
 * Reads small files whole, some of them ahead, in order. A file that is requested out of order is read alone; system files and
 * files too deep in archives are never requested.
 */
export function fileSources(files: readonly SourceFile[]): TextSource[] {
  const smallFiles = files.filter(({ file }) => isSmall(file));
  // An unreadable file is reported alone.
  const contents = ahead(smallFiles, async (source) => {
    const [content] = await Promise.allSettled([source.file.arrayBuffer().catch(throwReadError(source.file))]);
    return { source, content };
  });
  /** Read ahead, but not requested yet. */
  const passed = new Set<SourceFile>();
  return files.map((source) => {
    const { file, ...options } = source;
    if (!isSmall(file)) return fileSource(source);
    let isRead = false;
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      if (isRead || passed.has(source)) {
        // A file is requested again in another encoding, or as a copy of an earlier one.
        yield new Uint8Array(await file.arrayBuffer().catch(throwReadError(file)));
        return;
      }
      isRead = true;
      let next = await contents.next();
      while (!next.done && next.value.source !== source) {
        passed.add(next.value.source);
        next = await contents.next();
      }
      if (next.done) throw new Error('it was read already');
      const { content } = next.value;
      if (content.status === 'rejected') throw content.reason;
      yield new Uint8Array(content.value);
    };
    return { ...options, size: file.size, stream, places: blobSource(file) };
  });
}
const isSmall = ({ size }: Blob): boolean => size < 2 ** 16;

async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (error) {
    throwReadError(file)(error);
  } finally {
    reader.releaseLock();
  }
}
