import { loaded } from '../../../base/load';
import { adapterBytes, F32, type Format } from '../../format';
import { GGUF, ggufF32 } from '../gguf/format';
import { adapterProblem } from '../peft/format';

/** Adapter as a file that llama.cpp applies to a GGUF file of the base. */
export const ggufLora: Format = {
  card: {
    name: 'GGUF adapter',
    purpose: 'Apply the adapter to its base in llama.cpp',
    opensIn: 'llama.cpp (--lora), with the base model',
    holds: 'one file without the base model',
    onCard: {
      card: GGUF,
      action: 'Download adapter as GGUF',
      text: 'Adapter only',
      hint: 'for llama.cpp, with the base model',
    },
  },
  precision: F32,
  kind: 'file',
  moments: 'always',
  problem: (settings) => adapterProblem(settings) ?? ggufF32.problem!(settings),
  bytes: adapterBytes,
  async files(exported) {
    const { ggufLoraFile } = await loaded('The GGUF exporter', import('./write'));
    return [ggufLoraFile(exported)];
  },
  check: null,
};
