import type { Failure } from '../../../core/base/errors';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';
import { useQuery } from '../../../state/useWorkerValue';

export interface Vocabulary {
  /** Every entry in order of id; empty until loaded. */
  all: readonly TokenPiece[];
  /** Whether `count` counts the training set; without data there are no counts. */
  isCounted: boolean;
  failure: Failure | undefined;
}

/** Maximum number of entries on the page. */
const MAX_ENTRIES = 65_536;

/** Vocabulary of the project's tokenizer. */
export function useVocabulary(): Vocabulary {
  const readVocabulary = useStudio((s) => s.vocabulary);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const data = useStudio((s) => s.project.data);
  const isCounted = data !== null && data.tokenizerHash === tokenizer?.hash;
  const { latest, failure } = useQuery(
    tokenizer ? `${tokenizer.hash} ${isCounted}` : undefined,
    async () => ({ all: await readVocabulary(MAX_ENTRIES), isCounted }),
    data,
  );
  if (failure || !latest) return { all: NO_ENTRIES, isCounted: false, failure };
  return { ...latest, failure };
}
const NO_ENTRIES: Vocabulary['all'] = [];
