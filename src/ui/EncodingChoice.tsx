import { RadioList } from './RadioList';
import { Select } from './Select';
import styles from './EncodingChoice.module.css';

/** Possible encodings of a file, the most likely first, each with sample lines decoded with it. */
export interface Proposed<T extends string> {
  /** Undefined while the file's bytes are being inspected. */
  proposals?: readonly { encoding: T; label: string; lines: readonly string[] }[];
  /** Reason why the file couldn't be inspected. */
  error?: string;
}

interface EncodingChoiceProps<T extends string> {
  of: Proposed<T>;
  chosen: T | null;
  onChoose: (encoding: T) => void;
}

/** Radio list of possible encodings; none is preselected. */
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
