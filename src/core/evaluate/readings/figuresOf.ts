/** Figures of how likely tokens were, under the names that a reading tells them by. */
import type { Evaluation } from '../evaluation';
import { type FigureId, figureFacts } from '../figures';
import { type LikelihoodId, measured } from '../likelihood';

/** @param like which likelihood each figure is */
export const figuresOf = (
  like: Readonly<Partial<Record<FigureId, LikelihoodId>>>,
  isAsked: (id: FigureId) => boolean,
  rows: readonly (readonly number[])[],
  seed: number,
): Evaluation['metrics'] =>
  Object.fromEntries(
    (Object.entries(like) as [FigureId, LikelihoodId][])
      .filter(([id]) => isAsked(id))
      .map(([id, likelihood]) => [id, { ...measured(likelihood, rows, seed), unit: figureFacts(id).unit }]),
  );
