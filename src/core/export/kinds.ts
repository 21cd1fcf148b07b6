/** What models do, as others call it and in words. */
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import type { ModelKind } from '../models/spec';

/** What a model does: what its kind does, or, of any kind, tell texts apart. */
export type OutKind = ModelKind | 'classifier';
export const kindOf = ({ id, config }: Pick<ModelChoice, 'id' | 'config'>): OutKind =>
  config.classes ? 'classifier' : modelSpec(id).kind;

interface Does {
  /** Of a pipeline of transformers and transformers.js, and of a model card. */
  task: 'text-generation' | 'fill-mask' | 'text2text-generation' | 'text-classification';
  /** The class of transformers that opens any of them. */
  auto: string;
  /** `It continues what you begin.` */
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
