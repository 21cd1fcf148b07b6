import type { ReactNode } from 'react';
import { formatCount } from '../../../core/base/units';
import { TOKEN_ROLES } from '../../../core/tokenizer/special';
import { entryBytes, hex } from '../../../core/tokenizer/entryBytes';
import type { TokenPiece } from '../../../core/tokenizer/statistics';
import { useStudio } from '../../../state/react';
import { TokenChip } from '../../../ui';
import { shownInTable } from './shown';
import type { Vocabulary } from './useVocabulary';
import styles from './TokenFacts.module.css';

/** Details of the entry selected in the passage or in the vocabulary. */
export function TokenFacts({ entries, id }: { entries: Vocabulary; id: number | undefined }) {
  const model = useStudio((s) => s.project.tokenizer?.model);
  const entry = id === undefined ? undefined : entries.all[id];
  if (!model || !entry) {
    return <p className={styles.none}>Choose a token: click it, or press ← → in the passage</p>;
  }
  // Entries below 256 are single bytes; each later one is a merge.
  const merge = model.merges[entry.id - 256];
  const role = entry.role && TOKEN_ROLES[entry.role];
  return (
    <dl className={styles.facts}>
      <Fact name="Token">
        <EntryChip entry={entry} />
      </Fact>
      <Fact name="ID">{formatCount(entry.id)}</Fact>
      <Fact name="Length">
        {role ? 'no bytes' : entry.bytes === 1 ? '1 byte' : `${formatCount(entry.bytes)} bytes`}
      </Fact>
      {entries.isCounted && <Fact name="In training set">{formatCount(entry.count)} times</Fact>}
      {role ? (
        <>
          <Fact name="Role">{role.label}</Fact>
          <Fact name="Purpose">{role.purpose}</Fact>
        </>
      ) : merge ? (
        <Fact name="Merged from">
          <EntryChip entry={entries.all[merge[0]]} /> + <EntryChip entry={entries.all[merge[1]]} />
        </Fact>
      ) : (
        <Fact name="Merged from">nothing, a single byte</Fact>
      )}
      {!role && entry.bytes <= 8 && <Fact name="Bytes">{hex(entryBytes(model, entry.id))}</Fact>}
    </dl>
  );
}

/** Token of a vocabulary entry; entries that aren't valid text show their bytes. */
export function EntryChip({ entry }: { entry: TokenPiece | undefined }) {
  const model = useStudio((s) => s.project.tokenizer?.model);
  if (!entry || !model) return null;
  if (entry.text === null) return <TokenChip text={null} bytes={hex(entryBytes(model, entry.id))} />;
  return <TokenChip text={shownInTable(entry.text)} />;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
