/** GGUF of every architecture and variant, and adapters: llama.cpp computes and writes the same as our engine. */
import type { LlamaContext, LlamaModel, Token } from 'node-llama-cpp';
import { afterAll, describe, expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import { exportFolder } from '../../../../testing/exportFolder';
import { baseOf, exportedOf, weightsOf } from '../../../../testing/exports/models';
import { heldOut, LENGTH, ourScores, ourText, PROMPTS, withNetwork } from '../../../../testing/exports/ours';
import { refusalOf } from '../../../../testing/exports/refused';
import { plainRow, type Row, rows } from '../../../../testing/exports/rows';
import { HARD_STRINGS } from '../../../../testing/hardStrings';
import { openLlama } from '../../../../testing/llama';
import { once } from '../../../../testing/once';
import { project } from '../../../../testing/runningService';
import { documentOf } from '../../../../testing/texts';
import { logits } from '../../../sample/logits';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import { ROLES, type TokenRole } from '../../../tokenizer/special';
import type { Tokenizer } from '../../../tokenizer/tokenizer';
import { trainTokenizer } from '../../../tokenizer/train';
import { BOUND_OF_F16 } from '../../../verify/check';
import type { Exported } from '../../format';
import { tokenizerFacts } from '../../../runs/settings';
import { ggufF16, ggufF32, ggufQ8 } from './format';
import { ggufLora } from '../ggufLora/format';

const llama = await openLlama();
const folder = exportFolder();
afterAll(() => llama?.dispose());

/** Bound of total variation. llama.cpp looks up GELU in a table of 16 bits, regardless of the weights' precision. */
const PRECISIONS = [
  { format: ggufF32, bound: 1e-3 },
  { format: ggufF16, bound: 2e-3 },
  { format: ggufQ8, bound: 0.05 },
] as const;

async function opened(path: string, work: (model: LlamaModel) => Promise<void>): Promise<void> {
  const model = await llama!.loadModel({ modelPath: path });
  try {
    await work(model);
  } finally {
    await model.dispose();
  }
}
/** Works with one sequence of a context, and frees it. */
async function inContext<T>(model: LlamaModel, work: (sequence: Sequence) => Promise<T>, lora?: string): Promise<T> {
  const options = { contextSize: 128, batchSize: 64, threads: 1 };
  const context = await model.createContext({ ...options, ...(lora !== undefined && { lora }) });
  try {
    return await work(context.getSequence());
  } finally {
    await context.dispose();
  }
}
type Sequence = ReturnType<LlamaContext['getSequence']>;

/** Greedy tokens, up to the end of the text. */
const text = (model: LlamaModel, prompt: readonly number[], end: number, lora?: string): Promise<number[]> =>
  inContext(
    model,
    async (sequence) => {
      const ids: number[] = [];
      for await (const id of sequence.evaluate(prompt as Token[], { temperature: 0, yieldEogToken: true })) {
        if (id === end || ids.length === LENGTH) break;
        ids.push(id);
      }
      return ids;
    },
    lora,
  );

/** Distance of llama.cpp's next-token distribution from our scores [ids, vocabulary], after each of `ids`. */
async function distances(model: LlamaModel, ids: readonly number[], ours: Float32Array): Promise<number[]> {
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const asked = ids.map((id): [Token, object] => [id as Token, { generateNext: { probabilities: true, options } }]);
  const found = await inContext(model, (sequence) => sequence.controlledEvaluate(asked));
  expect(found).toHaveLength(ids.length);
  const size = ours.length / ids.length;
  return found.map((result, at) => {
    const { probabilities } = result!.next;
    expect(probabilities!.size).toBe(size);
    const weights = Array.from(ours.subarray(at * size, (at + 1) * size), Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const each = weights.map((weight, id) => Math.abs(weight / total - (probabilities!.get(id as Token) ?? NaN)));
    return each.reduce((a, b) => a + b) / 2;
  });
}
const expectNear = (found: readonly number[], bound: number): void => {
  for (const [at, distance] of found.entries()) expect(distance, `after token ${at}`).toBeLessThan(bound);
};

/** Requires the same text, or one that differs where our scores are too close to decide. */
async function expectText(
  row: Row,
  begun: readonly number[],
  theirs: readonly number[],
  ours: readonly number[],
): Promise<void> {
  const at = ours.findIndex((id, i) => id !== theirs[i]);
  if (at === -1) {
    expect(theirs).toEqual(ours);
    return;
  }
  const read = [...begun, ...ours.slice(0, at)];
  const { tokenizer } = await exportedOf(row);
  const scores = (await ourScores(row, read)).slice(-tokenizer.size);
  const other = theirs[at] ?? tokenizer.endOfText;
  expect(scores[ours[at]!]! - scores[other]!, `token ${at}`).toBeLessThan(BOUND_OF_F16.most);
}

const written = rows().filter((row) => refusalOf(row, 'gguf-f32') === null);
const isWritten = (row: Row): boolean => refusalOf(row, 'gguf-lora') === null;

describe.skipIf(!llama)('llama.cpp (skipped where node-llama-cpp has no binary for the platform)', () => {
  describe.each(written)('$name', (row) => {
    test.each(PRECISIONS)(
      'expects the same tokens and writes the same text: $format.precision.label',
      async ({ format, bound }) => {
        const exported = await exportedOf(row);
        const { tokenizer } = exported;
        const ids = await heldOut(row, 30, 20);
        const expected = await ourScores(row, ids);
        await opened(await folder.write(format, exported), async (model) => {
          // An adapter's update is large, and so is its rounding error.
          if (!row.isAdapted) expectNear(await distances(model, ids, expected), bound);
          if (format === ggufQ8) return;
          for (const prompt of PROMPTS) {
            const begun = [...tokenizer.encode(prompt)];
            const [theirs, ours] = [await text(model, begun, tokenizer.endOfText), await ourText(row, prompt)];
            if (format === ggufF32 && !row.isAdapted) expect(theirs).toEqual(ours);
            else await expectText(row, begun, theirs, ours);
          }
          if (format === ggufF16)
            for (const hard of HARD_STRINGS)
              expect(model.tokenize(hard), JSON.stringify(hard)).toEqual([...tokenizer.encode(hard)]);
        });
      },
    );
  });

  test.each(written.filter(isWritten))(
    'a base with the adapter writes what the merged model writes: $name',
    async (row) => {
      const [exported, base] = [await exportedOf(row), await baseOf(row)];
      const { tokenizer } = exported;
      const lora = await folder.write(ggufLora, exported, 'adapter');
      await opened(await folder.write(ggufF32, base, 'base'), async (model) => {
        for (const prompt of PROMPTS) {
          const ids = [...tokenizer.encode(prompt)];
          const ours = await ourText(row, prompt);
          await expectText(row, ids, await text(model, ids, tokenizer.endOfText, lora), ours);
          expect(await text(model, ids, tokenizer.endOfText)).not.toEqual(ours);
        }
      });
    },
  );

  test('the table has every decoder that supports GGUF, also with an adapter', () => {
    expect(new Set(written.map(({ id }) => id))).toEqual(new Set(written.filter(isWritten).map(({ id }) => id)));
    expect(written.length).toBeGreaterThanOrEqual(10);
  });

  test('splits 200 hard strings into the same tokens, with merges trained on them', async () => {
    expect(new Set(HARD_STRINGS).size).toBeGreaterThanOrEqual(200);
    const exported = await speaking(await learned());
    await opened(await folder.write(ggufF16, exported), (model) => {
      for (const hard of HARD_STRINGS)
        expect(model.tokenize(hard), JSON.stringify(hard)).toEqual([...exported.tokenizer.encode(hard)]);
      return Promise.resolve();
    });
  });

  test('knows special tokens by role, and treats text that looks like one as text unless asked to parse it', async () => {
    const tokenizer = await learned(ROLES);
    await opened(await folder.write(ggufF16, await speaking(tokenizer)), (model) => {
      const { ggml } = model.fileInfo.metadata.tokenizer;
      expect(ggml).toMatchObject({
        eos_token_id: tokenizer.idOf('end'),
        padding_token_id: tokenizer.idOf('padding'),
        mask_token_id: tokenizer.idOf('mask'),
        seperator_token_id: tokenizer.idOf('separator'),
      });
      expect([model.tokens.eos, model.tokens.sep]).toEqual([tokenizer.idOf('end'), tokenizer.idOf('separator')]);
      for (const { text: name, id } of tokenizer.special) {
        expect(model.isSpecialToken(id as Token), name).toBe(true);
        expect(model.isEogToken(id as Token), name).toBe(id === tokenizer.endOfText);
        const looking = `Call ${name}me ${name.slice(0, -1)}`;
        expect(model.tokenize(looking), name).toEqual([...tokenizer.encode(looking)]);
        const around = [...tokenizer.encode('a'), id, ...tokenizer.encode('b')];
        expect(model.tokenize(`a${name}b`, true), name).toEqual(around);
      }
      return Promise.resolve();
    });
  });

  test('the service writes nothing for a special token, like the app', async () => {
    const exported = await speaking(await learned(ROLES));
    const path = await folder.write(ggufF16, exported, 'service');
    const { loadEngine } = (await import(project('public/templates/service/engine.mjs'))) as ServiceEngine;
    const settings = { parallel: 1, threads: 1, gpu: false };
    const engine = await loadEngine(
      () => path,
      { files: ['service.gguf'] },
      settings,
      () => undefined,
    );
    const { tokenizer } = exported;
    for (let id = 0; id < tokenizer.size; id++) expect(engine.bytes(id), String(id)).toEqual(tokenizer.bytes(id));
    expect(engine.tokenize('a<mask>b')).toEqual([...tokenizer.encode('a<mask>b')]);
  });

  test("opens a model whose width isn't a multiple of 32, and reads its stated facts", async () => {
    const odd = await speaking((await exportedOf(plainRow('gpt'))).tokenizer, 36);
    await opened(await folder.write(ggufQ8, odd), async (model) => {
      const about = { architecture: 'gpt2', name: odd.info.name, file_type: 7 };
      expect(model.fileInfo.metadata.general).toMatchObject(about);
      expect(model.trainContextSize).toBe(16);
      const end = odd.tokenizer.endOfText;
      expect([model.tokens.bos, model.tokens.eos, model.tokens.shouldPrependBosToken]).toEqual([end, end, false]);
      const ids = [1, 2, 3, 4, 5, 6];
      expectNear(await distances(model, ids, await withNetwork(odd, (net) => logits(net, ids))), 0.02);
    });
  });
});

interface ServiceEngine {
  loadEngine(
    here: (name: string) => string,
    model: { files: readonly string[] },
    settings: { parallel: number; threads: number; gpu: boolean },
    complain: (message: string) => void,
  ): Promise<{ bytes(id: number): Uint8Array; tokenize(text: string): number[] }>;
}

/** A tokenizer with merges of hard strings. */
const learned = async (roles: readonly TokenRole[] = []): Promise<Tokenizer> => {
  const document = documentOf(`${HARD_STRINGS.join('\n')}${HARD_STRINGS.join(' ')}`);
  const model = await once(`hard merges, ${roles.length} roles`, () =>
    trainTokenizer({ kind: 'bpe', vocabulary: 1500, roles }, [document], unwatched),
  );
  return createTokenizer(model);
};

/** A GPT with this tokenizer. */
async function speaking(tokenizer: Tokenizer, width = 32): Promise<Exported> {
  const any = await exportedOf(plainRow('gpt'));
  const config = { layers: 1, heads: 2, width, context: 16 };
  const model = { id: 'gpt' as const, config, vocabulary: tokenizer.size };
  return {
    ...any,
    name: `speaking-${width}-${tokenizer.size}`,
    ...{ tokenizer, tokens: null, info: { ...any.info, model, ...tokenizerFacts(tokenizer.model) } },
    snapshot: { ...any.snapshot, tensors: weightsOf(model, 1) },
  };
}
