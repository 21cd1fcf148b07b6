import { useEffect, useState } from 'react';
import { toFailure } from '../../core/base/errors';
import { type EncodingId, ENCODINGS, type Proposal } from '../../core/documents/encodings';
import { useStudio } from '../../state/react';
import type { Undecoded } from '../../state/texts';
import { RadioList, Select } from '../../ui';
import styles from './EncodingChoice.module.css';

/** The encodings that a file may be in, each with lines of it as they would be read; none is chosen before a person does. */
export function EncodingChoice({
  of,
  chosen,
  onChoose,
}: {
  of: Pick<Undecoded, 'name' | 'dropped'>;
  chosen: EncodingId | null;
  onChoose: (encoding: EncodingId) => void;
}) {
  const [proposals, error] = useProposals(of);
  if (error) return <p className={styles.error}>{error}</p>;
  if (!proposals) return <p>Its letters are being looked at.</p>;
  if (proposals.length === 0) return <p>No encoding makes text of it: it is damaged, or no text.</p>;
  const [likely, others] = [proposals.slice(0, LIKELY), proposals.slice(LIKELY)];
  const other = others.find(({ encoding }) => encoding === chosen);
  return (
    <>
      <RadioList
        label="Encodings, the likeliest first"
        value={chosen}
        onChange={onChoose}
        options={[...likely, ...(other ? [other] : [])].map(({ encoding, lines }) => ({
          value: encoding,
          label: ENCODINGS[encoding],
          body: lines.map((line, i) => <span key={i}>{line}</span>),
        }))}
      />
      {others.length > 0 && (
        <Select
          label="Another"
          value={other?.encoding ?? null}
          placeholder={`${others.length} more`}
          onChange={onChoose}
          options={others.map(({ encoding, lines }) => ({
            value: encoding,
            label: ENCODINGS[encoding],
            hint: lines[0]!,
          }))}
        />
      )}
    </>
  );
}
const LIKELY = 4;

function useProposals({
  name,
  dropped,
}: Pick<Undecoded, 'name' | 'dropped'>): readonly [found: readonly Proposal[] | undefined, error: string | undefined] {
  const ask = useStudio((s) => s.proposals);
  const [found, setFound] = useState<{ of: unknown; proposals?: readonly Proposal[]; error?: string }>();
  const { file } = dropped;
  useEffect(() => {
    let isWanted = true;
    ask({ name, dropped: { name: dropped.name, file } }).then(
      (proposals) => isWanted && setFound({ of: file, proposals }),
      (error: unknown) => isWanted && setFound({ of: file, error: toFailure(error).message }),
    );
    return () => {
      isWanted = false;
    };
  }, [name, dropped.name, file, ask]);
  return found?.of === file ? [found.proposals, found.error] : [undefined, undefined];
}
