/**
 * Records a training step of each of these shapes of the bench, as a GPU without subgroups takes it, and computes the same
 * on the processor.
 *
 *     node --import tsx oracles/recordedSteps.ts folder S L B T
 *
 * The folder then has the recording of all; `reads.json`, of each shape the names of what the recording reads, in order; and
 * `S.safetensors`, what should be read: weights and moments after the step, its loss and the norm of its gradient.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { batchOf, modelOf, recipeOf, type Shape, SHAPES } from '../bench/step';
import { writeSafetensors } from '../src/core/checkpoint/safetensors';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { readBytes } from '../src/core/files/byteSource';
import { openGpu } from '../src/core/gpu/backend';
import { initialValues } from '../src/core/models/network';
import { pretend, WITHOUT_SUBGROUPS } from '../src/testing/pretend';
import { useWasm } from '../src/testing/wasm';
import { learner } from '../src/core/train/learner';
import { installRecorder } from './recordedGpu';

/** One step of a new model. -> loss and norm, and the tensors after the step. */
async function step(shape: Shape): Promise<{ results: { loss: number; norm: number }; tensors: NamedTensors }> {
  const model = modelOf(shape);
  const recipe = { ...recipeOf(shape), warmup: 0, schedule: 'constant' as const };
  const learning = await learner(model, recipe, initialValues(model, 1), () => 0);
  const { loss, gradientNorm: norm } = await learning.step(1, await batchOf(shape));
  const tensors = await learning.tensors();
  learning.dispose();
  return { results: { loss, norm }, tensors };
}

console.log = console.info = console.warn = () => undefined;
tf.enableProdMode();
const [folder, ...names] = process.argv.slice(2) as [string, ...(keyof typeof SHAPES)[]];
const recording = installRecorder('all');
pretend(await openGpu(), WITHOUT_SUBGROUPS);
const reads: Record<string, { loss: number; norm: number; tensors: string[]; rate: number }> = {};
for (const name of names) {
  const { results, tensors } = await step(SHAPES[name]);
  // The results are read at once, and each number that the recorder gives is its place there. Then come the tensors.
  reads[name] = { ...results, tensors: [...tensors.keys()], rate: recipeOf(SHAPES[name]).learningRate };
}
recording.save(folder);
writeFileSync(join(folder, 'reads.json'), JSON.stringify(reads));

await useWasm();
for (const name of names) {
  const { results, tensors } = await step(SHAPES[name]);
  const scalars = Object.entries(results).map(
    ([key, value]) => [key, { shape: [], data: Float32Array.of(value) }] as const,
  );
  const file = writeSafetensors(name, new Map([...tensors, ...scalars]));
  writeFileSync(join(folder, `${name}.safetensors`), await readBytes(file));
}
process.exit();
