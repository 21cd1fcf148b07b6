import { FORMATS } from './formats';

/** Fetches what texts and tables of text are read with, before there are any: the network may go in between. What cannot be had now is asked for again. */
export async function fetchReaders(): Promise<void> {
  const readers = Object.values(FORMATS).flatMap((format) =>
    'fetch' in format && !('isBinary' in format) ? [format.fetch()] : [],
  );
  await Promise.allSettled([fetchRecognition(), ...readers]);
}

/** The same of what tells files apart that are given, which is all that a page needs. */
export async function fetchRecognition(): Promise<void> {
  await Promise.allSettled([import('./sniffFormat'), import('./groupExports')]);
}
