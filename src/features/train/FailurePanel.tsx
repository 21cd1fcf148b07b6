import { useLocation } from 'wouter';
import { formatCount, formatDuration } from '../../core/base/units';
import { upperFirst } from '../../core/base/firstLetter';
import { optimizerOf } from '../../core/optim';
import { dataOf, recipeOf } from '../../core/runs/segments';
import type { Recipe } from '../../core/train/recipe';
import { countUpTo } from '../../core/train/meanAt';
import { headline, remedy as wordsFor } from '../../state/failures';
import { isTuned, isWeightsAlone, modelOf, shownRun } from '../../state/openRun';
import { isUnreadable } from '../../state/phase';
import { useStudio, useStudioStore } from '../../state/react';
import { beginRefusal, resumeRefusal, startRefusal, tuneRefusal } from '../../state/refusals';
import { Button, Failure, formatExact, type FailureProps } from '../../ui';
import { remedies, type Remedy } from './advice';
import type { Studio } from '../../state/slices/studio';

/** Failure of a run: its description, what is saved, and remedies. */
export function FailurePanel() {
  const studio = useStudio((s) => s);
  const store = useStudioStore();
  const [, navigate] = useLocation();
  const { phase } = shownRun(studio, 'train');
  if (phase.kind !== 'failed') return null;
  const { failure, step, of } = phase;
  const [first, ...others] = remedies(failure.code, possible(studio));
  const button = (remedy: Remedy, isMain: boolean) => (
    <Button
      key={remedy}
      isDense={!isMain}
      variant={isMain ? 'go' : 'default'}
      {...(remedy === 'resume' && { icon: 'play' as const })}
      disabledReason={REFUSALS[remedy]?.(studio)}
      onPress={() => ACTS[remedy](store.getState(), navigate)}
    >
      {LABELS[remedy](studio)}
    </Button>
  );
  return (
    <Failure
      title={
        step > 0 && !/\bat step \d/i.test(failure.message)
          ? `${headline(failure)} at step ${formatCount(step)}`
          : headline(failure)
      }
      safe={safe(studio, of > 0)}
      action={first && button(first, true)}
      actionNote={wordsFor(failure)}
      otherActions={others.length > 0 && others.map((remedy) => button(remedy, false))}
    >
      {failure.message}
    </Failure>
  );
}

function possible(s: Studio) {
  const { device, lostAt } = s;
  const run = shownRun(s, 'train');
  const { phase, record, saved } = run;
  const hasBegun = phase.kind === 'failed' && phase.of > 0;
  return {
    resume: hasBegun && record !== null && dataOf(record).id !== null && saved !== null,
    export: hasBegun && modelOf(s, 'train') !== null,
    wasm: hasBegun && device.kind === 'open' && device.info.kind !== 'wasm' && device.info.choices.includes('wasm'),
    halve: nextRecipe(s).batch > 1,
    free: s.runs?.some((row) => !s.opened[row.record.id] && row.bytes !== null && row.bytes > 0) === true,
    back: hasBegun && record === null && modelOf(s, 'playground') !== null,
    lostAgain: lostAt.length > 1,
  };
}

function safe(s: Studio, hasBegun: boolean): FailureProps['safe'] {
  const { texts, project } = s;
  const run = shownRun(s, 'train');
  const { phase, saved, usable, log } = run;
  const model = modelOf(s, 'playground');
  const list: FailureProps['safe'][number][] = [];
  if (hasBegun && saved) {
    list.push({
      text: `Step ${formatCount(saved.step)}, saved and checked`,
      detail: 'weights, optimizer, data position, random state',
    });
    const undone = phase.kind === 'failed' ? phase.step - saved.step : 0;
    if (undone > 0) {
      const since = log.activeMs[countUpTo(log.step, saved.step) - 1] ?? 0;
      const time = (log.activeMs.at(-1) ?? since) - since;
      list.push({
        text: undone === 1 ? '1 step after it is lost' : `${formatCount(undone)} steps after it are lost`,
        detail: `${formatDuration(time)} of training, repeated when you resume`,
        tone: 'warn',
      });
    }
  } else if (isUnreadable(phase)) {
    const isAlone = isWeightsAlone(run);
    if (usable && isAlone) {
      const text = `Weights of step ${formatCount(usable.step)}, the best`;
      list.push({ text, detail: 'used by Playground and Export' });
    }
    const what = isAlone ? 'Other data of this run' : 'Data of this run';
    list.push({ text: what, detail: 'unchanged, not used' });
  } else if (hasBegun) {
    list.push({ text: 'No step of this run was saved', detail: 'it failed before the first save', tone: 'warn' });
    if (model) {
      const text = `${model.record.name}, step ${formatCount(model.usable.step)}`;
      list.push({ text, detail: 'unchanged; Playground and Export still use it' });
    }
  }
  const things = [texts.length > 0 && 'text', project.tokenizer && 'tokenizer', project.data && 'data', 'settings'];
  list.push({ text: sentence(things.filter((thing) => typeof thing === 'string')), detail: 'unchanged' });
  return list;
}

/** `Text, tokenizer and settings` */
function sentence(things: readonly string[]): string {
  const words = [things.slice(0, -1).join(', '), things.at(-1)].filter((part) => part !== '').join(' and ');
  return upperFirst(words);
}

const canGoOn = (s: Studio): boolean => {
  const { record, saved } = shownRun(s, 'train');
  return record !== null && saved !== null;
};

/** Whether the failed run was a tuning; the next run is then a tuning too. */
const tunes = (s: Studio): boolean => isTuned(shownRun(s, 'train'));
const begin = (s: Studio): void => void (tunes(s) ? s.tune() : s.start());
const whyNotBegin = (s: Studio): string | undefined => (tunes(s) ? tuneRefusal(s) : beginRefusal(s));
const nextRecipe = (s: Studio): Recipe => (tunes(s) ? s.project.tuning.recipe : s.project.recipe);
const setNext = (s: Studio, change: Partial<Pick<Recipe, 'batch' | 'learningRate'>>): void =>
  tunes(s) ? s.setTuningRecipe(change) : s.setRecipe(change);
/** Reduced learning rate; from a failed tuning's record if it exists, because its default isn't in the settings. */
function lowerRate(s: Studio): number {
  const { record } = shownRun(s, 'train');
  return lower(tunes(s) && record ? recipeOf(record) : nextRecipe(s));
}

/** Reasons why a remedy is unavailable now. */
const REFUSALS: Partial<Record<Remedy, (s: Studio) => string | undefined>> = {
  resume: resumeRefusal,
  restart: (s) => (tunes(s) ? tuneRefusal(s) : startRefusal(s)),
  halveBatch: whyNotBegin,
  lowerRate: whyNotBegin,
  useWasm: (s) => (canGoOn(s) ? resumeRefusal(s) : whyNotBegin(s)),
};

const LABELS: Record<Remedy, (s: Studio) => string> = {
  resume: (s) => `Resume from step ${formatCount(shownRun(s, 'train').saved?.step ?? 0)}`,
  restart: () => 'Restart training',
  halveBatch: (s) => `Restart with batch ${formatCount(half(nextRecipe(s).batch))}`,
  lowerRate: (s) => `Restart at learning rate ${formatExact(lowerRate(s))}`,
  useWasm: (s) => (canGoOn(s) ? 'Resume on WASM' : 'Restart on WASM'),
  settings: () => 'Change settings…',
  texts: (s) => (tunes(s) ? 'Check the training data' : 'Check the text'),
  free: () => 'Delete another run’s checkpoints…',
  back(s) {
    const model = modelOf(s, 'playground');
    return model ? `Back to ${model.record.name}, step ${formatCount(model.usable.step)}` : 'Back';
  },
  export: (s) => `Download step ${formatCount(modelOf(s, 'train')?.usable.step ?? 0)}…`,
  reload: () => 'Reload page',
};

const ACTS: Record<Remedy, (s: Studio, navigate: (path: string) => void) => void> = {
  resume: (s) => void s.resume(),
  restart: begin,
  halveBatch: (s) => {
    setNext(s, { batch: half(nextRecipe(s).batch) });
    begin(s);
  },
  lowerRate: (s) => {
    setNext(s, { learningRate: lowerRate(s) });
    begin(s);
  },
  useWasm: (s) => void s.useDevice('wasm').then(() => (canGoOn(s) ? s.resume() : begin(s))),
  settings: (s, navigate) => navigate(tunes(s) ? '/tune' : '/model'),
  texts: (s, navigate) => navigate(tunes(s) ? '/tune' : '/text'),
  free: (_, navigate) => navigate('/runs'),
  back: (s) => void s.loadRun(),
  export: (s, navigate) => {
    void s.show('export', shownRun(s, 'train').id);
    navigate('/export');
  },
  reload: () => location.reload(),
};

const half = (batch: number): number => Math.max(1, Math.floor(batch / 2));
/** A third of the learning rate, and at most the optimizer's usual one at any size. */
const lower = ({ learningRate, optimizer }: Recipe): number =>
  Math.min(Number((learningRate / 3).toPrecision(1)), optimizerOf(optimizer).usualRate(1));
