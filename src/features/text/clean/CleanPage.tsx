import { useMemo, useState } from 'react';
import { counted, formatCount, formatShare, formatShort } from '../../../core/base/units';
import { trainingSize } from '../../../core/documents/record';
import { ruleOf } from '../../../core/documents/clean/rules';
import { remedy } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { describeWork, IDLE } from '../../../state/work';
import { Block, Button, IconButton, Notice, Pane, PaneHead, Panes, Progress, Stage, TextAction } from '../../../ui';
import { OutOfDate } from '../OutOfDate';
import { TextTabs } from '../TextTabs';
import { BeforeAfter, Of, Steps } from './BeforeAfter';
import styles from './CleanPage.module.css';
import { LeftOutList } from './LeftOutList';
import { MeasuredDocuments } from './MeasuredDocuments';
import { stepOfMend } from './mend';
import { NothingToClean } from './NothingToClean';
import { AddRule, RecipeMenu } from './RecipeMenu';
import { RuleList } from './RuleList';
import { type Applied, useApplied, useRecipe } from './useRecipe';
import { useLeft } from './useLeft';
import { usePreviewed } from './usePreviewed';

/** Documents shown around each bound of a measure, and at either end. */
const ROWS = 5;

/** Cleaning rules in order: each has a preview before it is applied, and can be undone. */
export function CleanPage() {
  const hasText = useStudio((s) => s.texts.length > 0);
  return hasText ? <Cleaning /> : <NothingToClean />;
}

function Cleaning() {
  const draft = useRecipe();
  const { recipe, set } = draft;
  const [chosen, choose] = useState<number | null>(null);
  const [isOfRule, lookAtRule] = useState(true);
  const [at, go] = useState(0);
  const step = isOfRule ? chosen : null;
  const [score, lookAtScore] = useState<string>();
  const [text, lookAtText] = useState<string>();
  const [rows, setRows] = useState(ROWS);
  const looked = usePreviewed(recipe, { step, at, rows, ...(text !== undefined && { text }) });
  const { previewed, failure } = looked;
  const applied = useApplied(recipe, looked);
  const { left, of, isAll, changed, more } = useLeft(looked, recipe);
  const chosenStep = chosen === null ? undefined : recipe.steps[chosen];
  const lookAt = (next: number | null): void => {
    choose(next);
    lookAtRule(true);
    go(0);
    lookAtScore(undefined);
    setRows(ROWS);
  };
  const kept = useMemo(() => new Set(recipe.kept), [recipe]);
  const keep = (sha256: string, isKept = true): void => {
    const others = recipe.kept.filter((each) => each !== sha256);
    set({ ...recipe, kept: isKept ? [...others, sha256] : others });
  };
  // A rule that excludes documents changes none, so the page ranks them by its measure.
  const isLooked = step !== null && looked.step === step && looked.of?.steps[step]?.rule === chosenStep?.rule;
  const measuring = isLooked && chosenStep?.isOn && ruleOf(chosenStep.rule).measures ? chosenStep : undefined;
  const sample =
    previewed && previewed.seen.characters < previewed.of.characters
      ? `tested on ${formatShort(previewed.seen.characters)} of ${formatShort(previewed.of.characters)} characters`
      : 'in this order';
  return (
    <Stage
      title="Text"
      tabs={<TextTabs current="clean" />}
      summary={<Summary />}
      actions={
        <>
          <RecipeMenu draft={draft} />
          <AddRule draft={draft} onAdd={lookAt} />
        </>
      }
    >
      <OutOfDate />
      {draft.isUnreadable && (
        <Notice tone="warn" title="This project’s recipe can’t be read">
          A newer version may have made it. It stays unchanged until you edit a rule. Shown: the recommended recipe.
        </Notice>
      )}
      {failure && (
        <Notice tone="error" title={failure.message}>
          {remedy(failure)}
        </Notice>
      )}
      <Panes columns="376px minmax(0, 1fr)" narrowColumns="336px minmax(0, 1fr)">
        <Pane
          title="Rules"
          hint={sample}
          aside={
            <>
              <IconButton
                icon="undo"
                label="Undo"
                onPress={() => draft.undo?.()}
                disabledReason={draft.undo ? undefined : 'Nothing to undo'}
              />
              <IconButton
                icon="redo"
                label="Redo"
                onPress={() => draft.redo?.()}
                disabledReason={draft.redo ? undefined : 'Nothing to redo'}
              />
            </>
          }
        >
          <Apply draft={draft} applied={applied} />
          <RuleList draft={draft} looked={looked} chosen={chosen} onChoose={lookAt} />
        </Pane>
        <Pane
          title={measuring ? 'Ranked documents' : 'Before and after'}
          hint={
            !measuring &&
            previewed?.shown &&
            `${previewed.shown.title}${previewed.shown.isBeginning ? ', beginning' : ''}`
          }
          aside={
            <>
              <Of
                rule={chosenStep?.isOn ? ruleOf(chosenStep.rule).label : undefined}
                isOfRule={isOfRule}
                onChange={(own) => {
                  lookAtRule(own);
                  go(0);
                }}
              />
              {!measuring && previewed?.shown && <Steps shown={previewed.shown} onGo={go} />}
            </>
          }
        >
          {measuring && previewed ? (
            <MeasuredDocuments
              step={measuring}
              measured={previewed.measured}
              score={score}
              onScore={lookAtScore}
              onText={lookAtText}
              onSetting={(name, value) =>
                draft.setStep(step!, { settings: { ...measuring.settings, [name]: value } }, `${step}.${name}`)
              }
              onKeep={keep}
              onMore={() => setRows(rows * 4)}
            />
          ) : previewed?.shown ? (
            <BeforeAfter
              shown={previewed.shown}
              onMend={(mends) => {
                // Fixes apply to the text after the selected rule, or after all rules.
                const to = step !== null && chosenStep?.isOn ? step + 1 : recipe.steps.length;
                const { steps } = recipe;
                set({ ...recipe, steps: [...steps.slice(0, to), ...mends.map(stepOfMend), ...steps.slice(to)] });
              }}
            />
          ) : (
            <p className={styles.note}>{previewed ? 'These rules would remove everything.' : 'Checking the texts…'}</p>
          )}
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
          <LeftOutList left={left} of={of} kept={kept} onKeep={keep} {...(more && { onMore: more })} />
        </Pane>
      </Panes>
    </Stage>
  );
}

/** Current training text. */
function Summary() {
  const texts = useStudio((s) => s.texts);
  const read = texts.reduce((sum, { characters }) => sum + characters, 0);
  const used = texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
  const cleaned = texts.filter((text) => text.cleaned).length;
  if (cleaned === 0)
    return (
      <>
        <b>{formatCount(read)}</b> characters, not cleaned
      </>
    );
  return (
    <>
      <b>{formatCount(read)}</b> → <b>{formatCount(used)}</b> characters, {formatShare(Math.abs(1 - used / read))}{' '}
      {used > read ? 'more' : 'less'}; originals are kept
    </>
  );
}

/** Cleans the texts by the current rules, or reverts to the original texts. */
function Apply({ draft: { recipe, set }, applied }: { draft: ReturnType<typeof useRecipe>; applied: Applied }) {
  const cleaning = useStudio(({ cleaning, project }) => (cleaning.of === project.id ? cleaning.work : IDLE));
  const apply = useStudio((s) => s.applyRecipe);
  const texts = useStudio((s) => s.texts);
  const on = recipe.steps.filter(({ isOn }) => isOn).length;
  const work = describeWork(cleaning);
  const withoutAny = (): void => {
    const none = { ...recipe, steps: recipe.steps.map((step) => ({ ...step, isOn: false })) };
    if (on > 0) set(none);
    void apply(none);
  };
  const isNone = on === 0 && texts.every(({ cleaned }) => cleaned === undefined);
  const isClean = texts.some(({ cleaned }) => cleaned !== undefined);
  const shared = texts.filter(({ projects }) => projects.length > 1).length;
  const sharedWords =
    shared > 0 &&
    `Other projects use ${texts.length === 1 ? 'this text' : counted(shared, 'text')} too; the rules apply there as well.`;
  const notApplied = isClean
    ? 'Some text isn’t cleaned by the current rules.'
    : 'Nothing changes until you apply the rules.';
  const stateWords =
    applied &&
    {
      yes:
        on > 0 &&
        (texts.some((text) => trainingSize(text).characters > 0)
          ? 'Cleaned. New runs will learn from this text.'
          : 'Cleaned, but no text remains. Turn off a rule that removes documents.'),
      'by another name': 'Cleaned under the recipe’s old name. Apply again to update model cards.',
      no: notApplied,
    }[applied];
  return (
    <>
      {cleaning.kind === 'failed' && (
        <Notice tone="error" title={cleaning.failure.message}>
          {remedy(cleaning.failure)}
        </Notice>
      )}
      <Block>
        <div className={styles.apply}>
          {cleaning.kind === 'busy' ? (
            <Button icon="stop" minWidth={132} onPress={cleaning.stop}>
              Stop
            </Button>
          ) : (
            <Button
              minWidth={132}
              onPress={() => void apply(recipe)}
              disabledReason={
                applied === 'yes' ? (on === 0 ? 'The originals are in use' : 'These rules are applied') : undefined
              }
            >
              {on === 0 ? 'Use the originals' : `Apply ${counted(on, 'rule')}`}
            </Button>
          )}
          {!isNone && on > 0 && cleaning.kind !== 'busy' && (
            <TextAction onPress={withoutAny}>Use the originals</TextAction>
          )}
        </div>
        <div className={styles.state}>
          {work && <Progress {...work} />}
          <span aria-live="polite">{!work && stateWords}</span>
        </div>
        {sharedWords && <p className={styles.shared}>{sharedWords}</p>}
      </Block>
    </>
  );
}
