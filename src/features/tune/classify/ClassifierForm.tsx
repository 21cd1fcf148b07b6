import { Fragment, useMemo } from 'react';
import { counted, formatBytes, formatCount, formatShare, formatShort } from '../../../core/base/units';
import { modelSpec, paramsOf } from '../../../core/models';
import { usualPooling } from '../../../core/models/classes';
import { countParams, type Pooling, POOLINGS } from '../../../core/models/spec';
import type { TokenizerChoice } from '../../../core/runs/project';
import { type ClassifierChoice, MOST_PASSES, ofPurpose } from '../../../core/runs/tuning';
import { USUAL_BODY } from '../../../core/runs/usualClassifier';
import { isOf } from '../../../core/train/recipe';
import { type TokenizerKind, TRAINED_KINDS } from '../../../core/tokenizer/tokenizer';
import { LARGEST_OFFERED, SMALLEST_VOCABULARY } from '../../../core/tokenizer/train';
import { bodyOf, type ClassifierPlan, FEWEST_PASSES, madeTokenizer, newBody } from '../../../state/classifierPlan';
import { KIND_WORDS } from '../../../state/preparation';
import { useStudio } from '../../../state/react';
import { basesFor } from '../../../state/tuning';
import { Block, Fold, NumberField, Select, text, TextAction } from '../../../ui';
import { HeldOut } from '../HeldOut';
import { LearnsForm, Row, SELDOM } from '../LearnsForm';
import { whose } from '../BasePane';
import styles from '../TunePage.module.css';
import type { ClassifySituation } from './useClassify';

const USUAL_WORDS = `${modelSpec(USUAL_BODY.id).label}, ${counted(USUAL_BODY.config.layers, 'layer')} of ${formatCount(USUAL_BODY.config.width)}, reads ${formatCount(USUAL_BODY.config.context)} tokens`;
/** Tokens. */
const CONTEXT = { min: 4, max: 8192 };
const POOLING_WORDS: Readonly<Record<Pooling, string>> = {
  first: 'First token',
  mean: 'Mean of all',
  last: 'Last token',
};

/** The kinds of tokenizers that are made of texts. */
const MADE: Readonly<Record<TokenizerChoice['kind'], string>> = {
  bpe: 'common words become one token',
  characters: 'a token for each character of them',
  bytes: 'nothing to learn, and the longest rows',
};
const PROJECTS = 'project';

/** Which tokenizer one from nothing has: the project's, or one that is made of these texts and is the run's alone. */
function TokenizerRows({ made }: { made: TokenizerChoice | undefined }) {
  const there = useStudio((s) => s.project.tokenizer);
  const choice = useStudio((s) => madeTokenizer(s.project));
  const { classify } = useStudio((s) => s.project.tuning);
  const setTuning = useStudio((s) => s.setTuning);
  const set = (tokenizer: TokenizerChoice | null): void => setTuning({ classify: { ...classify, tokenizer } });
  return (
    <>
      <Select<TokenizerChoice['kind'] | typeof PROJECTS>
        label="Tokenizer"
        hint={made ? 'made of these texts, for it alone' : 'as the Tokenizer page has it'}
        value={made?.kind ?? PROJECTS}
        onChange={(value) => set(value === PROJECTS ? null : { ...choice, kind: value })}
        options={[
          ...(there
            ? [
                {
                  value: PROJECTS,
                  label: tokenizerWords(there.model.kind, there.size),
                  hint: 'of the project',
                } as const,
              ]
            : []),
          ...TRAINED_KINDS.map((value) => ({ value, label: KIND_WORDS[value], hint: MADE[value] })),
        ]}
      />
      {made?.kind === 'bpe' && (
        <NumberField
          label="Vocabulary"
          hint="fewer where the texts have no more to join"
          unit="entries"
          min={SMALLEST_VOCABULARY}
          max={LARGEST_OFFERED}
          isWhole
          value={made.vocabulary}
          onChange={(vocabulary) => set({ ...made, vocabulary })}
        />
      )}
    </>
  );
}

const tokenizerWords = (kind: TokenizerKind, entries: number): string => `${KIND_WORDS[kind]} ${formatCount(entries)}`;

const learnsWords = ({ learns, all }: ClassifierPlan): string =>
  `${formatShort(learns)}, ${formatShare(Number((learns / all).toPrecision(2)))}`;

/** Of which model, what of it learns, and how long. */
export function ClassifierForm({ situation }: { situation: ClassifySituation }) {
  const { base, plan } = situation;
  const project = useStudio((s) => s.project);
  const { tuning } = project;
  const runs = useStudio((s) => s.runs);
  const setTuning = useStudio((s) => s.setTuning);
  const body = useMemo(() => bodyOf({ project, runs }), [project, runs]);
  const { classify } = tuning;
  const set = (change: Partial<ClassifierChoice>): void => setTuning({ classify: { ...classify, ...change } });
  const own = ofPurpose(tuning, 'classify');
  const recipe = plan?.recipe ?? own.recipe;
  const usual = usualPooling(body.model);
  const rows = basesFor(runs, 'classify');
  return (
    <>
      <Block isForm>
        <Select
          label="Model"
          hint={[
            modelSpec(body.model.id).label,
            formatShort(countParams(paramsOf(plan?.model ?? body.model))),
            ...(base ? [tokenizerWords(base.row.record.tokenizer.kind, body.model.vocabulary)] : []),
          ].join(', ')}
          value={base?.row.record.id ?? newBody(project)}
          onChange={(id) => {
            const row = rows.find(({ record }) => record.id === id);
            if (row) setTuning({ base: { runId: row.record.id, step: row.step } });
            else setTuning({ base: 'nothing', classify: { ...classify, body: id === 'usual' ? id : 'project' } });
          }}
          options={[
            { value: 'usual', label: 'From nothing, small', hint: USUAL_WORDS },
            { value: 'project', label: 'From nothing', hint: 'as the Model page has it' },
            ...rows.map((row) => ({
              value: row.record.id,
              label: `${row.record.name}, ${formatCount(row.step)}`,
              hint: whose(row),
            })),
          ]}
        />
        {body.isNew && <TokenizerRows made={body.made} />}
        {base && (
          <Select
            label="What learns"
            {...(plan && { hint: learnsWords(plan) })}
            value={tuning.learns}
            onChange={(learns) => setTuning({ learns })}
            options={[
              { value: 'all', label: 'All of it' },
              { value: 'last', label: 'Last layers and the head' },
              { value: 'norms', label: 'Norms and the head' },
              { value: 'adapter', label: 'LoRA and the head' },
            ]}
          />
        )}
      </Block>
      {base && <LearnsForm situation={{ tuning, base }} />}
      <Block isForm>
        <NumberField
          label="Passes"
          hint={plan ? `${formatCount(plan.recipe.steps)} steps` : 'over all texts'}
          min={0.1}
          max={MOST_PASSES}
          isWhole={false}
          value={plan?.passes ?? classify.passes ?? FEWEST_PASSES}
          onChange={(passes) => set({ passes })}
        />
        <HeldOut value={classify.heldOut} onChange={(heldOut) => set({ heldOut })} />
        <Row name="classWeights" recipe={recipe} hint="rare ones count as common ones" />
        {body.isNew && (
          <NumberField
            label="Context"
            hint="read of each text at most"
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
          onChange={(how) => set({ inWindows: how === 'windows' })}
          options={[
            { value: 'cut', label: 'Cut', hint: 'their beginning is read' },
            { value: 'windows', label: 'In windows', hint: 'all is read, and averaged' },
          ]}
        />
        <Fold className={styles.fold} summary="Seldom changed">
          <div>
            <Select<Pooling>
              label="Scored"
              hint="of a text"
              value={classify.pooling ?? usual ?? null}
              onChange={(pooling) => set({ pooling: pooling === usual ? null : pooling })}
              options={POOLINGS.map((value) => ({
                value,
                label: POOLING_WORDS[value],
                ...(value === usual && { hint: 'usual, and what transformers reads' }),
              }))}
            />
            {(['batch', 'learningRate', 'evalEvery', ...SELDOM] as const)
              .filter((name) => isOf(recipe, name))
              .map((name) => (
                <Fragment key={name}>
                  <Row name={name} recipe={recipe} {...(name === 'evalEvery' && { hint: 'on what is held out' })} />
                </Fragment>
              ))}
            {own.rateByHand && (
              <p className={text.small}>
                <TextAction onPress={() => set({ rateByHand: false })}>Take the usual rate</TextAction>
              </p>
            )}
          </div>
        </Fold>
      </Block>
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
