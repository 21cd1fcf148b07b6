/** Classifiers as ONNX: transformers.js and onnxruntime give texts the labels that we do. */
import { pipeline, type TextClassificationPipeline } from '@huggingface/transformers';
import { beforeAll, describe, expect, test } from 'vitest';
import { readBytes } from '../files/byteSource';
import { network } from '../models/network';
import { type Pooling, POOLINGS } from '../models/spec';
import { type Classified, classifier } from '../sample/classify';
import { expectClose } from '../testing/checkOp';
import { transformersFolder } from '../testing/exportFolder';
import { int64, onWasm } from '../testing/onnxruntime';
import { untrainedClassifier } from '../testing/untrainedModels';
import { useSingleThreadWasm } from '../testing/wasm';
import { aroundText } from '../tokenizer/prompt';
import type { Exported } from './format';
import { onnxF16, onnxF32 } from './formats/onnx';
import { onnxFile } from './onnx';

const root = await transformersFolder();
beforeAll(useSingleThreadWasm);

/** Of 1 to 60 characters, so that some are longer than the context. */
const TEXTS = Array.from({ length: 200 }, (_, i) =>
  Array.from({ length: 1 + ((i * 37) % 60) }, (_, j) => 'aeinrst lmäq鯨.'.charAt((i * 31 + j * j * 17 + j) % 15)).join(
    '',
  ),
);

async function ours({ info, snapshot, tokenizer }: Exported, texts = TEXTS): Promise<readonly Classified[]> {
  const net = await network(info.model, snapshot.tensors);
  const own = classifier(net, tokenizer);
  const found = await own.classify(texts);
  own.dispose();
  net.dispose();
  return found;
}
const likeliest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, i, all) => (value > all[best]! ? i : best), 0);

describe.each([
  ['first', onnxF32, 1e-4],
  ['mean', onnxF32, 1e-4],
  ['first', onnxF16, 2e-2],
] as const)('transformers.js on BERT that scores the %s token', (pooling, format, most) => {
  test('gives 200 texts our labels with our probabilities, alone and in a batch', async () => {
    const exported = await untrainedClassifier('bert', { labels: ['ham', 'spam', 'other'], pooling });
    const folder = `${pooling}-${format.precision.label}`;
    await root.write(format, exported, folder);
    const found = await ours(exported);
    // Texts differ in what they are, or equal labels would say nothing.
    expect(new Set(found.map(({ probabilities }) => likeliest(probabilities))).size).toBeGreaterThan(1);
    const theirs: TextClassificationPipeline = await pipeline('text-classification', folder);
    type Told = { label: string; score: number }[];
    const batch = (await theirs(TEXTS, { top_k: 3 })) as unknown as Told[];
    for (const [i, text] of TEXTS.entries()) {
      for (const told of [batch[i]!, ...(i % 10 === 0 ? [(await theirs(text, { top_k: 3 })) as Told] : [])]) {
        const { labels } = exported.info.model.config.classes!;
        const probabilities = labels.map((label) => told.find((one) => one.label === label)!.score);
        const own = found[i]!.probabilities;
        expectClose(probabilities, [...own], most, text);
        const [lead, next] = [...own].sort((a, b) => b - a) as [number, number];
        if (lead - next > 2 * most) expect(likeliest(probabilities)).toBe(likeliest(own));
      }
    }
    await theirs.dispose();
  }, 60_000);
});

test('what has several labels is told by transformers.js as such', async () => {
  const exported = await untrainedClassifier('bert', { several: true });
  await root.write(onnxF32, exported, 'several');
  const theirs: TextClassificationPipeline = await pipeline('text-classification', 'several');
  const told = (await theirs(TEXTS[3]!, { top_k: 3 })) as { label: string; score: number }[];
  const [own] = await ours(exported, [TEXTS[3]!]);
  for (const { label, score } of told) expect(score).toBeCloseTo(own!.probabilities['ABC'.indexOf(label)]!, 4);
  await theirs.dispose();
});

describe.each(['bert', 'gpt', 'llama'] as const)('%s on onnxruntime', (id) => {
  const cases = POOLINGS.flatMap((pooling) => [[pooling, 'f32', 1e-4] as const, [pooling, 'f16', 2e-2] as const]);
  test.each(cases)('scores the %s in %s, with padding after a text', async (pooling, precision, most) => {
    await check(pooling, precision, most, 'after');
  });
  // Places of an encoder are those of the row.
  test.runIf(id !== 'bert')('scores its last token with padding before a text, too', async () => {
    await check('last', 'f32', 1e-4, 'before');
  });
  test.runIf(id === 'llama')('scores the last token of kin with a window and norms after branches', async () => {
    await check('last', 'f32', 1e-4, 'after', { window: 5 });
    await check('last', 'f32', 1e-4, 'after', { qkNorm: 'rows', norm: 'after' });
  });

  async function check(
    pooling: Pooling,
    precision: 'f32' | 'f16',
    most: number,
    side: 'before' | 'after',
    sizes: object = {},
  ): Promise<void> {
    const exported = await untrainedClassifier(id, { pooling }, sizes);
    const { tokenizer, info } = exported;
    const texts = TEXTS.slice(0, 7);
    const [before] = aroundText(tokenizer, id === 'bert');
    const rows = texts.map((text) => [...before, ...tokenizer.encode(text)].slice(0, info.model.config.context));
    const width = Math.max(...rows.map(({ length }) => length));
    const padded = (row: readonly number[], fill: number): number[] => {
      const rest = new Array<number>(width - row.length).fill(fill);
      return side === 'after' ? [...row, ...rest] : [...rest, ...row];
    };
    const session = await onWasm(await readBytes(await onnxFile(exported, precision)));
    expect(session.inputNames).toEqual(['input_ids', 'attention_mask']);
    const { logits } = await session.run({
      input_ids: int64(rows.map((row) => padded(row, 257))),
      attention_mask: int64(
        rows.map((row) =>
          padded(
            row.map(() => 1),
            0,
          ),
        ),
      ),
    });
    expect(logits!.dims).toEqual([7, 3]);
    const found = await ours(exported, texts);
    const scores = found.flatMap(({ scores }) => [...scores]);
    const scale = Math.max(1, ...scores.map(Math.abs));
    expectClose(logits!.data as Float32Array, scores, most * scale, `${pooling} ${precision}`);
  }
});
