import { Fragment } from 'react';
import { adapterOf } from '../../core/adapters';
import { layersIn } from '../../core/adapters/targetModules';
import { linearWeights } from '../../core/adapters/trainable';
import { type Field, fieldProblem } from '../../core/base/field';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import { paramsOf } from '../../core/models';
import { isOf, RECIPE, type Recipe, type RecipeField } from '../../core/train/recipe';
import { useStudio } from '../../state/react';
import { Block, Checkbox, FieldRow, Fold, NumberField, Select, text, TextAction } from '../../ui';
import { HeldOutField } from './HeldOutField';
import type { Situation } from './situation';
import styles from './TunePage.module.css';

/** Settings of the selected tuning method: number of layers, or LoRA. */
export function TrainableForm({ situation: { tuning, base } }: { situation: Pick<Situation, 'tuning' | 'base'> }) {
  const setTuning = useStudio((s) => s.setTuning);
  if (!base) return null;
  const { model } = base.row.record;
  if (tuning.learns === 'last') {
    return (
      <Block isForm>
        <NumberField
          label="Last layers"
          hint={`of ${formatCount(model.config.layers)}`}
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
  const params = paramsOf(model);
  const layers = layersIn(params);
  const renderField = ([name, field]: [string, Field]) => (
    <FieldRow
      key={name}
      field={field}
      hint={SHORT_HINTS[name]}
      value={values[name]!}
      error={fieldProblem(field, values[name]) ?? undefined}
      onChange={(value) => setTuning({ adapter: { id, settings: { ...settings, [name]: value } } })}
    />
  );
  return (
    <Block isForm>
      {Object.entries<Field>(adapterOf(id).fields).map(renderField)}
      <Select
        label="Target modules"
        value={tuning.beside}
        onChange={(beside) =>
          setTuning({ beside, ...(beside === 'named' && tuning.targets.length === 0 && { targets: layers }) })
        }
        options={[
          {
            value: 'all',
            label: 'All linear layers',
            hint: counted(linearWeights(params).length, 'matrix', 'matrices'),
          },
          { value: 'attention', label: 'Attention', hint: 'least memory' },
          { value: 'named', label: 'By name', hint: 'the same in each layer' },
        ]}
      />
      {tuning.beside === 'named' && (
        <div className={styles.names} role="group" aria-label="Target modules by name">
          {layers.map((layer) => (
            <Checkbox
              key={layer}
              isChosen={tuning.targets.includes(layer)}
              onChange={(isChosen) =>
                setTuning({
                  targets: layers.filter((other) => (other === layer ? isChosen : tuning.targets.includes(other))),
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

/** Short hints, because the hints of the fields don't fit this form. */
const SHORT_HINTS: Readonly<Record<string, string>> = {
  rank: 'size of the adapter',
  alpha: 'scales the adapter by alpha / rank',
  dropout: 'on adapter inputs',
  rankStabilised: 'scales by alpha / √rank',
};

/** Advanced settings, in the order of the form. */
export const ADVANCED_FIELDS: readonly RecipeField[] = [
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
  'minDelta',
  'seed',
];

/** Steps, learning rate, and the share of old text in each batch. */
export function RecipeForm({ situation }: { situation: Situation }) {
  const { tuning, plan, hasOldText } = situation;
  const setTuning = useStudio((s) => s.setTuning);
  const recipe: Recipe = { ...tuning.recipe, ...(plan && { learningRate: plan.recipe.learningRate }) };
  return (
    <Block isForm>
      <RecipeFieldRow name="steps" recipe={recipe} hint={epochsWords(plan?.passes)} />
      <RecipeFieldRow name="batch" recipe={recipe} />
      <RecipeFieldRow
        name="learningRate"
        recipe={recipe}
        hint={tuning.rateByHand ? 'peak, set by you' : 'peak, recommended'}
      />
      {tuning.rateByHand && (
        <p className={text.small}>
          <TextAction onPress={() => setTuning({ rateByHand: false })}>Use recommended rate</TextAction>
        </p>
      )}
      <NumberField
        label={RECIPE.replay.label}
        hint={hasOldText ? 'share of each batch' : 'no old text here'}
        unit="%"
        min={0}
        max={90}
        isWhole={false}
        isCautioned={!hasOldText && recipe.replay > 0}
        value={Number((100 * recipe.replay).toPrecision(6))}
        onChange={(percent) => setTuning({ recipe: { ...tuning.recipe, replay: percent / 100 } })}
      />
      <RecipeFieldRow name="evalEvery" recipe={recipe} />
      <HeldOutField value={tuning.heldOut} onChange={(heldOut) => setTuning({ heldOut })} />
      <Fold className={styles.fold} summary="Advanced">
        <div>
          {tuning.learns !== 'all' && (
            <Select
              label="Frozen-weight precision"
              value={tuning.rest}
              onChange={(rest) => setTuning({ rest })}
              options={[
                { value: 'f32', label: 'F32', hint: 'full precision' },
                { value: 'f16', label: 'F16', hint: 'half the memory' },
                { value: 'q8', label: 'Q8', hint: 'about a quarter of the memory' },
              ]}
            />
          )}
          {ADVANCED_FIELDS.filter((name) => isOf(recipe, name)).map((name) => (
            <Fragment key={name}>
              <RecipeFieldRow name={name} recipe={recipe} />
            </Fragment>
          ))}
          {tuning.purpose === 'adapt' && (
            <RecipeFieldRow name="samplePrompt" recipe={recipe} hint="empty: the base model’s prompt" />
          )}
        </div>
      </Fold>
    </Block>
  );
}

/** Setting of the recipe, with its problem if the value is invalid. */
export function RecipeFieldRow({
  name,
  recipe,
  hint,
}: {
  name: RecipeField;
  recipe: Recipe;
  hint?: string | undefined;
}) {
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

/** `3 epochs`, `0.4 epochs`. */
const epochsWords = (epochs: number | undefined): string | undefined =>
  epochs === undefined
    ? undefined
    : epochs < 9.5
      ? `${formatNumber(Number(epochs.toPrecision(2)))} ${epochs === 1 ? 'epoch' : 'epochs'}`
      : counted(Math.round(epochs), 'epoch');
