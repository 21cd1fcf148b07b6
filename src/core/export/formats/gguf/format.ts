import type { Normalizer } from '../../../base/normalizer';
import { loaded } from '../../../base/load';
import { modelSpec } from '../../../models';
import type { ModelChoice } from '../../../models/network';
import { sizeOf } from '../../../models/spec';
import { type Bound, BOUND_OF_F16 } from '../../../verify/check';
import { type Card, F16, F32, type Format, type Precision, tokenizerProblem, weightBytes } from '../../format';
import type { GgufTypeName } from './types';
import { normalizerWords } from '../../normalizerWords';

export const GGUF: Card = {
  name: 'GGUF',
  purpose: 'Run it in a desktop app',
  icon: 'chat',
  opensIn: 'llama.cpp, LM Studio, Ollama',
  holds: 'one file with the tokenizer',
  note: 'For LM Studio, put it into its own folder in `~/.lmstudio/models/homegrown/`',
  howToLoad: ({ prompt, tokens }) => [
    {
      title: 'Ollama, with the GGUF file and the Modelfile in one folder',
      language: 'sh',
      code: 'ollama create my-model -f model.Modelfile && ollama run my-model',
    },
    {
      title: 'llama.cpp, with the GGUF file',
      language: 'sh',
      code: `llama-completion -m model.gguf -p ${shell(prompt)} -n ${tokens}`,
    },
    {
      title: 'LM Studio, with the GGUF file, or put it into `~/.lmstudio/models/homegrown/my-model/`',
      language: 'sh',
      code: 'lms import model.gguf',
    },
  ],
};
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Bytes per vocabulary entry: its name, its type, and for most entries a merge. */
const ENTRY = 25;

/** Number of parameters stored twice, such as a tied embedding where llama.cpp requires a separate output layer. */
function twice({ id, config, vocabulary }: ModelChoice): number {
  const { gguf, params } = modelSpec(id);
  const table = params(config, vocabulary);
  const whole = (gguf?.layout(config) ?? []).flatMap(({ of, rows, columns }) => (rows || columns ? [] : [of]));
  const again = whole.filter((name, i) => whole.indexOf(name) < i);
  return again.reduce((sum, name) => sum + sizeOf(table[name]!.shape), 0);
}

/** Warns that programs that read GGUF don't normalize prompts. */
const unsaid = (normalizers: readonly Normalizer[]): string =>
  `A GGUF file can’t contain the tokenizer’s normalization (${normalizerWords(normalizers).replaceAll('`', '’')}). llama.cpp, LM Studio and ` +
  'Ollama pass prompts through unchanged. Type prompts in that form, or normalize them in Python with the Hugging Face ' +
  'folder: `Tokenizer.from_file("tokenizer.json").normalizer.normalize_str(prompt)`.';

/** One file with weights and tokenizer, for llama.cpp and programs built on it, such as Ollama and LM Studio. */
const gguf = (type: GgufTypeName, precision: Precision, bound: Bound): Format => ({
  card: GGUF,
  precision,
  kind: 'file',
  problem: ({ model: { id, config }, tokenizer }) => {
    const { label, gguf: theirs } = modelSpec(id);
    if (!theirs) return `GGUF doesn’t support ${label} models`;
    if (config.classes) return 'GGUF tools generate text, and this model is a classifier';
    return theirs.problem?.(config) ?? tokenizerProblem('GGUF', tokenizer);
  },
  warning: ({ normalizers }) => (normalizers ? unsaid(normalizers) : null),
  bytes: ({ model, parameters }) =>
    weightBytes(precision, { parameters: parameters + twice(model) }) + ENTRY * model.vocabulary,
  async files(exported) {
    const { ggufFile } = await loaded('The GGUF exporter', import('./write'));
    return [ggufFile(exported, type)];
  },
  sidecar: {
    action: 'Download the Modelfile for Ollama',
    text: 'Modelfile',
    hint: 'for Ollama, next to the GGUF file',
    async files(info, file) {
      const { modelfile } = await loaded('The Modelfile exporter', import('./modelfile'));
      return [modelfile(info, file)];
    },
  },
  secondReader: 'gguf',
  check: { engine: 'llama', opens: (file) => file, bound },
});
// llama.cpp looks up GELU in a table of 16 bits, regardless of the weights' precision.
export const ggufF32 = gguf('F32', F32, BOUND_OF_F16);
export const ggufF16 = gguf('F16', F16, BOUND_OF_F16);
/** Blocks of 32 values, each with a scale of 16 bits. */
const Q8_0: Precision = { label: 'Q8_0', bits: 8 + 16 / 32 };
export const ggufQ8 = gguf('Q8_0', Q8_0, { of: 'variation', most: 5e-2 });
