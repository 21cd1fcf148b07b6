import { loaded } from '../../../base/load';
import { BOUND_OF_F32, readers } from '../../../verify/check';
import { F32, type Format } from '../../format';
import { FOLDER } from '../huggingFace/format';

/** The weights alone, in the folder's layout. */
export const safetensors: Format = {
  card: {
    name: 'Weights only',
    purpose: 'Load the weights in your own program',
    opensIn: 'safetensors in Python, JavaScript or Rust',
    holds: 'one file without tokenizer and model card',
    onCard: {
      card: FOLDER,
      action: 'Download model.safetensors',
      text: 'Weights only',
      hint: 'without tokenizer and model card',
    },
  },
  precision: F32,
  kind: 'file',
  async files(exported) {
    const { weightsFile } = await loaded('The safetensors exporter', import('./write'));
    return [weightsFile(exported)];
  },
  secondReader: 'safetensors',
  check: {
    engine: 'page',
    opens: async (file, model) => (await readers()).readWeights(file, model),
    bound: BOUND_OF_F32,
  },
};
