import { useMemo } from 'react';
import { counted, formatCount, formatNumber } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { isOfTuning, objectiveOf, objectivesFor } from '../../core/objectives';
import { learningRateAt } from '../../core/optim/schedule';
import { type Recipe, RECOMPUTE_CHOICES, type RecomputeChoice } from '../../core/train/recipe';
import { changedFromUsual } from '../../state/estimate';
import { followsPlan } from '../../state/plan';
import { useStudio, useStudioFields } from '../../state/react';
import { Block, Fold, NumberField, Pane, Select, TextAction } from '../../ui';
import { SmallChart } from '../../ui/charts';
import { epochs, type Situation } from './doctor';
import type { Findings } from './findings';
import type { Facts } from './recipeFields';
import { RecipeRow, RecipeRows } from './RecipeRow';
import styles from './ModelPage.module.css';

/** Form for the recipe, with a chart of the learning rate. */
export function TrainingPane({ situation, findings }: { situation: Situation; findings: Findings }) {
  const recipe = useStudio((s) => s.project.recipe);
  const setRecipe = useStudio((s) => s.setRecipe);
  const model = useStudio((s) => s.project.model.id);
  // Chats and labels are set up on Teach it more.
  const objectives = objectivesFor(modelSpec(model).kind).filter((id) => !isOfTuning(id));
  const facts: Facts = { tokensPerStep: situation.estimate.tokensPerStep, epochs: epochs(situation) };
  const rowContext = { facts, findings };
  // Values that the plan set don't count as changed.
  const changed = useStudioFields((s) => (followsPlan(s) ? NO_CHANGES : changedFromUsual(s.project)));
  const resetRecipe = useStudio((s) => s.resetRecipe);
  return (
    <Pane
      title="Training"
      aside={
        changed.length > 0 && (
          <TextAction label={`${counted(changed.length, 'setting')} changed: reset to defaults`} onPress={resetRecipe}>
            {formatCount(changed.length)} changed, reset
          </TextAction>
        )
      }
    >
      <Block isForm>
        {objectives.length > 1 && (
          <Select
            label="Objective"
            value={recipe.objective}
            onChange={(objective) => setRecipe({ objective })}
            options={objectives.map((value) => ({ value, label: objectiveOf(value).label }))}
          />
        )}
        <RecipeRows row="main" {...rowContext} />
      </Block>
      <RateChart recipe={recipe} />
      {objectiveOf(recipe.objective).shows.prompt !== undefined && (
        <Block>
          <RecipeRow name="samplePrompt" {...rowContext} />
        </Block>
      )}
      <Fold className={styles.fold} summary="Advanced">
        <div className={styles.foldBody}>
          <RecipeRows row="seldom" {...rowContext} />
          <RecomputationSelect isOn={situation.recomputation.isOn} />
          <MemoryLimit />
        </div>
      </Fold>
    </Pane>
  );
}

const NO_CHANGES: ReturnType<typeof changedFromUsual> = [];

/** Trades memory for compute; losses stay the same. */
function RecomputationSelect({ isOn }: { isOn: boolean }) {
  const choice = useStudio((s) => s.project.recompute);
  const setRecompute = useStudio((s) => s.setRecompute);
  const options: Record<RecomputeChoice, { label: string; hint: string }> = {
    auto: { label: `Auto: ${isOn ? 'on' : 'off'}`, hint: 'on if over half the memory is needed' },
    on: { label: 'On', hint: 'less memory, a third slower' },
    off: { label: 'Off', hint: 'more memory, faster' },
  };
  return (
    <Select
      label="Activation recomputation"
      hint="same losses"
      value={choice}
      onChange={setRecompute}
      options={RECOMPUTE_CHOICES.map((value) => ({ value, ...options[value] }))}
    />
  );
}

/** Memory limit of the device in use. */
function MemoryLimit() {
  const bound = useStudio((s) => (s.device.kind === 'open' ? s.device.info.limits?.bound : undefined));
  const isOpen = useStudio((s) => s.device.kind === 'open');
  const setMemoryLimit = useStudio((s) => s.allowMemory);
  return (
    <NumberField
      label="Memory limit"
      unit="GB"
      min={0}
      max={4096}
      step={1}
      isWhole={false}
      value={(bound ?? 0) / 1e9}
      onChange={(gigabytes) => void setMemoryLimit(gigabytes > 0 ? 1e9 * gigabytes : undefined)}
      hint="0: no limit"
      isDisabled={!isOpen}
    />
  );
}

/** Maximum number of points of the curve. */
const POINTS = 240;
function RateChart({ recipe }: { recipe: Recipe }) {
  const { schedule, learningRate, warmup, finalRate, decayShare, steps } = recipe;
  const line = useMemo(() => {
    const count = Math.min(POINTS, Math.max(1, steps));
    const evenSteps = Array.from({ length: count + 1 }, (_, i) => Math.round((i * steps) / count));
    // Includes the end of the warm-up, so that it is drawn as a corner.
    const x = [...new Set([...evenSteps, Math.min(warmup, steps)])].sort((a, b) => a - b);
    const y = x.map((step) => learningRateAt(schedule, { learningRate, warmup, finalRate, decayShare, steps }, step));
    return { x, y };
  }, [schedule, learningRate, warmup, finalRate, decayShare, steps]);
  return (
    <div className={styles.rate}>
      <SmallChart
        title="Learning rate by step"
        value={formatNumber(learningRate)}
        lines={[{ id: 'rate', label: 'learning rate', run: 1, form: 'thin', ...line }]}
        xMax={steps}
        y={{ min: 0, max: learningRate * 1.1 }}
        caption={`The learning rate rises to ${formatNumber(learningRate)} in ${formatNumber(warmup)} steps and ends at ${formatNumber(line.y.at(-1) ?? 0)}`}
      />
    </div>
  );
}
