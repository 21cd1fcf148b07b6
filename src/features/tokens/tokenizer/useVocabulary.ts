import { useEffect, useState } from 'react';
import { toFailure, type Failure } from '../../../core/base/errors';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';

export interface Entries {
  /** Every entry in order of id; empty until they are here. */
  all: readonly TokenPiece[];
  /** Whether `count` is a count of the training part; without data there is none. */
  isCounted: boolean;
  failure: Failure | undefined;
}

/** More entries than this are not listed: the page would hold a hundred thousand rows that nobody reads. */
const MOST = 65_536;

export function useVocabulary(): Entries {
  const read = useStudio((s) => s.vocabulary);
  const tokenizer = useStudio((s) => s.project.tokenizer);
  const data = useStudio((s) => s.project.data);
  const isCounted = data !== null && data.tokenizerHash === tokenizer?.hash;
  const [entries, setEntries] = useState<Entries>({ all: [], isCounted: false, failure: undefined });
  useEffect(() => {
    if (!tokenizer) return;
    let isWanted = true;
    read(MOST).then(
      (all) => {
        if (isWanted) setEntries({ all, isCounted, failure: undefined });
      },
      (error: unknown) => {
        if (isWanted) setEntries({ all: [], isCounted: false, failure: toFailure(error) });
      },
    );
    return () => {
      isWanted = false;
    };
  }, [read, tokenizer, isCounted, data]);
  return entries;
}
