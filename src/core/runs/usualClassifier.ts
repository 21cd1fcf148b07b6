/** What a classifier without a base is, where nobody says. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { usualConfig } from '../models/spec';
import type { TokenizerChoice } from './settings';

/** About a million parameters with its tokenizer: on a processor it reads a few thousand texts three times in minutes. */
export const USUAL_BODY = {
  id: 'bert',
  config: usualConfig(modelSpec('bert'), { layers: 2, heads: 4, width: 128, context: 192 }),
} as const satisfies Pick<ModelChoice, 'id' | 'config'>;
export const USUAL_TOKENIZER: TokenizerChoice = { kind: 'bpe', vocabulary: 4096 };
