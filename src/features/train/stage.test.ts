import { expect, test } from 'vitest';
import { OBJECTIVES } from '../../core/objectives';
import { causal } from '../../core/objectives/causal';
import type { Objective } from '../../core/objectives/objective';
import { type Project, initialProject } from '../../state/project';
import type { Studio } from '../../state/studio';
import { stage } from './stage';

const die: Objective = {
  ...causal,
  headline: 'loss',
  baselines: ({ vocabulary }) => [{ ...causal.baselines({ vocabulary, data: null })[0], words: 'as a die would' }],
};
Object.assign(OBJECTIVES, { die });

function wordsOf(objective: string): string {
  const { recipe, ...rest } = initialProject();
  const project = { ...rest, recipe: { ...recipe, objective } } as Project;
  return stage.ahead!({ project, device: { kind: 'closed' } } as unknown as Studio).words;
}

test('a newcomer is told in the headline of what is learnt where it begins', () => {
  expect(wordsOf('causal')).toMatch(
    /^Perplexity says how many tokens the model hesitates between\. It begins near 1,024, a uniform guess, and falls/,
  );
  expect(wordsOf('die')).toMatch(/^Loss begins near 6\.93, as a die would, and falls/);
});
