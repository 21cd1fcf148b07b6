/** Settings for the bundled pairs, as plans don't cover answers: mostly right after 500 steps (docs/benchmarks.md). */
import { modelSpec } from '../core/models';
import { usualObjective } from '../core/objectives';
import type { Project } from '../core/runs/project';

const ID = 't5';
const SIZES = { layers: 2, heads: 4, width: 64, hidden: 128, context: 16 };

export const forPairsSample = ({
  recipe,
}: Project): Pick<Project, 'model' | 'recipe' | 'rateByHand' | 'tokenizerChoice'> => ({
  model: { id: ID, config: { ...modelSpec(ID).presets[0]!.config, ...SIZES }, byHand: [] },
  recipe: {
    ...recipe,
    objective: usualObjective(ID, true),
    batch: 64,
    steps: 1000,
    warmup: 100,
    learningRate: 3e-3,
    evalEvery: 100,
    saveEvery: 500,
  },
  rateByHand: true,
  tokenizerChoice: { kind: 'characters', vocabulary: 512 },
});
