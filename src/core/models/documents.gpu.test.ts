import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { decisiveModel, DECODERS } from '../../testing/decoding';
import { expectSameMade, expectUnseenDocuments, madeOfDocuments } from '../../testing/documents';

test.each(['GPT', 'Llama', 'Llama with QK-norm and a window', 'OLMo 2'])(
  '%s: documents in a row are independent, and equal those on the CPU',
  async (name) => {
    await tf.setBackend('cpu');
    const [choice, onHost] = [DECODERS[name]!, await decisiveModel(DECODERS[name])];
    const want = await madeOfDocuments(onHost);
    onHost.dispose();
    const gpu = await openGpu();
    const net = await decisiveModel(choice);
    expectSameMade(await madeOfDocuments(net), want, 1e-3);
    await expectUnseenDocuments(net, { dropout: 0.2, recompute: true });
    net.dispose();
    expect(() => gpu.check()).not.toThrow();
  },
);
