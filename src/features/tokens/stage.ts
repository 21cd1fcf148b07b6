import { formatCount, formatShort } from '../../core/base/units';
import { dataState, tokenizerState } from '../../state/preparation';
import { NOTHING_YET, type Stage, type StageState } from '../../state/stage';
import { modelTokenizer } from './tokenizer/modelTokenizer';
import type { Studio } from '../../state/slices/studio';

export const stage: Stage = {
  id: 'tokens',
  name: 'Tokens & data',
  words: 'vocabulary split held-out',
  parts: [{ label: 'Data', query: '?part=data' }],
  form: 'automatic',
  state,
  page: async () => (await import('./TokensPage')).TokensPage,
};

function state(s: Studio): StageState {
  const size = s.project.tokenizer?.size ?? modelTokenizer(s)?.size;
  const line = size === undefined ? undefined : `${sizeWords(size)} tokens`;
  const work = [s.tokenizing.kind, s.building.kind];
  if (work.includes('busy')) return { sign: 'running', line: line ?? 'building' };
  if (work.includes('failed')) return { sign: 'failed', line: line ?? 'not built' };
  if (line === undefined) return NOTHING_YET;
  const isStale = s.project.tokenizer !== null && (tokenizerState(s) === 'stale' || dataState(s) === 'stale');
  return { sign: isStale ? 'stale' : 'done', line };
}

/** `2,048`; from 100,000 on `152 k`, because the rail has a single line. */
const sizeWords = (size: number): string => (size < 100_000 ? formatCount(size) : formatShort(size));
