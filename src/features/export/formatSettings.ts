import { type FormatSettings, settingsOf } from '../../core/export/formatSettings';
import type { RunRecord } from '../../core/runs/record';
import { tokenizerFacts } from '../../core/runs/settings';

/** What formats ask of a run before they write it. */
export const formatSettings = (run: RunRecord): FormatSettings =>
  settingsOf({ ...run, ...tokenizerFacts(run.tokenizer) });
