/** Files refused for malformed rows, which a person can skip. */
import { formatCount } from '../core/base/units';
import { isMalformed } from './refused';
import { useStudio } from './react';
import type { Refusal } from './slices/adding';

/** Label `Skip these 3 rows` for all these files, and its action; undefined if none has malformed rows. */
export function useLeaveRowsOut(refused: readonly Refusal[]): { label: string; onPress: () => void } | undefined {
  const rereadRefused = useStudio((s) => s.rereadRefused);
  const malformed = refused.filter(isMalformed);
  if (malformed.length === 0) return undefined;
  const count = malformed.reduce((sum, { failure }) => sum + failure.rows.count, 0);
  return {
    label: count === 1 ? 'Skip this row' : `Skip these ${formatCount(count)} rows`,
    onPress: () => void rereadRefused(malformed, { skipBadRows: true }),
  };
}
