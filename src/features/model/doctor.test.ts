import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leakWords } from '../../core/documents/labels/leakWords';
import { gpt } from '../../core/models/gpt/spec';
import { problems } from '../../core/train/problems';
import { OPTIMIZERS } from '../../core/optim';
import { DEFAULT_RECIPE, type Recipe } from '../../core/train/recipe';
import { fittedTo } from '../../core/train/shortText';
import { recomputation } from '../../core/train/recomputation';
import { type BaseConfig, nearestSize } from '../../core/models/spec';
import type { DeviceInfo } from '../../protocol/gpu';
import { estimate } from '../../state/estimate';
import { makePlan } from '../../core/plan/plan';
import { diagnose, epochs, type Situation } from './doctor';
import { propertyRuns } from '../../testing/propertyRuns';

const VOCABULARY = 300;
const wasm: DeviceInfo = { kind: 'wasm', name: 'CPU', software: false, features: [], gigaflops: 25, choices: ['wasm'] };

interface Change {
  config?: Partial<BaseConfig>;
  recipe?: Partial<Recipe>;
  text?: Situation['text'];
  device?: DeviceInfo;
  validationShare?: number;
  divergence?: number;
  expected?: Situation['expected'];
  plan?: Situation['plan'];
  missingRoles?: Situation['missingRoles'];
  inRows?: Situation['inRows'];
  leaks?: Situation['leaks'];
}
function situation(change: Change = {}): Situation {
  const config = { layers: 2, heads: 2, width: 64, context: 64, ...change.config };
  const recipe = { ...DEFAULT_RECIPE, ...change.recipe };
  const text = 'text' in change ? change.text : { train: 1e6, validation: 1e5, isCounted: true };
  const device = change.device ?? wasm;
  return {
    model: { id: 'gpt', config, vocabulary: VOCABULARY },
    recipe,
    recomputation: recomputation({ id: 'gpt', config, vocabulary: VOCABULARY }, recipe, 'auto', device.limits ?? {}),
    text,
    validationShare: change.validationShare ?? 0.1,
    divergence: change.divergence,
    problems: problems(
      fittedTo({ id: 'gpt', config, vocabulary: VOCABULARY }, recipe, text?.train ?? Infinity),
      recipe,
      text ?? { train: Infinity, validation: Infinity },
      device.limits,
    ),
    missingRoles: change.missingRoles ?? [],
    inRows: change.inRows,
    leaks: change.leaks,
    estimate: estimate(gpt, config, VOCABULARY, recipe, device),
    expected: change.expected,
    plan: change.plan,
    device,
  };
}
const titles = (change: Change) => diagnose(situation(change)).findings.map(({ title }) => title);
const cautionAbout = (change: Change, words: RegExp) =>
  diagnose(situation(change)).findings.find(({ title }) => words.test(title));

test('words that leak labels are reported per label, with shares and a remedy', () => {
  expect(titles({})).toEqual([]);
  expect(diagnose(situation({ leaks: [] })).passed).toContain('No word gives a label away');
  const leak = (word: string, label: string, texts = 40) =>
    ({ word, label, within: { texts, of: 40 }, without: { texts: 1, of: 80 }, above: 0.85 }) as const;
  const { findings } = diagnose(
    situation({ leaks: leakWords([leak('xqz', 'spam'), leak('noon', 'ham'), leak('fax', 'spam', 39)]) }),
  );
  expect(findings.map(({ severity, title, fix }) => [severity, title, fix?.kind])).toEqual([
    ['caution', '2 words give the label “spam” away', 'labels'],
    ['caution', '1 word gives the label “ham” away', 'labels'],
  ]);
  expect(findings[0]!.detail).toContain(
    'The words “xqz” and “fax” give “spam” away: “xqz” is in 40 of 40 (100 %) of its texts, and in 1 of 80 (1.25 %) of the others. ',
  );
  expect(findings[1]!.detail).toMatch(/^The word “noon” .* A classifier may learn that word and little else/);
});

test('a tokenizer without the special tokens of the objective is reported, with the consequence', () => {
  const recipe = { objective: 'masked' } as const;
  expect(cautionAbout({ recipe, missingRoles: ['mask'] }, /tokenizer has no mask token/)?.detail).toMatch(
    /^Masked language modeling needs 1 more\. Starting the run retrains the tokenizer\.$/,
  );
});

test('truncation is reported at the context field', () => {
  const words = 'Of 9 pairs to learn from, 1 inputs and 0 targets are cut.';
  const found = cautionAbout({ inRows: { rows: 9, words, isCut: true } }, /longer than the context/);
  expect(found).toMatchObject({ detail: words, fields: ['context'] });
  expect(
    titles({
      inRows: { rows: 9, words: '9 documents, all of them whole.', isCut: false },
      recipe: { steps: 10, warmup: 1, evalEvery: 5, evalTokens: 1024 },
    }),
  ).toEqual([]);
});

test('the default settings are fine', () => {
  expect(titles({})).toEqual([]);
  expect(diagnose(situation()).passed.length).toBeGreaterThanOrEqual(6);
});

describe('errors that prevent a start', () => {
  test('heads that do not divide the width are fixed with the nearest number that does', () => {
    const [finding] = diagnose(situation({ config: { heads: 5 } })).findings;
    expect(finding?.severity).toBe('stop');
    expect(finding?.fix).toMatchObject({ kind: 'model', change: { heads: 4 } });
  });
  test('no text', () => {
    expect(diagnose(situation({ text: undefined })).findings).toMatchObject([
      { severity: 'stop', fix: { kind: 'addText' } },
    ]);
  });
  test('text too short for one context; text shorter than the context is only a caution', () => {
    const [tiny] = diagnose(situation({ text: { train: 4, validation: 2, isCounted: true } })).findings;
    expect(tiny).toMatchObject({ severity: 'stop', fix: { kind: 'addText' } });
    const short = { train: 30, validation: 3, isCounted: true };
    expect(cautionAbout({ text: short }, /shorter than the context/)).toMatchObject({
      severity: 'caution',
      fields: ['context'],
    });
    expect(cautionAbout({ text: { ...short, train: 65 } }, /shorter than the context/)).toBeUndefined();
  });
  test('a plan larger than the heap is fixed by each named remedy', () => {
    const config = { layers: 12, heads: 12, width: 768, context: 1024 };
    const small = { ...wasm, limits: { total: 2 ** 32 } };
    const [finding] = diagnose(situation({ config, recipe: { batch: 48 }, device: small })).findings;
    expect(finding).toMatchObject({ severity: 'stop', title: 'Out of memory' });
    expect([finding!.fix!, ...finding!.otherFixes!].map(({ label }) => label)).toEqual([
      'Use batch 3 in 16 micro-batches',
      expect.stringMatching(/^Use a context of/),
      expect.stringMatching(/^Use a model of about/),
    ]);
    expect(titles({ device: small })).toEqual([]);
    const gpu = { ...wasm, kind: 'webgpu' } as const;
    expect(titles({ config, recipe: { batch: 48 }, device: gpu })).toContain('May need more memory than this GPU has');
  });
  test('every fix of a model setting fully fixes that setting', () => {
    const size = fc.integer({ min: 1, max: 4000 });
    fc.assert(
      fc.property(fc.record({ layers: size, heads: size, width: size, context: size }), (config) => {
        const first = { id: 'gpt', config, vocabulary: VOCABULARY } as const;
        let now: Situation = {
          ...situation(),
          model: first,
          problems: problems(first, DEFAULT_RECIPE, { train: 1e9, validation: 1e9 }),
        };
        for (let i = 0; i < 8; i++) {
          const fix = diagnose(now).findings.find(
            ({ severity, fix }) => severity === 'stop' && fix?.kind === 'model',
          )?.fix;
          if (fix?.kind !== 'model') break;
          const model = { ...now.model, config: { ...now.model.config, ...fix.change } };
          now = { ...now, model, problems: problems(model, now.recipe, { train: 1e9, validation: 1e9 }) };
        }
        expect(problems(now.model, now.recipe, { train: 1e9, validation: 1e9 })).toEqual([]);
      }),
      { numRuns: propertyRuns(50) },
    );
  });
});

describe('warnings about valid settings', () => {
  test('a short validation set', () => {
    const text = { train: 1e6, validation: 1000, isCounted: true };
    expect(cautionAbout({ text, validationShare: 0.01 }, /validation set is small/)?.fix).toMatchObject({
      kind: 'holdOut',
      share: 0.1,
    });
    expect(cautionAbout({ text }, /validation set is small/)?.fix).toMatchObject({ kind: 'addText' });
  });
  test('a validation set unlike the training set is reported, with numbers and a remedy', () => {
    const unlike = cautionAbout({ divergence: 2.34 }, /unlike/);
    expect(unlike?.detail).toMatch(/2\.3 nats per token.*hold out part of each/);
    expect(unlike?.fix).toMatchObject({ kind: 'addText' });
    expect(cautionAbout({ divergence: 0.4 }, /unlike/)).toBeUndefined();
    expect(diagnose(situation({ divergence: 0.4 })).passed).toContain('Validation set is like the training text');
    expect(cautionAbout({}, /unlike/)).toBeUndefined();
  });
  test('warm-up beyond half of the steps', () => {
    expect(cautionAbout({ recipe: { steps: 180 } }, /Warm-up/)?.fix).toMatchObject({ change: { warmup: 9 } });
    expect(cautionAbout({ recipe: { steps: 100 } }, /never reaches/)).toBeDefined();
    expect(cautionAbout({ recipe: { steps: 200 } }, /Warm-up/)).toBeUndefined();
  });
  test('learning rates far from the usual ones, by optimizer', () => {
    expect(cautionAbout({ recipe: { learningRate: 0.05 } }, /rate is high/)).toBeDefined();
    expect(cautionAbout({ recipe: { learningRate: 1e-5 } }, /rate is low/)).toBeDefined();
    expect(cautionAbout({ recipe: { learningRate: 0.001, optimizer: 'sgd' } }, /rate is low/)?.fix).toMatchObject({
      change: { learningRate: 0.1 },
    });
    expect(cautionAbout({ recipe: { learningRate: 0.1, optimizer: 'sgd' } }, /rate/)).toBeUndefined();
  });
  test('evaluations that never happen, or take most of the time', () => {
    expect(cautionAbout({ recipe: { evalEvery: 5000 } }, /only evaluation is at the end/)?.fix).toMatchObject({
      change: { evalEvery: 200 },
    });
    expect(cautionAbout({ recipe: { evalEvery: 2 } }, /a lot of time/)).toBeDefined();
  });
  test('early stopping with too few evaluations to end the run', () => {
    const about = (recipe: Partial<Recipe>) => cautionAbout({ recipe: { steps: 1000, ...recipe } }, /Early stopping/);
    expect(about({ patience: 4, evalEvery: 250 })).toMatchObject({
      detail: 'Patience is 4 evaluations, but the run has 3 before its last step.',
      fix: { change: { evalEvery: 100 } },
    });
    expect(about({ patience: 3, evalEvery: 250 })).toBeUndefined();
    expect(about({ patience: 0, evalEvery: 5000 })).toBeUndefined();
    expect(about({ steps: 3, patience: 4, evalEvery: 1 })?.fix).toMatchObject({ change: { patience: 0 } });
  });
  test('settings expected to do much worse than the plan in the same time', () => {
    const band = (value: number) => ({ value, low: 0.9 * value, high: 1.1 * value, unit: 'bits per byte' as const });
    const vocabularies = [{ kind: 'bpe' as const, size: 1024, bytesPerToken: 2.7, unigramBits: 3.1 }];
    const plan = makePlan({
      text: { bytes: 1e6, vocabularies, repeated: 0, trigramBits: 2 },
      held: 0.1,
      device: wasm,
      seconds: 60,
    });
    const worse = { plan, expected: band(plan.expected!.value + 0.1) };
    expect(cautionAbout(worse, /The plan should do better/)?.fix).toMatchObject({ kind: 'plan' });
    expect(cautionAbout({ plan, expected: plan.expected }, /The plan should do better/)).toBeUndefined();
    expect(cautionAbout({ ...worse, recipe: { steps: 1 } }, /The plan should do better/)).toBeUndefined(); // a short try
  });
  test('more epochs than the text supports, by dropout', () => {
    const small = (change: Partial<Recipe>) => ({
      text: { train: 1e4, validation: 1e3, isCounted: true },
      recipe: change,
    });
    const tokens = 64 * DEFAULT_RECIPE.batch * DEFAULT_RECIPE.accumulate;
    const stepsOf = (epochs: number): number => Math.round((1e4 * epochs) / tokens);
    expect(cautionAbout(small({ steps: stepsOf(15) }), /too often/)).toBeUndefined();
    expect(cautionAbout(small({ steps: stepsOf(24) }), /too often/)?.fix).toMatchObject({ change: { dropout: 0.2 } });
    expect(cautionAbout(small({ steps: stepsOf(24), dropout: 0.1 }), /too often/)).toBeUndefined();
    expect(cautionAbout(small({ steps: stepsOf(50) }), /too often/)?.fix).toMatchObject({ kind: 'addText' });
  });
  test('a run of days, and WebGPU on the CPU', () => {
    const slow = { ...wasm, gigaflops: 0.01 };
    expect(titles({ device: slow })).toContain('Training takes a long time on this device');
    const software: DeviceInfo = { ...wasm, kind: 'webgpu', software: true, choices: ['webgpu', 'wasm'] };
    expect(cautionAbout({ device: software }, /processor/)?.fix).toMatchObject({ kind: 'device', device: 'wasm' });
  });
});

test('the usual learning rate falls with the size', () => {
  expect(OPTIMIZERS.adamw.usualRate(1e5)).toBeGreaterThan(OPTIMIZERS.adamw.usualRate(1e8));
  expect(OPTIMIZERS.adamw.usualRate(1e6)).toBe(0.001);
});
test('epochs are tokens read over tokens in the training set', () => {
  expect(epochs(situation())).toBeCloseTo((2000 * 12 * 64) / 1e6);
  expect(epochs(situation({ text: undefined }))).toBeUndefined();
});
test('epochs of pairs and of whole documents are rows read over rows in the training set', () => {
  const recipe = { objective: 'pairs' } as const;
  const text = { train: 1e6, validation: 1e5, documents: 3000, isCounted: false };
  expect(epochs(situation({ recipe, text }))).toBeCloseTo((2000 * 12) / 3000);
  const inRows = { rows: 2400, isCut: false };
  expect(epochs(situation({ recipe, text, inRows }))).toBeCloseTo((2000 * 12) / 3000); // may be a count of other texts
  expect(epochs(situation({ recipe, text: { ...text, isCounted: true }, inRows }))).toBeCloseTo((2000 * 12) / 2400);
});
test('the nearest valid size is a smaller one if there is one', () => {
  const nearest = (width: number, heads: number, name = 'heads') =>
    nearestSize(gpt, { layers: 2, heads, width, context: 64 }, name);
  expect([nearest(384, 7), nearest(97, 8), nearest(12, 100), nearest(40, 0)]).toEqual([6, 1, 12, 1]);
  expect([nearest(9999, 4, 'width'), nearest(64.4, 4, 'width')]).toEqual([2048, 64]);
  expect([nearest(100, 6, 'width'), nearest(5, 6, 'width')]).toEqual([96, 12]);
});
