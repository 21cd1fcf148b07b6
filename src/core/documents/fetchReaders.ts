/** Fetches what texts, tables of text and programs are read with, before there are any: the network may go in between. What cannot be had now is asked for again. */
export async function fetchReaders(): Promise<void> {
  await Promise.allSettled([
    fetchRecognition(),
    import('./decode'),
    import('./read/txt'),
    import('./read/md'),
    import('./read/csv'),
    import('./read/tsv'),
    import('./read/jsonl'),
    import('./read/json'),
  ]);
}

/** The same of what tells files apart that are given, which is all that a page needs. */
export async function fetchRecognition(): Promise<void> {
  await Promise.allSettled([import('./known'), import('./together')]);
}
