import { loaded } from '../../base/load';
import { modelSpec } from '../../models';
import { F32, type Format } from '../format';
import { GGUF } from './gguf';
import { adapterProblem, notApart } from './peft';

/** What an adapter has learnt, as a file that llama.cpp applies to a GGUF file of the base. */
export const ggufLora: Format = {
  card: {
    name: 'GGUF adapter',
    purpose: 'Apply it to the base in llama.cpp',
    opensIn: 'llama.cpp (--lora), beside the base as GGUF',
    holds: 'one file, what the adapter has learnt',
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
  problem(settings) {
    const { id, config } = settings.model;
    const { label, gguf } = modelSpec(id);
    if (!gguf) return `A ${label} model cannot be written as GGUF`;
    return adapterProblem(settings) ?? gguf.problem?.(config) ?? null;
  },
  async files(exported) {
    const [{ learntApart }, { ggufLoraFile }] = await Promise.all([
      loaded('The writer of adapters', import('../peft')),
      loaded('The writer of GGUF', import('../ggufLora')),
    ]);
    const adapter = learntApart(exported);
    if (!adapter) throw notApart(exported.name);
    return [ggufLoraFile(exported, adapter)];
  },
  check: null,
};
