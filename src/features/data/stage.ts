import { formatShort } from '../../core/base/units';
import type { SplitChoice } from '../../core/documents/split';
import { dataState } from '../../state/preparation';
import type { Stage } from '../../state/stage';

export const stage: Stage = {
  id: 'data',
  name: 'Data',
  state(s) {
    if (s.building.kind === 'busy') return { node: 'run', line: s.building.progress?.label ?? 'reading the text' };
    const { data } = s.project;
    if (!data) return { node: 'none', line: s.project.tokenizer ? 'not yet' : 'needs a tokenizer' };
    const tokens = Object.values(data.manifest.parts).reduce((sum, part) => sum + part.tokens, 0);
    const line = `${formatShort(tokens)} tokens · ${sharesOf(data.manifest.split)}`;
    return { node: dataState(s) === 'done' ? 'done' : 'stale', line };
  },
  page: async () => (await import('./DataPage')).DataPage,
  ahead({ project }) {
    const held = Math.round(100 * project.split.validation);
    return {
      reading: `${sharesOf(project.split)} split`,
      words:
        `The text becomes a row of token numbers. ${held} % of each text is held out: the model never learns ` +
        'from it, and is judged on it.',
    };
  },
};

/** `90 / 10`, `80 / 10 / 10`: to learn from, held out, for the test if there is one. */
function sharesOf({ validation, test }: SplitChoice): string {
  const held = [validation, test].map((share) => Math.round(100 * share));
  return [100 - held[0]! - held[1]!, ...held.filter((share) => share > 0)].join(' / ');
}
