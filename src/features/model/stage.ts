import { counted, formatCount, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { countParams, type ModelKind } from '../../core/models/spec';
import { vocabularySize } from '../../state/estimate';
import type { ProjectSlice } from '../../state/project';
import type { Stage } from '../../state/stage';

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
  state(s) {
    const { id, config } = s.project.model;
    if (modelSpec(id).problems(config).length > 0) return { node: 'stale', line: 'cannot run as set' };
    const { label, parameters } = sizeOf(s);
    return { node: 'done', line: `${label} · ${parameters}` };
  },
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
