/** Reads exported files with a flipped bit or a non-finite weight. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import type { HostTensor } from '../checkpoint/tensors';
import { exportedOf } from '../../testing/exports/models';
import { plainRow } from '../../testing/exports/rows';
import { template } from '../../testing/exports/templates';
import type { Exported, Format } from './format';
import { huggingFace } from './formats/huggingFace/format';
import { importHuggingFace } from './formats/huggingFace/import';
import { pytorch } from './formats/pytorch/format';
import { safetensors } from './formats/safetensors/format';
import { propertyRuns } from '../../testing/propertyRuns';

type Files = ReadonlyMap<string, Uint8Array>;
let model: Exported;
beforeAll(async () => {
  model = await exportedOf(plainRow('gpt'));
});

async function written(format: Format, exported = model): Promise<Files> {
  const files = await format.files(exported, { withOptimizer: true, template });
  return new Map(await Promise.all(files.map(async (file) => [file.name, await readBytes(file)] as const)));
}
const read = (files: Files) =>
  importHuggingFace(
    [...files].map(([name, bytes]) => ({ name, source: bytesSource(bytes) })),
    unwatched,
  );
/** Offset of the tensors in a safetensors file. */
const dataOf = (bytes: Uint8Array): number => 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
const withBit = (bytes: Uint8Array, at: number, bit: number): Uint8Array => bytes.with(at, bytes[at]! ^ (1 << bit));

/** The model's own folder, and its weights in each file that contains them as safetensors. */
async function folders(): Promise<readonly (readonly [format: string, Files])[]> {
  const whole = await written(huggingFace);
  const [[, alone] = []] = await written(safetensors);
  const handedOver = [...(await written(pytorch))].filter(([name]) => name.startsWith('model/'));
  return [
    ['hf', whole],
    ['safetensors', new Map([...whole, ['model.safetensors', alone!]])],
    ['pytorch', new Map(handedOver.map(([name, bytes]) => [name.slice('model/'.length), bytes]))],
  ];
}

describe('safetensors', () => {
  test('refuses a flipped bit anywhere in the tensors, and names the file, both hashes and a remedy', async () => {
    for (const [, files] of await folders()) {
      expect((await read(files)).snapshot).toEqual(model.snapshot);
      const file = fc.constantFrom('model.safetensors', 'optimizer.safetensors');
      await fc.assert(
        fc.asyncProperty(file, fc.nat(), fc.nat(7), async (name, place, bit) => {
          const bytes = files.get(name)!;
          const start = dataOf(bytes);
          const at = start + (place % (bytes.length - start));
          await expect(read(new Map([...files, [name, withBit(bytes, at, bit)]]))).rejects.toMatchObject({
            code: 'bad-file',
            message: expect.stringMatching(
              new RegExp(`^${name}: .*have the hash [0-9a-f]{12}…, not [0-9a-f]{12}…`),
            ) as string,
            remedy: expect.stringMatching(/[Dd]ownload it again/) as string,
          });
        }),
        { numRuns: propertyRuns(6) },
      );
    }
  });

  test('opens a file without a hash, whatever its bits', async () => {
    const files = await written(huggingFace);
    const bytes = files.get('model.safetensors')!;
    const header = new TextDecoder().decode(bytes.subarray(8, dataOf(bytes)));
    const bare = header.replace(/,"homegrown\.tensors\.sha256":"[0-9a-f]{64}"/, '');
    expect(bare).not.toBe(header);
    const plain = bytes.slice();
    plain.set(new TextEncoder().encode(bare.padEnd(header.length)), 8);
    const { snapshot } = await read(new Map([...files, ['model.safetensors', withBit(plain, bytes.length - 4, 0)]]));
    expect(snapshot.tensors.size).toBe(model.snapshot.tensors.size);
  });

  test('refuses a non-finite weight by name, even with a correct hash', async () => {
    for (const value of [NaN, Infinity]) {
      const files = await written(huggingFace, withWeight('transformer.h.1.mlp.c_fc.weight', 100, value));
      await expect(read(files)).rejects.toMatchObject({
        code: 'bad-file',
        message: 'model.safetensors: transformer.h.1.mlp.c_fc.weight[100] is not a finite number',
      });
    }
  });
});

function withWeight(name: string, at: number, value: number): Exported {
  const { snapshot } = model;
  const { shape, data } = snapshot.tensors.get(name)!;
  const changed: HostTensor = { shape, data: data.with(at, value) };
  return { ...model, snapshot: { ...snapshot, tensors: new Map([...snapshot.tensors, [name, changed]]) } };
}
