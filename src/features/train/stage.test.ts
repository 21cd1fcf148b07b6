import { expect, test } from 'vitest';
import { runRecord } from '../../core/testing/runRecord';
import type { RunRecord } from '../../core/runs/record';
import { OBJECTIVES } from '../../core/objectives';
import { causal } from '../../core/objectives/causal';
import type { Objective } from '../../core/objectives/objective';
import { type Project, initialProject } from '../../state/project';
import { newOpenRun } from '../../state/openRun';
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

test.each([
  ['finished', 10, false, 'done'],
  ['stopped', 6, false, 'stopped'],
  ['running', 6, false, 'interrupted'],
  // By its own rule.
  ['finished', 6, false, 'done'],
  ['running', 6, true, 'done'],
] as const)(
  'the rail shows a run that is %s at step %i, in another tab %s, as %s',
  (status, step, trainingElsewhere, node) => {
    const record = runRecord({ id: 'r', status: status as RunRecord['status'], step });
    const phase = { kind: step === 10 ? 'finished' : 'stopped', step, of: 10 } as const;
    const project = { ...initialProject(), runId: 'r' };
    const opened = { r: { ...newOpenRun('r'), record, phase } };
    const s = { project, opened, shown: { train: null }, trainingElsewhere, texts: [] } as unknown as Studio;
    expect(stage.state(s)).toEqual({ node, line: `step ${step}` });
  },
);
