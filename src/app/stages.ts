/** Every stage, in the groups and the order of the rail. Adding one is a folder of features and a word here. */
import { stage as evaluate } from '../features/evaluate/stage';
import { stage as exporting } from '../features/export/stage';
import { stage as glossary } from '../features/glossary/stage';
import { stage as inspect } from '../features/inspect/stage';
import { stage as model } from '../features/model/stage';
import { stage as playground } from '../features/playground/stage';
import { stage as runs } from '../features/runs/stage';
import { stage as text } from '../features/text/stage';
import { stage as tokens } from '../features/tokens/stage';
import { stage as train } from '../features/train/stage';
import { stage as tune } from '../features/tune/stage';
import type { Stage } from '../state/stage';
import type { Studio } from '../state/slices/studio';

interface StageGroup {
  name: string;
  stages: readonly Stage[];
}

export const GROUPS: readonly StageGroup[] = [
  { name: 'Prepare', stages: [text, tokens] },
  { name: 'Train', stages: [model, train, runs, tune] },
  { name: 'Use', stages: [playground, evaluate, inspect, exporting, glossary] },
];

export const STAGES: readonly Stage[] = GROUPS.flatMap(({ stages }) => stages);

/** Whether the rail lists a stage. */
export const isListed = (stage: Stage, s: Studio): boolean => stage.isListed?.(s) ?? true;
