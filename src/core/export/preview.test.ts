import { expect, test } from 'vitest';
import { withContext } from './contextOf';
import { type ModelPreview, previewRows } from './preview';

/** SmolLM2 135M, as in its GGUF file. */
const smol: ModelPreview = {
  model: {
    id: 'llama',
    config: {
      ...{ layers: 30, heads: 9, width: 576, context: 8192 },
      ...{ kvHeads: 3, headWidth: 0, hidden: 1536, theta: 100_000, normEpsilon: 1e-5 },
    },
    vocabulary: 49_152,
  },
  stated: { format: 'GGUF', precision: ['Q4_1', 'F32'], bytes: 96_600_000, licence: 'apache-2.0' },
  tokenizer: { kind: 'bpe', entries: 49_152, special: 17, split: 'smollm', missing: 21, normalizers: [] },
  isContextFree: true,
};
const row = (label: string, ...rest: [ModelPreview['model']?, object?]): string =>
  previewRows(smol, ...rest).find(([name]) => name === label)![1];

test('describes the model in words', () => {
  // 49,152 x 576, and 30 times 576 x (576 + 2 x 192) + 576^2 + 3 x 576 x 1,536 + 2 x 576, and 576
  expect(row('Parameters')).toBe('135 M');
  expect(row('Weights')).toBe('GGUF, 96.6 MB in Q4_1, F32; stored here in 32 bits');
  expect(row('Context')).toBe('8,192 tokens');
  expect(row('Tokenizer')).toMatch(/49,152 entries, 17 of them special; splits like smollm; has no token for 21 bytes/);
  expect(row('License')).toBe('apache-2.0');
  // 538 MB of weights, and 30 layers of 2 x 192 columns for 8,192 tokens, 4 bytes each
  expect(row('Memory for writing')).toBe('916 MB');
});

test('a shorter context needs less memory, and is shown with the original one', () => {
  const short = withContext(smol.model, 1024);
  expect(row('Context', short)).toBe('1,024 tokens of its 8,192');
  expect(row('Memory for writing', short)).toBe('585 MB');
  expect(withContext(smol.model, 9999)).toEqual(smol.model);
});

test('says whether this device can train the model, and which changes would let it', () => {
  const short = withContext(smol.model, 512);
  expect(row('Memory for writing', short, { total: 4e9 })).toMatch(/: fits this device$/);
  expect(row('Memory for writing', short, { total: 5e8 })).toMatch(/, more than the 500 MB of this device$/);
  expect(row('Memory for writing', short, { weight: 1e8 })).toMatch(/One weight has 113 MB; this GPU allows 100 MB/);
  expect(row('Memory for full training', short, { total: 4e9 })).toMatch(/Fits with (batch|activation)/);
  expect(row('Memory for full training', short, { total: 1e9 })).toMatch(/: too much for this device$/);
});
