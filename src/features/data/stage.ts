import { formatShort } from '../../core/base/units';
import { dataState } from '../../state/preparation';
import type { Stage } from '../../state/stage';

export const stage: Stage = {
  id: 'data',
  name: 'Data',
  state(s) {
    if (s.building.kind === 'busy') return { node: 'run', line: s.building.progress?.label ?? 'reading the text' };
    const { data } = s.project;
    if (!data) return { node: 'none', line: s.project.tokenizer ? 'not yet' : 'needs a tokenizer' };
    const { train, validation } = data.manifest.parts;
    const share = Math.round(data.manifest.split.validation * 100);
    const line = `${formatShort(train.tokens + validation.tokens)} tokens · ${100 - share} / ${share}`;
    return { node: dataState(s) === 'done' ? 'done' : 'stale', line };
  },
  page: async () => (await import('./DataPage')).DataPage,
  ahead({ project }) {
    const held = Math.round(100 * project.split.validation);
    return {
      reading: `${100 - held} / ${held} split`,
      words:
        `The text becomes a row of token numbers. The last ${held} % of each text is held out: the model never learns ` +
        'from it, and is judged on it.',
    };
  },
};
