import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { decisiveModel, DECODERS, ENCODER } from '../../testing/decoding';
import { expectScoresOfTextAlone, expectSeenWithoutLengths, expectUnseen } from '../../testing/padding';
import { toyRelative } from '../../testing/toyRelative';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test.each(Object.entries(DECODERS))("outputs of %s don't depend on padding", async (_, choice) => {
  const net = await decisiveModel(choice);
  await expectUnseen(net, { dropout: 0.2 });
  await expectScoresOfTextAlone(net);
  net.dispose();
  gpu.check();
});
test("outputs of BERT don't depend on padding", async () => {
  const net = await decisiveModel(ENCODER);
  await expectUnseen(net, { dropout: 0.2, recompute: true });
  await expectSeenWithoutLengths(net);
  net.dispose();
  gpu.check();
});
test("outputs of an encoder-decoder don't depend on padding, also with recomputation", async () => {
  const net = await toyRelative('relative-pair');
  await expectUnseen(net, { dropout: 0, recompute: true });
  net.dispose();
  gpu.check();
});
test('outputs of a bidirectional model depend on padding only without lengths', async () => {
  const net = await toyRelative('relative-both-ways');
  await expectUnseen(net, { dropout: 0 });
  await expectSeenWithoutLengths(net);
  await expectScoresOfTextAlone(net);
  net.dispose();
  expect(() => gpu.check()).not.toThrow();
});
