import { RadioList } from './RadioList';
import { Select } from './Select';
import styles from './EncodingChoice.module.css';

/** What a file may be written in, the likeliest first, each with lines of it as they would be read. */
export interface Proposed<T extends string> {
  /** Undefined while its bytes are being looked at. */
  proposals?: readonly { encoding: T; label: string; lines: readonly string[] }[];
  /** Why they could not be. */
  error?: string;
}

interface EncodingChoiceProps<T extends string> {
  of: Proposed<T>;
  chosen: T | null;
  onChoose: (encoding: T) => void;
}

/** The encodings that a file may be in; none is chosen before a person does. */
export function EncodingChoice<T extends string>({
  of: { proposals, error },
  chosen,
  onChoose,
}: EncodingChoiceProps<T>) {
  if (error !== undefined) return <p className={styles.error}>{error}</p>;
  if (!proposals) return <p>Detecting the encoding…</p>;
  if (proposals.length === 0) return <p>No encoding fits. The file is damaged or not text.</p>;
  const [likely, others] = [proposals.slice(0, LIKELY), proposals.slice(LIKELY)];
  const other = others.find(({ encoding }) => encoding === chosen);
  return (
    <>
      <RadioList
        label="Encodings, likeliest first"
        value={chosen}
        onChange={onChoose}
        options={[...likely, ...(other ? [other] : [])].map(({ encoding, label, lines }) => ({
          value: encoding,
          label,
          body: lines.map((line, i) => <span key={i}>{line}</span>),
        }))}
      />
      {others.length > 0 && (
        <Select
          label="Another encoding"
          value={other?.encoding ?? null}
          placeholder={`${others.length} more`}
          onChange={onChoose}
          options={others.map(({ encoding, label, lines }) => ({ value: encoding, label, hint: lines[0]! }))}
        />
      )}
    </>
  );
}
const LIKELY = 4;
