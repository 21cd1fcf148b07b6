import { useMemo } from 'react';
import { formatCount } from '../../../core/base/units';
import { ruleOf } from '../../../core/documents/clean/rules';
import { Pane, PaneHead, TextAction } from '../../../ui';
import { BeforeAfter, DocumentSteps, RuleOrAll } from './BeforeAfter';
import styles from './CleanPage.module.css';
import { LeftOutList } from './LeftOutList';
import { MeasuredDocuments } from './MeasuredDocuments';
import { stepOfMend } from './mend';
import { useLeft } from './useLeft';
import type { Look } from './useLook';
import type { Looked } from './usePreviewed';
import type { RecipeDraft } from './useRecipe';

interface PreviewPaneProps {
  draft: RecipeDraft;
  look: Look;
  looked: Looked;
}

/** Effect of the selected rule, or of all rules, on documents; and the documents that they remove. */
export function PreviewPane({ draft, look, looked }: PreviewPaneProps) {
  const { recipe, set, setStep } = draft;
  const { previewed } = looked;
  const { step } = look.input;
  const chosenStep = look.chosen === null ? undefined : recipe.steps[look.chosen];
  // A rule that excludes documents changes none, so the page ranks them by its measure.
  const isPreviewed = step !== null && looked.step === step && looked.of?.steps[step]?.rule === chosenStep?.rule;
  const measuring = isPreviewed && chosenStep?.isOn && ruleOf(chosenStep.rule).measures ? chosenStep : undefined;
  const shown = measuring ? undefined : previewed?.shown;
  const keep = (sha256: string, isKept = true): void => {
    const others = recipe.kept.filter((kept) => kept !== sha256);
    set({ ...recipe, kept: isKept ? [...others, sha256] : others });
  };
  return (
    <Pane
      title={measuring ? 'Ranked documents' : 'Before and after'}
      hint={shown && `${shown.title}${shown.isBeginning ? ', beginning' : ''}`}
      aside={
        <>
          <RuleOrAll
            rule={chosenStep?.isOn ? ruleOf(chosenStep.rule).label : undefined}
            isOfRule={look.isOfRule}
            onChange={look.setOfRule}
          />
          {shown && <DocumentSteps shown={shown} onGo={look.setDocument} />}
        </>
      }
    >
      {measuring && previewed ? (
        <MeasuredDocuments
          step={measuring}
          measured={previewed.measured}
          score={look.score}
          onScore={look.setScore}
          onText={look.setText}
          onSetting={(name, value) =>
            setStep(step!, { settings: { ...measuring.settings, [name]: value } }, `${step}.${name}`)
          }
          onKeep={keep}
          onMore={look.showMoreRows}
        />
      ) : shown ? (
        <BeforeAfter
          shown={shown}
          onMend={(mends) => {
            // Fixes apply to the text after the selected rule, or after all rules.
            const end = step !== null && chosenStep?.isOn ? step + 1 : recipe.steps.length;
            const { steps } = recipe;
            set({ ...recipe, steps: [...steps.slice(0, end), ...mends.map(stepOfMend), ...steps.slice(end)] });
          }}
        />
      ) : (
        <p className={styles.note}>{previewed ? 'These rules would remove everything.' : 'Checking the texts…'}</p>
      )}
      <Removed draft={draft} looked={looked} onKeep={keep} />
    </Pane>
  );
}

/** Documents that the rules remove, and the number of those that the user keeps. */
function Removed({
  draft: { recipe, set },
  looked,
  onKeep,
}: Pick<PreviewPaneProps, 'draft' | 'looked'> & { onKeep: (sha256: string, isKept: boolean) => void }) {
  const { left, of, isAll, changed, more } = useLeft(looked, recipe);
  const kept = useMemo(() => new Set(recipe.kept), [recipe]);
  return (
    <>
      <PaneHead
        title="Removed"
        hint={of === 0 ? '' : `${formatCount(of)}${isAll ? '' : ' in the sample'}`}
        aside={
          recipe.kept.length > 0 && (
            <span className={styles.kept}>
              {formatCount(recipe.kept.length)} kept by you{changed.length > 0 && '; not applied yet'}{' '}
              <TextAction onPress={() => set({ ...recipe, kept: [] })}>Reset</TextAction>
            </span>
          )
        }
      />
      <LeftOutList left={left} of={of} kept={kept} onKeep={onKeep} {...(more && { onMore: more })} />
    </>
  );
}
