/** Run that a page shows, and the available others. */
import { useMemo } from 'react';
import { formatCount } from '../core/base/units';
import type { RunRow } from '../protocol/data';
import { shownId } from './openRun';
import { useStudio } from './react';
import type { Page } from './slices/run';

interface RunOption {
  value: string;
  label: string;
  hint: string;
}

export function useRunChoice(page: Page) {
  const runs = useStudio((s) => s.runs);
  const value = useStudio((s) => shownId(s, page));
  const show = useStudio((s) => s.show);
  const options = useMemo(() => runOptions(runs ?? [], page), [runs, page]);
  const isNew = useStudio((s) => s.training !== null && s.training.runId === value);
  return {
    value: options.some((option) => option.value === value) ? value : null,
    onChange: (runId: string) => void show(page, runId),
    options,
    otherwise: isNew ? 'a new run' : 'choose a run',
  };
}

/** Newest first. Playground and Export need a checkpoint; curves don't. */
export const runOptions = (runs: readonly RunRow[], page: Page): readonly RunOption[] =>
  runs
    .filter(({ bytes }) => page === 'train' || (bytes !== null && bytes > 0))
    .map(({ record, step }) => ({ value: record.id, label: record.name, hint: `step ${formatCount(step)}` }));
