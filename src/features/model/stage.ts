import { formatShort } from '../../core/base/units';
import { modelSpec, paramsOf } from '../../core/models';
import { countParams } from '../../core/models/spec';
import { vocabularySize } from '../../state/estimate';
import { isTuned, shownRun } from '../../state/openRun';
import { isActive } from '../../state/phase';
import { fitting, NOTHING_YET, type Stage, type StageState } from '../../state/stage';
import type { Studio } from '../../state/slices/studio';

export const stage: Stage = {
  id: 'model',
  name: 'Model',
  words: 'settings size layers time budget',
  state,
  page: async () => (await import('./ModelPage')).ModelPage,
};

/** Model of the chosen run; before that, of the run that starts, or the one being edited. */
function state(s: Studio): StageState {
  const { model } = s.project;
  const run = shownRun(s, 'train');
  const record = run.record ?? (isTuned(run) ? s.opened[s.project.runId ?? '']?.record : undefined);
  if (record) return { sign: 'done', line: modelWords(record.model) };
  // Until a run is prepared, its size depends on the tokenizer and the plan.
  const isSettled = isActive(run.phase) && run.phase.kind !== 'preparing' && !isTuned(run);
  if (!model.isEdited && model.byHand.length === 0 && !isSettled) return NOTHING_YET;
  if (modelSpec(model.id).problems(model.config).length > 0) return { sign: 'done', line: 'can’t run as set' };
  return { sign: 'done', line: modelWords({ ...model, vocabulary: vocabularySize(s.project) }) };
}

/** `GPT, 2.19 M parameters` */
function modelWords(model: Parameters<typeof paramsOf>[0]): string {
  const { label } = modelSpec(model.id);
  const size = formatShort(countParams(paramsOf(model)));
  return fitting(`${label}, ${size} parameters`, `${label}, ${size}`);
}
