/** Tasks of models, by transformers' names and in words. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import type { ModelKind } from '../models/spec';

/** Task of a model: that of its kind, or, for models of any kind, text classification. */
export type OutKind = ModelKind | 'classifier';
export const kindOf = ({ id, config }: Pick<ModelChoice, 'id' | 'config'>): OutKind =>
  config.classes ? 'classifier' : modelSpec(id).kind;

interface Does {
  /** Pipeline of transformers and transformers.js, and tag of a model card. */
  task: 'text-generation' | 'fill-mask' | 'text2text-generation' | 'text-classification';
  /** Auto class of transformers for this task. */
  auto: string;
  /** Description without a period: `It continues a prompt`. */
  words: string;
}
export const DOES: Readonly<Record<OutKind, Does>> = {
  decoder: { task: 'text-generation', auto: 'AutoModelForCausalLM', words: 'It continues a prompt' },
  encoder: { task: 'fill-mask', auto: 'AutoModelForMaskedLM', words: 'It fills blanks in a passage' },
  'encoder-decoder': {
    task: 'text2text-generation',
    auto: 'AutoModelForSeq2SeqLM',
    words: 'It answers an input text',
  },
  classifier: {
    task: 'text-classification',
    auto: 'AutoModelForSequenceClassification',
    words: 'It assigns labels to a text',
  },
};
