import { formatCount } from '../../core/base/units';
import { vocabularySize } from '../../state/estimate';
import { KIND_WORDS, tokenizerState } from '../../state/preparation';
import { modelOf } from '../../state/openRun';
import type { Stage } from '../../state/stage';
import type { Studio } from '../../state/studio';

/** The tokenizer of a model that came without its text: `BPE · 2,048 entries`. */
export function ofModel(s: Pick<Studio, 'shown' | 'opened' | 'project'>): string | undefined {
  const record = modelOf(s, 'playground')?.record;
  return record && `${KIND_WORDS[record.tokenizer.kind]} · ${formatCount(record.model.vocabulary)} entries`;
}

export const stage: Stage = {
  id: 'tokenizer',
  name: 'Tokenizer',
  state(s) {
    if (s.tokenizing.kind === 'busy') return { node: 'run', line: s.tokenizing.progress?.label ?? 'reading the text' };
    const { tokenizer } = s.project;
    if (!tokenizer) {
      const own = ofModel(s);
      if (own) return { node: 'done', line: `${own}, the model’s` };
      return { node: 'none', line: s.texts.length > 0 ? 'not yet' : 'needs text' };
    }
    const line = `${KIND_WORDS[tokenizer.model.kind]} · ${formatCount(tokenizer.size)} entries`;
    return { node: tokenizerState(s) === 'done' ? 'done' : 'stale', line };
  },
  page: async () => (await import('./TokenizerPage')).TokenizerPage,
  ahead: ({ project }) => ({
    reading: `${KIND_WORDS[project.tokenizerChoice.kind]}, ${formatCount(vocabularySize(project))} entries`,
    words:
      'Letters that often stand together are joined, pair by pair, until common words are one token. You see your own ' +
      'text cut into these pieces.',
  }),
};
