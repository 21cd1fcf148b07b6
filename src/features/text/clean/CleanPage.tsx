import { counted, formatCount, formatShare, formatShort } from '../../../core/base/units';
import { trainingSize } from '../../../core/documents/record';
import { remedy } from '../../../state/failures';
import { useStudio } from '../../../state/react';
import { describeWork, IDLE } from '../../../state/work';
import { Block, Button, IconButton, Notice, Pane, Panes, Progress, Stage, TextAction } from '../../../ui';
import { OutOfDate } from '../OutOfDate';
import { TextTabs } from '../TextTabs';
import styles from './CleanPage.module.css';
import { NothingToClean } from './NothingToClean';
import { PreviewPane } from './PreviewPane';
import { AddRule, RecipeMenu } from './RecipeMenu';
import { RuleList } from './RuleList';
import { useLook } from './useLook';
import { type Applied, type RecipeDraft, useApplied, useRecipe } from './useRecipe';
import { usePreviewed } from './usePreviewed';

/** Cleaning rules in order: each has a preview before it is applied, and can be undone. */
export function CleanPage() {
  const hasText = useStudio((s) => s.texts.length > 0);
  return hasText ? <Cleaning /> : <NothingToClean />;
}

function Cleaning() {
  const draft = useRecipe();
  const { recipe } = draft;
  const look = useLook();
  const looked = usePreviewed(recipe, look.input);
  const { previewed, failure } = looked;
  const applied = useApplied(recipe, looked);
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
          <AddRule draft={draft} onAdd={look.choose} />
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
        <Pane title="Rules" hint={sample} aside={<UndoRedo draft={draft} />}>
          <Apply draft={draft} applied={applied} />
          <RuleList draft={draft} looked={looked} chosen={look.chosen} onChoose={look.choose} />
        </Pane>
        <PreviewPane draft={draft} look={look} looked={looked} />
      </Panes>
    </Stage>
  );
}

function UndoRedo({ draft: { undo, redo } }: { draft: RecipeDraft }) {
  return (
    <>
      <IconButton
        icon="undo"
        label="Undo"
        onPress={() => undo?.()}
        disabledReason={undo ? undefined : 'Nothing to undo'}
      />
      <IconButton
        icon="redo"
        label="Redo"
        onPress={() => redo?.()}
        disabledReason={redo ? undefined : 'Nothing to redo'}
      />
    </>
  );
}

/** Size of the original texts, and of what training uses. */
function Summary() {
  const texts = useStudio((s) => s.texts);
  const original = texts.reduce((sum, { characters }) => sum + characters, 0);
  const used = texts.reduce((sum, text) => sum + trainingSize(text).characters, 0);
  const cleaned = texts.filter((text) => text.cleaned).length;
  if (cleaned === 0)
    return (
      <>
        <b>{formatCount(original)}</b> characters, not cleaned
      </>
    );
  return (
    <>
      <b>{formatCount(original)}</b> → <b>{formatCount(used)}</b> characters,{' '}
      {formatShare(Math.abs(1 - used / original))} {used > original ? 'more' : 'less'}; originals are kept
    </>
  );
}

/** Cleans the texts by the current rules, or reverts to the original texts. */
function Apply({ draft: { recipe, set }, applied }: { draft: RecipeDraft; applied: Applied }) {
  const cleaning = useStudio(({ cleaning, project }) => (cleaning.of === project.id ? cleaning.work : IDLE));
  const apply = useStudio((s) => s.applyRecipe);
  const texts = useStudio((s) => s.texts);
  const rulesOn = recipe.steps.filter(({ isOn }) => isOn).length;
  const work = describeWork(cleaning);
  const restoreOriginals = (): void => {
    const withoutRules = { ...recipe, steps: recipe.steps.map((step) => ({ ...step, isOn: false })) };
    if (rulesOn > 0) set(withoutRules);
    void apply(withoutRules);
  };
  const isCleaned = texts.some(({ cleaned }) => cleaned !== undefined);
  const shared = texts.filter(({ projects }) => projects.length > 1).length;
  const sharedWords =
    shared > 0 &&
    `Other projects use ${texts.length === 1 ? 'this text' : counted(shared, 'text')} too; the rules apply there as well.`;
  const notApplied = isCleaned
    ? 'Some text isn’t cleaned by the current rules.'
    : 'Nothing changes until you apply the rules.';
  const stateWords =
    applied &&
    {
      yes:
        rulesOn > 0 &&
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
                applied === 'yes' ? (rulesOn === 0 ? 'The originals are in use' : 'These rules are applied') : undefined
              }
            >
              {rulesOn === 0 ? 'Use the originals' : `Apply ${counted(rulesOn, 'rule')}`}
            </Button>
          )}
          {rulesOn > 0 && cleaning.kind !== 'busy' && (
            <TextAction onPress={restoreOriginals}>Use the originals</TextAction>
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
