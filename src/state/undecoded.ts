/** Files that aren't UTF-8, whose encoding a person selects. */
import { type EncodingId, ENCODINGS, type Proposal } from '../core/documents/encodings';
import { useStudio } from './react';
import { useQuery } from './useWorkerValue';
import type { Undecoded } from './slices/adding';

/** Possible encodings of a file that isn't UTF-8, as choices. */
interface Proposals {
  /** The likeliest first; undefined while the bytes are inspected. */
  proposals?: readonly (Proposal & { label: string })[];
  /** Why the inspection failed. */
  error?: string;
}

/** Possible encodings of a file, the likeliest first. */
export function useProposals({ name, dropped }: Pick<Undecoded, 'name' | 'dropped'>): Proposals {
  const { file } = dropped;
  const { value, failure } = useQuery(
    JSON.stringify([name, dropped.name]),
    async ({ data }, { signal }) => {
      const input = { given: { name: dropped.name, file }, names: [name] };
      const [proposals = []] = await data.call('proposeEncodings', input, { signal });
      return {
        of: file,
        proposals: proposals.map((proposal) => ({ ...proposal, label: ENCODINGS[proposal.encoding] })),
      };
    },
    file,
  );
  if (failure) return { error: failure.message };
  return value?.of === file ? { proposals: value.proposals } : {};
}

/** Question about refused files for a dialog, the first file first. */
export function useEncodingQuestion([first, ...others]: readonly [Undecoded, ...Undecoded[]], onClose: () => void) {
  const reread = useStudio((s) => s.rereadRefused);
  return {
    name: first.name,
    of: useProposals(first),
    others: others.length,
    note: 'Homegrown saves it as UTF-8.',
    onRead(encoding: EncodingId, isAll: boolean): void {
      void reread(isAll ? [first, ...others] : [first], { encoding });
      if (isAll || others.length === 0) onClose();
    },
    onClose,
  };
}
