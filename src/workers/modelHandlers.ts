/** Handlers of the GPU worker that use the models of any run, concurrent with training. */
import type { BlobStore } from '../core/base/blobStore';
import type { Readers } from '../core/documents/guard/readers';
import { evaluate, referenceOf } from '../jobs/measureStep';
import { fillBlanks, writeText } from '../jobs/sample';
import type { GpuApi } from '../protocol/gpu';
import { type GpuWork, stoppable } from './gpuWork';
import type { Handlers } from './serve';

/** @param readers runs readers of files */
export function modelHandlers(store: Promise<BlobStore>, gpu: GpuWork, readers: Readers) {
  return {
    generate: (input, { signal, report }) =>
      gpu.withModel(input, signal, (model, ended, pause) => writeText(model, input, { signal: ended, report }, pause)),
    fill: (input, { signal }) => gpu.withModel(input, signal, (model) => fillBlanks(model, input)),
    inspectTokens: (input, { signal }) =>
      gpu.withModel(input, signal, async (model, ended, pause) => {
        const { inspectTokens } = await import('../jobs/inspectTokens');
        return inspectTokens(model, input, stoppable(pause, ended));
      }),
    inspectLens: (input, { signal }) =>
      gpu.withModel(input, signal, async (model, ended, pause) => {
        const { inspectLens } = await import('../jobs/inspectLens');
        return inspectLens(model, input, stoppable(pause, ended));
      }),
    evaluate: (input, { signal }) =>
      gpu.withModel(input, signal, async (model, ended, pause) =>
        evaluate(await store, model, input, stoppable(pause, ended)),
      ),
    mix: (input, { signal, report }) =>
      gpu.concurrent(signal, async (ended) => {
        const { measureMixes } = await import('../jobs/measureMixes');
        return gpu.inTurns(async (pause) => measureMixes(await store, input, { report }, stoppable(pause, ended)));
      }),
    reference: (input, { signal }) =>
      gpu.withModel(input, signal, async (model, _, pause) => referenceOf(await store, model, pause)),
    ...evaluationHandlers(store, gpu),
    ...classifierHandlers(store, gpu, readers),
  } satisfies Partial<Handlers<GpuApi>>;
}

function evaluationHandlers(store: Promise<BlobStore>, gpu: GpuWork) {
  return {
    evaluation: (input, job) =>
      gpu.evaluating(input, job, async (model, modelJob) =>
        (await loadEvaluation()).evaluateStep(await store, model, input, modelJob),
      ),
    lists: (input, job) =>
      gpu.evaluating(input, job, async (model, modelJob) =>
        (await loadEvaluation()).askLists(await store, model, input, modelJob),
      ),
    compare: async (input, job) => {
      const { compareSteps } = await import('../jobs/compare');
      return compareSteps(await store, input, (step, work) => gpu.evaluating(step, job, work));
    },
  } satisfies Partial<Handlers<GpuApi>>;
}
/** Loaded when first needed. */
const loadEvaluation = () => import('../jobs/evaluate');

function classifierHandlers(store: Promise<BlobStore>, gpu: GpuWork, readers: Readers) {
  return {
    classify: (input, job) =>
      gpu.evaluating(input, job, async (model, modelJob) =>
        (await loadClassifier()).classifyTexts(await store, model, input, modelJob),
      ),
    decided: (input, { signal }) =>
      gpu.evaluating(input, { signal, report: () => undefined }, async (model, modelJob) =>
        (await loadClassifier()).decidedBy(await store, model, input, modelJob),
      ),
    classifyFile: (input, job) =>
      gpu.evaluating(input, job, async (model, modelJob) =>
        (await loadClassifier()).classifyFile(await store, model, input, readers, modelJob),
      ),
    toLabel: (input, job) =>
      gpu.evaluating(input, job, async (model, modelJob) =>
        (await loadClassifier()).toLabel(await store, model, input, modelJob),
      ),
  } satisfies Partial<Handlers<GpuApi>>;
}
/** Loaded when a classifier is first used. */
const loadClassifier = () => import('../jobs/classify');
