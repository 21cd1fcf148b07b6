import { Fragment, useMemo } from 'react';
import { counted, formatBytes, formatCount, formatShare, formatShort } from '../../../core/base/units';
import { modelSpec, paramsOf } from '../../../core/models';
import { usualPooling } from '../../../core/models/classes';
import { countParams, type Pooling, POOLINGS } from '../../../core/models/spec';
import type { TokenizerChoice } from '../../../core/runs/project';
import { type ClassifierChoice, MAX_EPOCHS, ofPurpose } from '../../../core/runs/tuning';
import { USUAL_BODY } from '../../../core/runs/usualClassifier';
import { isOf, type Recipe } from '../../../core/train/recipe';
import { type TokenizerKind, TRAINED_KINDS } from '../../../core/tokenizer/tokenizer';
import { MAX_OFFERED_VOCABULARY, MIN_VOCABULARY } from '../../../core/tokenizer/train';
import {
  bodyOf,
  boundWords,
  type ClassifierPlan,
  MIN_USUAL_EPOCHS,
  madeTokenizer,
  newBody,
  trainedFor,
} from '../../../state/classifierPlan';
import { KIND_WORDS } from '../../../state/preparation';
import { useStudio } from '../../../state/react';
import { Block, Fold, NumberField, Select, text, TextAction } from '../../../ui';
import { HeldOutField } from '../HeldOutField';
import { TrainableForm, RecipeFieldRow, ADVANCED_FIELDS } from '../TrainableForm';
import { originWords } from '../BasePane';
import styles from '../TunePage.module.css';
import type { ClassifySituation } from './useClassify';
import { basesFor } from '../../../state/tuningInputs';

const USUAL_WORDS = `${modelSpec(USUAL_BODY.id).label}, ${counted(USUAL_BODY.config.layers, 'layer')}, width ${formatCount(USUAL_BODY.config.width)}, context ${formatCount(USUAL_BODY.config.context)}`;
/** Context length, in tokens. */
const CONTEXT = { min: 4, max: 8192 };
const POOLING_WORDS: Readonly<Record<Pooling, string>> = {
  first: 'First token',
  mean: 'Mean',
  last: 'Last token',
};

/** Tokenizers that can be trained on the texts. */
const TOKENIZER_HINTS: Readonly<Record<TokenizerChoice['kind'], string>> = {
  bpe: 'common words become one token',
  characters: 'one token per character',
  bytes: 'one token per byte, the longest rows',
};
const PROJECT_TOKENIZER = 'project';

/** Tokenizer of a model from scratch: the project's, or one trained on these texts for this run only. */
function TokenizerFields({ made, entries }: { made: TokenizerChoice | undefined; entries: number | undefined }) {
  const projectTokenizer = useStudio((s) => s.project.tokenizer);
  const choice = useStudio((s) => madeTokenizer(s.project));
  const setClassify = useSetClassify();
  const set = (tokenizer: TokenizerChoice | null): void => setClassify({ tokenizer });
  return (
    <>
      <Select<TokenizerChoice['kind'] | typeof PROJECT_TOKENIZER>
        label="Tokenizer"
        hint={made ? 'trained on these texts' : 'from the project'}
        value={made?.kind ?? PROJECT_TOKENIZER}
        onChange={(value) => set(value === PROJECT_TOKENIZER ? null : { ...choice, kind: value })}
        options={[
          ...(projectTokenizer
            ? [
                {
                  value: PROJECT_TOKENIZER,
                  label: tokenizerWords(projectTokenizer.model.kind, projectTokenizer.size),
                  hint: 'from the project',
                } as const,
              ]
            : []),
          ...TRAINED_KINDS.map((value) => ({ value, label: KIND_WORDS[value], hint: TOKENIZER_HINTS[value] })),
        ]}
      />
      {made?.kind === 'bpe' && (
        <NumberField
          label="Vocabulary"
          {...entriesHint(made.vocabulary, entries)}
          unit="entries"
          min={MIN_VOCABULARY}
          max={MAX_OFFERED_VOCABULARY}
          isWhole
          value={made.vocabulary}
          onChange={(vocabulary) => set({ ...made, vocabulary })}
        />
      )}
    </>
  );
}

/** Hint on the vocabulary size. @param entries of the tokenizer, if it was trained already */
function entriesHint(requested: number, entries: number | undefined): { hint?: string } {
  if (entries === undefined) return { hint: 'at most; short texts fill fewer' };
  return entries < requested ? { hint: `at most; these texts fill ${formatCount(entries)}` } : {};
}

const tokenizerWords = (kind: TokenizerKind, entries: number): string => `${KIND_WORDS[kind]} ${formatCount(entries)}`;

const trainableWords = ({ trainable, all }: ClassifierPlan): string =>
  `${formatShort(trainable)}, ${formatShare(Number((trainable / all).toPrecision(2)))}`;

/** Base model, trainable parameters, and training settings. */
export function ClassifierForm({ situation }: { situation: ClassifySituation }) {
  const { base, plan } = situation;
  const project = useStudio((s) => s.project);
  const runs = useStudio((s) => s.runs);
  const body = useMemo(() => bodyOf({ project, runs }), [project, runs]);
  return (
    <>
      <ModelBlock situation={situation} body={body} />
      {base && <TrainableForm situation={{ tuning: project.tuning, base }} />}
      <TrainingBlock plan={plan} body={body} />
      {plan && (
        <Block isTail>
          <p className={text.small}>
            <span className={text.ink2}>Memory {formatBytes(plan.memory.total)}</span>
          </p>
        </Block>
      )}
    </>
  );
}

type Body = ReturnType<typeof bodyOf>;

/** Model to start from, with its tokenizer if it is new, and the parameters that are trained. */
function ModelBlock({ situation: { base, plan, survey }, body }: { situation: ClassifySituation; body: Body }) {
  const project = useStudio((s) => s.project);
  const runs = useStudio((s) => s.runs);
  const setTuning = useStudio((s) => s.setTuning);
  const { classify, learns } = project.tuning;
  const rows = basesFor(runs, 'classify');
  return (
    <Block isForm>
      <Select
        label="Model"
        hint={[
          modelSpec(body.model.id).label,
          boundWords(body, survey.summary) + formatShort(countParams(paramsOf(plan?.model ?? body.model))),
          ...(base ? [tokenizerWords(base.row.record.tokenizer.kind, body.model.vocabulary)] : []),
        ].join(', ')}
        value={base?.row.record.id ?? newBody(project)}
        onChange={(id) => {
          const row = rows.find(({ record }) => record.id === id);
          if (row) setTuning({ base: { runId: row.record.id, step: row.step } });
          else setTuning({ base: 'nothing', classify: { ...classify, body: id === 'usual' ? id : 'project' } });
        }}
        options={[
          { value: 'usual', label: 'From scratch, small', hint: USUAL_WORDS },
          { value: 'project', label: 'From scratch', hint: 'from the Model page' },
          ...rows.map((row) => ({
            value: row.record.id,
            label: `${row.record.name}, ${formatCount(row.step)}`,
            hint: originWords(row),
          })),
        ]}
      />
      {body.isNew && <TokenizerFields made={body.made} entries={trainedFor(body, survey.summary)?.entries} />}
      {base && (
        <Select
          label="Trainable parameters"
          {...(plan && { hint: trainableWords(plan) })}
          value={learns}
          onChange={(learns) => setTuning({ learns })}
          options={[
            { value: 'all', label: 'All' },
            { value: 'last', label: 'Last layers and head' },
            { value: 'norms', label: 'Norms and head' },
            { value: 'adapter', label: 'LoRA and head' },
          ]}
        />
      )}
    </Block>
  );
}

function useSetClassify(): (change: Partial<ClassifierChoice>) => void {
  const { classify } = useStudio((s) => s.project.tuning);
  const setTuning = useStudio((s) => s.setTuning);
  return (change) => setTuning({ classify: { ...classify, ...change } });
}

/** Epochs, validation set and long texts; other settings are folded. */
function TrainingBlock({ plan, body }: { plan: ClassifierPlan | undefined; body: Body }) {
  const tuning = useStudio((s) => s.project.tuning);
  const set = useSetClassify();
  const { classify } = tuning;
  const recipe = plan?.recipe ?? ofPurpose(tuning, 'classify').recipe;
  return (
    <Block isForm>
      <NumberField
        label="Epochs"
        {...(plan && { hint: `${formatCount(plan.recipe.steps)} steps` })}
        min={0.1}
        max={MAX_EPOCHS}
        isWhole={false}
        value={plan?.passes ?? classify.passes ?? MIN_USUAL_EPOCHS}
        onChange={(passes) => set({ passes })}
      />
      <HeldOutField value={classify.heldOut} onChange={(heldOut) => set({ heldOut })} />
      <RecipeFieldRow name="classWeights" recipe={recipe} hint="rare labels count as much" />
      {body.isNew && (
        <NumberField
          label="Context"
          hint="maximum per text"
          unit="tokens"
          min={CONTEXT.min}
          max={CONTEXT.max}
          isWhole
          value={body.model.config.context}
          onChange={(context) => set({ context })}
        />
      )}
      <Select<'cut' | 'windows'>
        label="Long texts"
        hint={`beyond ${formatCount(body.model.config.context)} tokens`}
        value={classify.inWindows ? 'windows' : 'cut'}
        onChange={(choice) => set({ inWindows: choice === 'windows' })}
        options={[
          { value: 'cut', label: 'Truncate', hint: 'reads the beginning only' },
          { value: 'windows', label: 'Split into windows', hint: 'reads all, averages the scores' },
        ]}
      />
      <AdvancedFields recipe={recipe} defaultPooling={usualPooling(body.model)} />
    </Block>
  );
}

function AdvancedFields({
  recipe,
  defaultPooling,
}: {
  recipe: Recipe;
  defaultPooling: ReturnType<typeof usualPooling>;
}) {
  const tuning = useStudio((s) => s.project.tuning);
  const set = useSetClassify();
  return (
    <Fold className={styles.fold} summary="Advanced">
      <div>
        <Select<Pooling>
          label="Pooling"
          value={tuning.classify.pooling ?? defaultPooling ?? null}
          onChange={(pooling) => set({ pooling: pooling === defaultPooling ? null : pooling })}
          options={POOLINGS.map((value) => ({
            value,
            label: POOLING_WORDS[value],
            ...(value === defaultPooling && { hint: 'default, as in transformers' }),
          }))}
        />
        {(['batch', 'learningRate', 'evalEvery', ...ADVANCED_FIELDS] as const)
          .filter((name) => isOf(recipe, name))
          .map((name) => (
            <Fragment key={name}>
              <RecipeFieldRow
                name={name}
                recipe={recipe}
                {...(name === 'evalEvery' && { hint: 'on the validation set' })}
              />
            </Fragment>
          ))}
        {ofPurpose(tuning, 'classify').rateByHand && (
          <p className={text.small}>
            <TextAction onPress={() => set({ rateByHand: false })}>Use recommended rate</TextAction>
          </p>
        )}
      </div>
    </Fold>
  );
}
