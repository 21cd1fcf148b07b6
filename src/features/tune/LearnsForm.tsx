import { Fragment } from 'react';
import { adapterOf } from '../../core/adapters';
import { layersIn } from '../../core/adapters/beside';
import { linearWeights } from '../../core/adapters/trainable';
import { type Field, fieldProblem } from '../../core/base/field';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import { paramsOf } from '../../core/models';
import { isOf, RECIPE, type Recipe, type RecipeField } from '../../core/train/recipe';
import { useStudio } from '../../state/react';
import { Block, Checkbox, FieldRow, Fold, NumberField, Select, text, TextAction } from '../../ui';
import { HeldOut } from './HeldOut';
import type { Situation } from './situation';
import styles from './TunePage.module.css';

/** What there is to say of the way in which it learns. */
export function LearnsForm({ situation: { tuning, base } }: { situation: Pick<Situation, 'tuning' | 'base'> }) {
  const setTuning = useStudio((s) => s.setTuning);
  if (!base) return null;
  const { model } = base.row.record;
  if (tuning.learns === 'last') {
    return (
      <Block isForm>
        <NumberField
          label="Layers"
          hint={`the last of ${formatCount(model.config.layers)}`}
          min={1}
          max={model.config.layers}
          isWhole
          value={tuning.layers}
          onChange={(layers) => setTuning({ layers })}
        />
      </Block>
    );
  }
  if (tuning.learns !== 'adapter') return null;
  const { id, settings } = tuning.adapter;
  const values: Readonly<Record<string, number | boolean>> = settings;
  const table = paramsOf(model);
  const layers = layersIn(table);
  const row = ([name, field]: [string, Field]) => (
    <FieldRow
      key={name}
      field={field}
      hint={SHORT[name]}
      value={values[name]!}
      error={fieldProblem(field, values[name]) ?? undefined}
      onChange={(value) => setTuning({ adapter: { id, settings: { ...settings, [name]: value } } })}
    />
  );
  return (
    <Block isForm>
      {Object.entries<Field>(adapterOf(id).fields).map(row)}
      <Select
        label="Where"
        hint="beside which matrices"
        value={tuning.beside}
        onChange={(beside) =>
          setTuning({ beside, ...(beside === 'named' && tuning.targets.length === 0 && { targets: layers }) })
        }
        options={[
          { value: 'all', label: `All ${formatCount(linearWeights(table).length)}`, hint: 'of linear layers' },
          { value: 'attention', label: 'Attention', hint: 'the least memory' },
          { value: 'named', label: 'By name', hint: 'of each layer the same' },
        ]}
      />
      {tuning.beside === 'named' && (
        <div className={styles.names} role="group" aria-label="Matrices by name">
          {layers.map((layer) => (
            <Checkbox
              key={layer}
              isChosen={tuning.targets.includes(layer)}
              onChange={(isChosen) =>
                setTuning({
                  targets: layers.filter((each) => (each === layer ? isChosen : tuning.targets.includes(each))),
                })
              }
            >
              <span className={text.mono}>{layer}</span>
            </Checkbox>
          ))}
        </div>
      )}
    </Block>
  );
}

/** In place of hints that this form has no room for. */
const SHORT: Readonly<Record<string, string>> = {
  rank: 'columns of each',
  alpha: 'counts alpha / rank times',
  dropout: 'of what is read beside',
  rankStabilised: 'alpha / √rank instead',
};

export const SELDOM: readonly RecipeField[] = [
  'accumulate',
  'warmup',
  'schedule',
  'optimizer',
  'weightDecay',
  'clip',
  'dropout',
  'saveEvery',
  'evalTokens',
  'patience',
  'seed',
];

/** How long, how fast, and how much of old text beside the new. */
export function RecipeForm({ situation }: { situation: Situation }) {
  const { tuning, plan, hasOld } = situation;
  const setTuning = useStudio((s) => s.setTuning);
  const recipe: Recipe = { ...tuning.recipe, ...(plan && { learningRate: plan.recipe.learningRate }) };
  return (
    <Block isForm>
      <Row name="steps" recipe={recipe} hint={passesWords(plan?.passes)} />
      <Row name="batch" recipe={recipe} />
      <Row name="learningRate" recipe={recipe} hint={tuning.rateByHand ? 'peak, by hand' : 'peak, as is usual'} />
      {tuning.rateByHand && (
        <p className={text.small}>
          <TextAction onPress={() => setTuning({ rateByHand: false })}>Take the usual rate</TextAction>
        </p>
      )}
      <NumberField
        label={RECIPE.replay.label}
        hint={hasOld ? 'share of each batch' : 'no old text is kept'}
        unit="%"
        min={0}
        max={90}
        isWhole={false}
        isCautioned={!hasOld && recipe.replay > 0}
        value={Number((100 * recipe.replay).toPrecision(6))}
        onChange={(percent) => setTuning({ recipe: { ...tuning.recipe, replay: percent / 100 } })}
      />
      <Row name="evalEvery" recipe={recipe} />
      <HeldOut value={tuning.heldOut} onChange={(heldOut) => setTuning({ heldOut })} />
      <Fold className={styles.fold} summary="Seldom changed">
        <div>
          {tuning.learns !== 'all' && (
            <Select
              label="The rest rests in"
              hint="what does not learn"
              value={tuning.rest}
              onChange={(rest) => setTuning({ rest })}
              options={[
                { value: 'f32', label: 'F32', hint: 'as it is' },
                { value: 'f16', label: 'F16', hint: 'half of the memory; rounded once' },
                { value: 'q8', label: 'Q8', hint: '8 bits, 32 to a scale: little more than a quarter of the memory' },
              ]}
            />
          )}
          {SELDOM.filter((name) => isOf(recipe, name)).map((name) => (
            <Fragment key={name}>
              <Row name={name} recipe={recipe} />
            </Fragment>
          ))}
          {tuning.purpose === 'adapt' && (
            <Row
              name="samplePrompt"
              recipe={recipe}
              hint="as the base has it where this is empty; continued before and after"
            />
          )}
        </div>
      </Fold>
    </Block>
  );
}

export function Row({ name, recipe, hint }: { name: RecipeField; recipe: Recipe; hint?: string | undefined }) {
  const setRecipe = useStudio((s) => s.setTuningRecipe);
  const field: Field = RECIPE[name];
  return (
    <FieldRow
      field={field}
      value={recipe[name]}
      hint={hint}
      error={fieldProblem(field, recipe[name]) ?? undefined}
      onChange={(value) => setRecipe({ [name]: value })}
    />
  );
}

/** `3 passes`, `0.4 passes`. */
const passesWords = (passes: number | undefined): string | undefined =>
  passes === undefined
    ? undefined
    : passes < 9.5
      ? `${formatNumber(Number(passes.toPrecision(2)))} ${passes === 1 ? 'pass' : 'passes'}`
      : counted(Math.round(passes), 'pass', 'passes');
