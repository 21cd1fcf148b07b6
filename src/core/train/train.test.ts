import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { initialValues } from '../models/network';
import { causalBatch } from '../objectives/causal';
import { expectClose } from '../../testing/checkOp';
import { expectOnlyDecay } from '../../testing/unreached';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { learningRateAt } from '../optim/schedule';
import { learner } from './learner';
import type { Recipe } from './recipe';
import type { Snapshot, TrainEvent, TrainInput } from './run';
import { train } from './train';
import {
  data,
  few,
  ids,
  losses,
  model,
  numbers,
  recipe,
  source,
  stepsOf,
  tokenizer,
  watch,
} from '../../testing/watchedRun';

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });

  test('evaluates and saves at step 0, at its intervals and at the end, and lowers the loss', async () => {
    const { outcome, events, saved } = await watch();
    expect(stepsOf(events, 'evaluated')).toEqual([0, 6, 12]);
    expect(stepsOf(events, 'saved')).toEqual([0, 5, 10, 12]);
    expect(losses(events).map(([step]) => step)).toEqual(Array.from({ length: 12 }, (__, i) => i + 1));
    expect(outcome).toMatchObject({ reason: 'finished', state: { step: 12, tokensSeen: 12 * 36 } });
    const [first, , last] = events.flatMap((e) => (e.kind === 'evaluated' ? [e.loss] : []));
    expect(first).toBeCloseTo(Math.log(257), 1);
    expect(last).toBeLessThan(first! - 0.5);
    expect(outcome.state.best).toEqual({ step: 12, loss: last });
    expect(saved.at(-1)!.state).toEqual(outcome.state);
  });

  test('the sample of an evaluation is reported before its loss', async () => {
    const { events } = await watch({ steps: 2 });
    const reports = events.flatMap((e) =>
      e.kind === 'shown' || e.kind === 'evaluated' ? [[e.kind, e.step, e.sample]] : [],
    );
    expect(reports).toEqual([
      ['shown', 0, reports[1]![2]],
      ['evaluated', 0, expect.stringContaining(recipe.samplePrompt)],
      ['shown', 2, reports[3]![2]],
      ['evaluated', 2, expect.any(String)],
    ]);
  });

  test.each<[string, Partial<Recipe>]>([
    ['adamw', {}],
    ['sgd', { optimizer: 'sgd' }],
    ['lion', { optimizer: 'lion', learningRate: 1e-3 }],
    ['muon', { optimizer: 'muon' }],
    ['averaging', { emaDecay: 0.9 }],
    ['averaging and accumulating', { emaDecay: 0.9, batch: 2, accumulate: 3 }],
    ['accumulating', { batch: 2, accumulate: 3 }],
  ])('%s: a resumed run has the same bits as an uninterrupted one', async (__, change) => {
    const uninterrupted = await watch(change);
    const before = await watch(change, { stopAt: 4 });
    expect(before.outcome.reason).toBe('stopped');
    const stopped = before.saved.at(-1)!;
    expect(stopped.state.step).toBe(before.outcome.state.step);
    const after = await watch(change, { from: stopped });
    expect([...losses(before.events), ...losses(after.events)]).toEqual(losses(uninterrupted.events));
    expect(after.saved.at(-1)!.tensors).toEqual(uninterrupted.saved.at(-1)!.tensors);
    // The stop adds an evaluation, which doesn't change training.
    const { step } = stopped.state;
    expect(stepsOf([...before.events, ...after.events], 'evaluated')).toEqual([0, step, 6, 12]);
  });

  test.each<[string, Partial<Recipe>]>([
    ['at once', {}],
    ['accumulating', { batch: 2, accumulate: 3 }],
  ])(
    '%s: a change of the run length during training changes later learning rates, also after a resume',
    async (__, change) => {
      const length = (step: number): number => (step < 4 ? 12 : 8);
      const shortened = await watch(change, { length });
      const rates = shortened.events.flatMap((e) => (e.kind === 'step' ? [[e.step, e.learningRate] as const] : []));
      expect(rates.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      for (const [step, rate] of rates)
        expect(rate).toBe(learningRateAt(recipe.schedule, { ...recipe, steps: length(step - 1) }, step));
      expect(shortened.outcome).toMatchObject({ reason: 'finished', state: { step: 8 } });
      expect(stepsOf(shortened.events, 'evaluated')).toEqual([0, 6, 8]);
      const after = await watch(
        { ...change, steps: 8 },
        { from: shortened.saved.find(({ state }) => state.step === 5)! },
      );
      expect(after.saved.at(-1)!.tensors).toEqual(shortened.saved.at(-1)!.tensors);
    },
  );

  test('stores each new best step before training continues: in a file of its own, or as the checkpoint of that step', async () => {
    const { outcome, events, saved, kept } = await watch({ evalEvery: 2, saveEvery: 3 });
    const evaluations = events.flatMap((e) => (e.kind === 'evaluated' ? [e] : []));
    let min = Infinity;
    const bests = evaluations.filter(({ loss }) => loss < min && (min = loss)).map(({ step }) => step);
    const checkpoints = stepsOf(events, 'saved');
    expect(checkpoints).toEqual([0, 3, 6, 9, 12]);
    expect(stepsOf(events, 'kept')).toEqual(bests.filter((step) => !checkpoints.includes(step)));
    expect(kept.length).toBeGreaterThan(1);
    const order = events.flatMap((e) => (e.kind === 'compiling' ? [] : [`${e.kind} ${e.step}`]));
    for (const { state, tensors } of kept) {
      expect(order[order.indexOf(`evaluated ${state.step}`) + 1]).toBe(`kept ${state.step}`);
      expect(state.best?.step).toBe(state.step);
      expect([...tensors.keys()]).toEqual([...saved[0]!.tensors.keys()].filter((name) => !name.startsWith('adam.')));
    }
    // Every state names the best step that was stored before it.
    const stored: number[] = [];
    for (const { state } of [...saved, ...kept].toSorted((a, b) => a.state.step - b.state.step)) {
      stored.push(state.step);
      expect(state.best?.step).toBe(bests.findLast((step) => stored.includes(step)));
    }
    expect(outcome.state.best?.step).toBe(bests.at(-1));
    expect(kept[0]!.tensors).toEqual(
      new Map([...(await watch({ evalEvery: 2, saveEvery: 2 })).saved[1]!.tensors].slice(0, kept[0]!.tensors.size)),
    );
  });

  test('a stop saves the step, then evaluates it, and stores it if it is the best', async () => {
    const { outcome, events, saved, kept } = await watch({}, { stopAt: 4 });
    const { step } = outcome.state;
    const last = events.findLast((e) => e.kind === 'evaluated')!;
    expect(last).toMatchObject({ step, loss: outcome.validationLoss });
    expect(saved.at(-1)!.state).toMatchObject({ step, best: { step: 0 } });
    expect(outcome.state.best).toEqual({ step, loss: outcome.validationLoss });
    expect(kept.map(({ state }) => state)).toEqual([outcome.state]);
    const order = events.flatMap((e) => (e.kind !== 'compiling' && e.step === step ? [e.kind] : []));
    expect(order).toEqual(['step', 'saved', 'shown', 'evaluated', 'kept']);
  });

  test('a stop during the evaluation of the best step saves once', async () => {
    const stop = new AbortController();
    const stored: string[] = [];
    const store = (what: string) => (step: number) => {
      stored.push(`${what} ${step}`);
      return Promise.resolve({ bytes: 1 });
    };
    const input: TrainInput = {
      model,
      recipe,
      tokenizer,
      ...data,
      save: ({ state }) => store('saved')(state.step),
      keepBest: ({ step }) => store('kept')(step),
      now: () => 0,
    };
    const report = (event: TrainEvent): void => {
      if (event.kind === 'evaluated' && event.step === 6) stop.abort();
    };
    const outcome = await train(input, { signal: stop.signal, report });
    expect(stored).toEqual(['saved 0', 'saved 5', 'saved 6']);
    expect(outcome).toMatchObject({ reason: 'stopped', state: { best: { step: 6, loss: outcome.validationLoss } } });
  });

  test('a best step that cannot be stored ends the run and is not recorded; without keepBest, only checkpoints count as best', async () => {
    const states: Snapshot['state'][] = [];
    const input: TrainInput = {
      model,
      recipe: { ...recipe, saveEvery: 8 },
      tokenizer,
      ...data,
      save: ({ state }) => {
        states.push(state);
        return Promise.resolve({ bytes: 1 });
      },
      now: () => 0,
    };
    const keepBest = () => Promise.reject(new HomegrownError('storage-full', 'No room'));
    await expect(train({ ...input, keepBest }, unwatched)).rejects.toMatchObject({
      code: 'storage-full',
      message: 'No room. Step 0 is saved.',
    });
    states.length = 0;
    await train(input, unwatched);
    expect(states.map(({ step, best }) => [step, best?.step])).toEqual([
      [0, 0],
      [8, 0],
      [12, 12],
    ]);
  });

  test('micro-batches give the losses and weights of one large batch', async () => {
    const [large, small] = [
      { ...few, dropout: 0, batch: 6 },
      { ...few, dropout: 0, batch: 2, accumulate: 3 },
    ];
    const [expected, accumulated] = [await watch(large), await watch(small)];
    expect(accumulated.outcome.state.tokensSeen).toBe(6 * 6 * 12);
    expectClose(numbers(accumulated.events), numbers(expected.events), 1e-5, 'losses');
    const [weights, expectedWeights] = [accumulated, expected].map(({ saved }) => saved.at(-1)!.tensors);
    for (const [name, { data: values }] of expectedWeights!) expectClose(weights!.get(name)!.data, values, 2e-4, name);
  });

  test('masked targets have no weight: micro-batches with unequal numbers of targets give the step of one large batch', async () => {
    const withoutDropout = { ...recipe, optimizer: 'sgd' as const, dropout: 0 };
    const newLearner = (batch: number, accumulate: number) =>
      learner(model, { ...withoutDropout, batch, accumulate }, initialValues(model, 1), () => 0);
    const [one, three] = [await newLearner(6, 1), await newLearner(2, 3)];
    const x = Int32Array.from(ids.subarray(0, 72));
    // The first micro-batch has few targets, and the second none.
    const y = Int32Array.from(ids.subarray(1, 73), (id, i) => (i < 20 || (i >= 24 && i < 48) ? -1 : id));
    for (const step of [1, 2]) {
      const batch = causalBatch(x, y);
      const [expected, accumulated] = [await one.step(step, batch), await three.step(step, batch)];
      const measures = [accumulated, expected].map(({ loss, gradientNorm }) => [loss, gradientNorm]);
      expectClose(measures[0]!, measures[1]!, 1e-5, 'loss and norm');
    }
    const [weights, expectedWeights] = [await three.tensors(), await one.tensors()];
    for (const [name, { data: values }] of expectedWeights) expectClose(weights.get(name)!.data, values, 1e-5, name);
    for (const learning of [one, three]) learning.dispose();
  });

  test('a weight without a gradient only decays', async () => {
    const learning = await learner(model, recipe, initialValues(model, 1), () => 0);
    await expectOnlyDecay(learning.network, { ...recipe, dropout: 0 });
    learning.dispose();
  });

  test('recomputing activations changes no bit', async () => {
    const [kept, recomputed] = [await watch(few), await watch({ ...few, recompute: true })];
    expect(losses(recomputed.events)).toEqual(losses(kept.events));
    expect(recomputed.saved.at(-1)!.tensors).toEqual(kept.saved.at(-1)!.tensors);
  });

  test('each micro-batch has its own dropout', async () => {
    // At a learning rate of 0, only dropout makes the losses of steps differ.
    const frozen = { ...recipe, dropout: 0.5, learningRate: 0 };
    const newLearner = (accumulate: number) =>
      learner(model, { ...frozen, accumulate }, initialValues(model, 1), () => 0);
    const [one, two] = [await newLearner(1), await newLearner(2)];
    const [x, y] = [ids.subarray(0, 36), ids.subarray(1, 37)].map((part) => Int32Array.from(part));
    const repeated = (part: Int32Array) => Int32Array.of(...part, ...part);
    const separate = [await one.step(1, causalBatch(x!, y!)), await one.step(2, causalBatch(x!, y!))].map(
      ({ loss }) => loss,
    );
    const { loss } = await two.step(1, causalBatch(repeated(x!), repeated(y!)));
    expect(Math.abs(separate[0]! - separate[1]!)).toBeGreaterThan(1e-4);
    expect(loss).toBeCloseTo((separate[0]! + separate[1]!) / 2, 6);
    for (const learning of [one, two]) learning.dispose();
  });

  test('leaks no tensors, neither between steps nor after the run', async () => {
    const before = tf.memory().numTensors;
    for (const change of [{}, { batch: 1, accumulate: 3, recompute: true }]) {
      const { events } = await watch({ steps: 25, evalEvery: 25, ...change });
      const bytes = events.flatMap((e) => (e.kind === 'step' ? [e.memoryBytes] : []));
      expect(new Set(bytes).size).toBe(1);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('failures', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  test('a non-finite loss ends the run without saving the damaged weights', async () => {
    const saved: number[] = [];
    const input: TrainInput = {
      model,
      recipe: {
        ...recipe,
        optimizer: 'sgd',
        learningRate: 10,
        warmup: 0,
        clip: 0,
        momentum: 0.99,
        steps: 500,
        saveEvery: 1,
      },
      tokenizer,
      ...data,
      save: ({ state, tensors }) => {
        for (const { data: values } of tensors.values()) expect(values.every(Number.isFinite)).toBe(true);
        saved.push(state.step);
        return Promise.resolve({ bytes: 1 });
      },
      now: () => 0,
    };
    const failure = await train(input, unwatched).catch((error: unknown) => error as HomegrownError);
    expect(failure).toMatchObject({ code: 'diverged' });
    expect((failure as HomegrownError).message).toContain(`Step ${saved.at(-1)!} is saved.`);
  });
  test('a non-finite validation loss ends the run before saving', async () => {
    // The weights are infinite for a byte that only the validation set has, so that training never meets it.
    const heldOut = source(tokenizer.encode('Zebras. '.repeat(60)));
    const untied = { ...model, config: { ...model.config, untied: true as const } };
    const tensors = new Map(initialValues(untied, 1));
    const table = tensors.get('transformer.wte.weight')!;
    const [Z] = tokenizer.encode('Z');
    tensors.set('transformer.wte.weight', { ...table, data: table.data.map((x, i) => (i === Z! * 16 ? Infinity : x)) });
    const saved: number[] = [];
    const input: TrainInput = {
      model: untied,
      recipe: { ...recipe, evalEvery: 1, saveEvery: 1, dropout: 0 },
      tokenizer,
      train: data.train,
      validation: heldOut,
      from: { state: { step: 3, tokensSeen: 0, activeMs: 0, best: null }, tensors },
      save: ({ state }) => {
        saved.push(state.step);
        return Promise.resolve({ bytes: 1 });
      },
      now: () => 0,
    };
    await expect(train(input, unwatched)).rejects.toMatchObject({
      code: 'diverged',
      message: 'At step 4 the loss on held-out text is NaN. Step 3 is saved.',
    });
    expect(saved).toEqual([]);
  });
  test('reports invalid settings by field, before anything starts', async () => {
    await expect(watch({ steps: 0, dropout: 2 })).rejects.toMatchObject({
      code: 'bad-settings',
      message:
        'Steps must be a whole number from 1 to 1000000000, not 0. Dropout must be a number from 0 to 0.9, not 2.',
    });
  });
  test('rejects resuming a finished run without more steps', async () => {
    const { saved } = await watch({ steps: 2 });
    await expect(watch({ steps: 2 }, { from: saved.at(-1)! })).rejects.toMatchObject({ code: 'bad-settings' });
  });
});
