import { counted, formatCount, formatShort } from '../../core/base/units';
import { modelSpec, paramsOf } from '../../core/models';
import { countParams, type ModelKind } from '../../core/models/spec';
import { vocabularySize } from '../../state/estimate';
import { isTuned, shownRun } from '../../state/openRun';
import { isActive } from '../../state/phase';
import type { ProjectSlice } from '../../state/project';
import { fitting, NOTHING_YET, type Stage, type StageState } from '../../state/stage';
import type { Studio } from '../../state/studio';

/** `GPT`, and how many parameters, in short. */
function sizeOf({ project }: Pick<ProjectSlice, 'project'>) {
  const { label, params } = modelSpec(project.model.id);
  const parameters = countParams(params(project.model.config, vocabularySize(project)));
  return { label, parameters: `${formatShort(parameters)} parameters` };
}

/** What its layers do with so many tokens. */
const READS: Readonly<Record<ModelKind, (tokens: string) => string>> = {
  decoder: (tokens) => `look back over ${tokens} and guess the next one`,
  encoder: (tokens) => `look at up to ${tokens} at once, before and after each`,
  'encoder-decoder': (tokens) => `read one text of up to ${tokens} whole and guess another, token by token`,
};

export const stage: Stage = {
  id: 'model',
  name: 'Model',
  state,
  page: async () => (await import('./ModelPage')).ModelPage,
  ahead(s) {
    const { label, parameters } = sizeOf(s);
    const { layers, context } = s.project.model.config;
    const reads = READS[modelSpec(s.project.model.id).kind](`${formatCount(context)} tokens`);
    return {
      reading: `${label}, ${parameters}`,
      words: `${counted(layers, 'layer')} that ${layers === 1 ? reads.replace(/^(look|read)/, '$1s') : reads}. ${layers === 1 ? 'It starts' : 'They start'} as random numbers.`,
    };
  },
};

/** The chosen run's model; before there is one, that of the run that begins, or the one that is being edited. */
function state(s: Studio): StageState {
  const { model } = s.project;
  const run = shownRun(s, 'train');
  const record = run.record ?? (isTuned(run) ? s.opened[s.project.runId ?? '']?.record : undefined);
  if (record) return { sign: 'done', line: modelWords(record.model) };
  if (!model.isEdited && model.byHand.length === 0 && (!isActive(run.phase) || isTuned(run))) return NOTHING_YET;
  if (modelSpec(model.id).problems(model.config).length > 0) return { sign: 'done', line: 'can’t run as set' };
  return { sign: 'done', line: modelWords({ ...model, vocabulary: vocabularySize(s.project) }) };
}

/** `GPT, 2.19 M parameters` */
function modelWords(model: Parameters<typeof paramsOf>[0]): string {
  const { label } = modelSpec(model.id);
  const size = formatShort(countParams(paramsOf(model)));
  return fitting(`${label}, ${size} parameters`, `${label}, ${size}`);
}
