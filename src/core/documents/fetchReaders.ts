import { FORMATS } from './formats';

/**
 * Prefetches the readers of texts and of text tables, because the network may be gone once files are dropped. A fetch
 * that fails is tried again on use.
 */
export async function fetchReaders(): Promise<void> {
  const readers = Object.values(FORMATS).flatMap((format) =>
    'fetch' in format && !('isBinary' in format) ? [format.fetch()] : [],
  );
  await Promise.allSettled([fetchRecognition(), ...readers]);
}

/** Prefetches only the modules that recognize files, which is all that a page needs. */
export async function fetchRecognition(): Promise<void> {
  await Promise.allSettled([import('./sniffFormat'), import('./groupExports')]);
}
