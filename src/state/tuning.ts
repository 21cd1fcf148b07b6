/** Settings of fine-tuning and calls for its data; the plan that a page shows is in tuningPlan.ts. */
import { toFailure } from '../core/base/errors';
import { counted } from '../core/base/units';
import { readKnownRun } from '../core/runs/record';
import { readTokenizer } from '../core/runs/tokenizer';
import type { TuningChoice } from '../core/runs/tuning';
import { withChatTemplate } from '../core/tokenizer/tokenizer';
import { explain } from './failures';
import { alreadyHere } from './textNotes';
import type { ClassifyingNeeds } from './classifying';
import type { TuningSlice } from './slices/tuning';
import type { Slice, Studio } from './slices/studio';
import type { Classifying } from './slices/classifying';

export const createTuningSlice: Slice<TuningSlice, ClassifyingNeeds & Pick<Studio, 'change' | 'makeCurrent'>> =
  (services) => (_, get) => {
    const { data, gpu, store, now, newId, tabs, toasts } = services;
    let classifying: Classifying | undefined;
    const setTuning = (change: Partial<TuningChoice>): void =>
      get().change({ tuning: { ...get().project.tuning, ...change } });
    return {
      setTuning,
      setTuningRecipe(change) {
        const { purpose, recipe, classify } = get().project.tuning;
        const current = purpose === 'classify' ? classify : { recipe };
        const changed = {
          recipe: { ...current.recipe, ...change },
          ...(change.learningRate !== undefined && { rateByHand: true }),
        };
        setTuning(purpose === 'classify' ? { classify: { ...classify, ...changed } } : changed);
      },
      classifying: async () => (classifying ??= (await import('./classifying')).classifyingOver(services, get)),
      async previewLossMask({ runId, template, ...rows }, options) {
        const record = await readKnownRun(store, runId);
        const baseTokenizer = await readTokenizer(store, record);
        const tokenizer = template === null ? baseTokenizer : withChatTemplate(baseTokenizer, template);
        const { context } = record.model.config;
        return data.call('previewLossMask', { ...rows, tokenizer, context }, options);
      },
      async mix(runId, shares, onPoints, signal) {
        await gpu.call('mix', { runId, which: 'latest', shares }, { signal, onProgress: onPoints });
      },
      async keepMix(mixedRunId, share, name) {
        const [runId, { id: projectId }] = [newId(), get().project];
        try {
          await data.call('mixRun', {
            runId,
            projectId,
            name,
            createdAt: now(),
            of: { runId: mixedRunId, which: 'latest' },
            share,
          });
        } catch (error) {
          toasts.show({ text: "Couldn't save the blend", detail: explain(toFailure(error)) });
          return false;
        }
        tabs.announce();
        await get().listRuns();
        await get().makeCurrent(runId);
        toasts.show({ text: `Saved ${name}`, detail: 'now the open run' });
        return true;
      },
      async addSpoken(textId, assistant) {
        const { project, loadTexts } = get();
        try {
          const input = { textId, assistant, projectId: project.id, addedAt: now() };
          const { outcome, leftOut } = await data.call('importSpeakers', input);
          tabs.announce();
          await loadTexts();
          const skipped =
            leftOut > 0 &&
            `skipped ${counted(leftOut, 'document')} without a chat between two people with ${assistant}`;
          if (outcome.kind === 'duplicate')
            toasts.show(alreadyHere([{ name: outcome.of.name, of: outcome.of }], project.id, true));
          else if (skipped) toasts.show({ text: `Added chats with ${assistant}`, detail: skipped });
        } catch (error) {
          toasts.show({ text: `Couldn't add chats with ${assistant}`, detail: explain(toFailure(error)) });
        }
      },
    };
  };
