import { integers, type Sample } from './checkOp';

/** Inputs of attention and embeddings for rows of documents of these lengths, in tokens. */
export function documentsInRows(rows: readonly (readonly number[])[]) {
  const places = rows.flatMap((row) => row.flatMap((tokens) => Array.from({ length: tokens }, (_, place) => place)));
  const ends = rows.flatMap((row) => {
    let end = 0;
    return row.flatMap((tokens) => new Array<number>(tokens).fill((end += tokens)));
  });
  return { places: integers([places.length], places), ends: integers([ends.length], ends) } satisfies Sample;
}
