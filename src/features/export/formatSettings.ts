import { type FormatSettings, settingsOf } from '../../core/export/formatSettings';
import type { RunRecord } from '../../core/runs/record';
import { tokenizerFacts } from '../../core/runs/settings';

/** Settings of a run that decide which formats can hold it. */
export const formatSettings = (run: RunRecord): FormatSettings =>
  settingsOf({ ...run, ...tokenizerFacts(run.tokenizer) });
