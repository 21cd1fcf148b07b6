/** Files that are not UTF-8, of which a person says in which encoding they are. */
import { useEffect, useState } from 'react';
import { toFailure } from '../core/base/errors';
import { type EncodingId, ENCODINGS, type Proposal } from '../core/documents/encodings';
import { useStudio } from './react';
import type { Undecoded } from './slices/adding';

/** What a file that is not UTF-8 may be written in, as it is chosen from. */
export interface Proposals {
  /** The likeliest first; undefined while its bytes are being looked at. */
  proposals?: readonly (Proposal & { label: string })[];
  /** Why they could not be. */
  error?: string;
}

export function useProposals({ name, dropped }: Pick<Undecoded, 'name' | 'dropped'>): Proposals {
  const ask = useStudio((s) => s.proposals);
  const [found, setFound] = useState<Proposals & { of: File }>();
  const { file } = dropped;
  useEffect(() => {
    let isWanted = true;
    ask({ name, dropped: { name: dropped.name, file } }).then(
      (all) =>
        isWanted && setFound({ of: file, proposals: all.map((one) => ({ ...one, label: ENCODINGS[one.encoding] })) }),
      (error: unknown) => isWanted && setFound({ of: file, error: toFailure(error).message }),
    );
    return () => {
      isWanted = false;
    };
  }, [name, dropped.name, file, ask]);
  return found?.of === file ? found : {};
}

/** The question about files that were refused, as a dialog asks it, the first of them first. */
export function useEncodingQuestion([first, ...others]: readonly [Undecoded, ...Undecoded[]], onClose: () => void) {
  const readIn = useStudio((s) => s.readIn);
  return {
    name: first.name,
    of: useProposals(first),
    others: others.length,
    note: 'Homegrown saves it as UTF-8.',
    onRead(encoding: EncodingId, isAll: boolean): void {
      void readIn(isAll ? [first, ...others] : [first], { encoding });
      if (isAll || others.length === 0) onClose();
    },
    onClose,
  };
}
