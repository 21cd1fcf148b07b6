/** Every stage, in the order in which data passes through them. Adding one is a folder of features and a line here. */
import { stage as data } from '../features/data/stage';
import { stage as evaluate } from '../features/evaluate/stage';
import { stage as exporting } from '../features/export/stage';
import { stage as model } from '../features/model/stage';
import { stage as playground } from '../features/playground/stage';
import { stage as runs } from '../features/runs/stage';
import { stage as text } from '../features/text/stage';
import { stage as tokenizer } from '../features/tokenizer/stage';
import { stage as train } from '../features/train/stage';
import { stage as tune } from '../features/tune/stage';
import type { Stage } from '../state/stage';

export const STAGES: readonly Stage[] = [
  text,
  tokenizer,
  data,
  model,
  train,
  runs,
  evaluate,
  tune,
  playground,
  exporting,
];
