import { loaded } from '../../base/load';
import { adapterBytes, F32, type Format } from '../format';
import { GGUF, ggufF32 } from './gguf';
import { adapterProblem } from './peft';

/** What an adapter has learnt, as a file that llama.cpp applies to a GGUF file of the base. */
export const ggufLora: Format = {
  card: {
    name: 'GGUF adapter',
    purpose: 'Apply it to the base in llama.cpp',
    opensIn: 'llama.cpp (--lora), beside its base',
    holds: 'one file, without the base',
    onCard: {
      card: GGUF,
      action: 'Download the adapter alone, as GGUF',
      text: 'Adapter alone',
      hint: 'for llama.cpp, beside its base',
    },
  },
  precision: F32,
  kind: 'file',
  moments: 'always',
  problem: (settings) => adapterProblem(settings) ?? ggufF32.problem!(settings),
  bytes: adapterBytes,
  async files(exported) {
    const { ggufLoraFile } = await loaded('The writer of GGUF', import('../ggufLora'));
    return [ggufLoraFile(exported)];
  },
  check: null,
};
