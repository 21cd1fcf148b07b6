/** Base model and texts that a fine-tuning of the project uses. */
import { tunedAs } from '../core/documents/record';
import { usualPooling } from '../core/models/classes';
import { isTuning } from '../core/runs/tunes';
import type { Purpose } from '../core/runs/tuning';
import { TUNING_DATA } from '../core/runs/tuningData';
import type { RunRow } from '../protocol/data';
import type { Studio } from './slices/studio';

/** Base of a tuning: the chosen run if it still exists, else the project's. A classifier can't generate tokens. */
export function tuningBase(
  { project, runs }: Pick<Studio, 'project' | 'runs'>,
  purpose = project.tuning.purpose,
): { row: RunRow; step: number } | undefined {
  const { base } = project.tuning;
  if (base === 'nothing' && purpose === 'classify') return undefined;
  const rows = basesFor(runs, purpose);
  const chosen = base === 'nothing' ? undefined : rows.find(({ record }) => record.id === base?.runId);
  const row = chosen ?? rows.find(({ record }) => record.id === project.runId) ?? rows[0];
  return row && { row, step: chosen && base && base !== 'nothing' ? base.step : stepOf(row) };
}

/** Step of a run that tuning starts from by default. */
export const stepOf = ({ used, step }: RunRow): number => used ?? step;

/** Runs with a checkpoint that can be tuned for this purpose. */
export const basesFor = (runs: Studio['runs'], purpose: Purpose): readonly RunRow[] =>
  (runs ?? []).filter(({ bytes, record: { model } }) => {
    const isKept = bytes !== null && bytes > 0;
    return isKept && (purpose === 'classify' ? usualPooling(model) !== undefined : !model.config.classes);
  });

/** The tuning texts of a purpose: chats to instruct, labeled texts to classify, all others to adapt. */
export const textsOfPurpose = (tuneTexts: Studio['tuneTexts'], purpose: Purpose): Studio['tuneTexts'] =>
  tuneTexts.filter((text) => tunedAs(text) === TUNING_DATA[purpose].use);

/** Tuning texts of the project for a purpose. */
export const toTuneOn = (
  { project, tuneTexts }: Pick<Studio, 'project' | 'tuneTexts'>,
  purpose = project.tuning.purpose,
): Studio['tuneTexts'] => textsOfPurpose(tuneTexts, purpose);

/** Run that was tuned last as a language model. */
export const lastTuned = ({ runs }: Pick<Studio, 'runs'>): RunRow | undefined =>
  runs?.find(({ record }) => isTuning(record) && !record.mixed && !record.model.config.classes);

/** Texts of the project like the base's training text. */
export const oldTextsOf = ({ project, texts }: Pick<Studio, 'project' | 'texts'>): Studio['texts'] =>
  texts.filter(({ id }) => project.tuning.old.includes(id));

/** Classifier that Tune shows: the project's run if it is one, else the newest. */
export const classifierOf = ({ project, runs }: Pick<Studio, 'project' | 'runs'>): RunRow | undefined => {
  const rows = (runs ?? []).filter(({ bytes, record }) => bytes !== null && bytes > 0 && record.model.config.classes);
  return rows.find(({ record }) => record.id === project.runId) ?? rows[0];
};
