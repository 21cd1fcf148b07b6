import { type HTMLAttributes, useEffect, useMemo, useRef, useState } from 'react';
import type { Previewed } from '../../../core/documents/clean/preview';
import type { Step } from '../../../core/documents/clean/recipe';
import { ruleOf } from '../../../core/documents/clean/rules';
import { counted, formatCount, formatShare } from '../../../core/base/units';
import type { Tally } from '../../../core/documents/clean/steps';
import { cx, Icon, MenuButton, SettingsForm, Switch, TextAction } from '../../../ui';
import styles from './RuleList.module.css';
import type { Looked } from './usePreviewed';
import type { RecipeDraft } from './useRecipe';

interface RuleListProps {
  draft: RecipeDraft;
  looked: Looked;
  chosen: number | null;
  onChoose: (step: number | null) => void;
}

/** Steps of a recipe in order: switched, moved by drag or menu; the selected one shows its settings. */
export function RuleList({ draft: { recipe, set, setStep }, looked, chosen, onChoose }: RuleListProps) {
  const { steps } = recipe;
  const chosenRow = useRef<HTMLLIElement>(null);
  // An added step, and its settings, may be below the visible part.
  useEffect(() => {
    // In braces, because browsers may return a promise, which isn't a valid effect cleanup.
    chosenRow.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= steps.length || to === from) return;
    const others = steps.filter((_, i) => i !== from);
    set({ ...recipe, steps: [...others.slice(0, to), steps[from]!, ...others.slice(to)] });
    if (chosen !== null) onChoose(movedTo(chosen, from, to));
  };
  const remove = (index: number): void => {
    set({ ...recipe, steps: steps.filter((_, i) => i !== index) });
    onChoose(null);
  };
  const drag = useDrag(move);
  const keys = keysOf(steps);
  const { previewed, of } = looked;
  const tallies = useMemo(() => talliesOf(of?.steps ?? [], previewed), [of, previewed]);
  return (
    <ol className={styles.list}>
      {steps.map((step, i) => {
        const isChosen = chosen === i;
        const tally = step.isOn ? tallies.get(keys[i]!) : undefined;
        return (
          <li
            key={keys[i]}
            ref={isChosen ? chosenRow : null}
            className={cx(isChosen && styles.chosen, drag.isOver(i) && styles.over)}
            {...drag.targetProps(i)}
          >
            <span className={styles.grip} {...drag.gripProps(i, ruleOf(step.rule).label)}>
              <Icon name="grip" size={14} />
            </span>
            <RuleRow
              step={step}
              number={step.isOn ? steps.slice(0, i + 1).filter(({ isOn }) => isOn).length : undefined}
              isFirst={i === 0}
              isLast={i === steps.length - 1}
              isChosen={isChosen}
              tally={tally}
              onChoose={() => onChoose(isChosen ? null : i)}
              onMove={(by) => move(i, i + by)}
              onRemove={() => remove(i)}
              onSwitch={(isOn) => setStep(i, { isOn })}
            />
            {isChosen && (
              <Settings
                step={step}
                summary={tally && previewed && summaryOf(tally, previewed)}
                onChange={(setting, value) =>
                  setStep(i, { settings: { ...step.settings, [setting]: value } }, `${i}.${setting}`)
                }
                onRemove={() => remove(i)}
              />
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** Props that make rows movable by dragging their grips. @param onMove index of the dragged row, and of its target */
function useDrag(onMove: (from: number, to: number) => void) {
  const [dragged, setDragged] = useState<number>();
  const [over, setOver] = useState<number>();
  return {
    /** Whether a row is dragged over this one. */
    isOver: (index: number): boolean => over === index && dragged !== undefined,
    targetProps: (index: number): Pick<HTMLAttributes<HTMLElement>, 'onDragOver' | 'onDrop'> => ({
      onDragOver(event) {
        if (dragged === undefined) return;
        event.preventDefault();
        setOver(index);
      },
      onDrop(event) {
        if (dragged === undefined) return;
        event.preventDefault();
        onMove(dragged, index);
        setDragged(undefined);
      },
    }),
    gripProps: (
      index: number,
      label: string,
    ): Pick<HTMLAttributes<HTMLElement>, 'draggable' | 'onDragStart' | 'onDragEnd'> => ({
      draggable: true,
      onDragStart(event) {
        event.dataTransfer.effectAllowed = 'move';
        event.dataTransfer.setData('text/plain', label);
        setDragged(index);
      },
      onDragEnd() {
        setDragged(undefined);
        setOver(undefined);
      },
    }),
  };
}

function RuleRow(p: {
  step: Step;
  /** Position among the rules that are on; undefined for a rule that is off. */
  number: number | undefined;
  isFirst: boolean;
  isLast: boolean;
  isChosen: boolean;
  tally: Tally | undefined;
  onChoose: () => void;
  /** @param by -1 moves up, 1 moves down */
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
  onSwitch: (isOn: boolean) => void;
}) {
  const { step, isChosen } = p;
  const name = nameOf(step);
  return (
    <>
      <span className={styles.place}>
        <MenuButton
          variant="plain"
          label={`Move or remove ${name}`}
          entries={[
            { id: 'up', label: 'Move up', ...(p.isFirst && { isDisabled: true, hint: 'already first' }) },
            { id: 'down', label: 'Move down', ...(p.isLast && { isDisabled: true, hint: 'already last' }) },
          ]}
          more={[[{ id: 'remove', label: 'Remove rule' }]]}
          onChoose={(id) => (id === 'remove' ? p.onRemove() : p.onMove(id === 'up' ? -1 : 1))}
        >
          {p.number === undefined ? '–' : String(p.number)}
        </MenuButton>
      </span>
      <button
        type="button"
        className={cx(styles.title, !step.isOn && styles.off)}
        aria-expanded={isChosen}
        onClick={p.onChoose}
      >
        {name}
        <small>{ruleOf(step.rule).does}</small>
      </button>
      <span className={styles.count}>{p.tally && <Count tally={p.tally} />}</span>
      <Switch layout="bare" label={name} isOn={step.isOn} onChange={p.onSwitch} />
    </>
  );
}

/** Stable keys of steps: among equal rules, numbered in order. */
function keysOf(steps: readonly Step[]): readonly string[] {
  const counts = new Map<string, number>();
  return steps.map(({ rule }) => {
    const count = counts.get(rule) ?? 0;
    counts.set(rule, count + 1);
    return `${rule} ${count}`;
  });
}
/** Preview results by key, for steps that are on. */
function talliesOf(steps: readonly Step[], previewed: Previewed | undefined): ReadonlyMap<string, Tally> {
  const keys = keysOf(steps);
  const keysOn = keys.filter((_, i) => steps[i]!.isOn);
  return new Map((previewed?.tallies ?? []).map((tally, i) => [keysOn[i]!, tally]));
}
/** Index of a step after another one was moved. */
function movedTo(index: number, from: number, to: number): number {
  if (index === from) return to;
  const indexWithoutMoved = from < index ? index - 1 : index;
  return to <= indexWithoutMoved ? indexWithoutMoved + 1 : indexWithoutMoved;
}

/** Name of a step; replacements include what they replace. */
function nameOf({ rule, settings }: Step): string {
  const { label } = ruleOf(rule);
  if (rule !== 'replace' || settings['find'] === '') return label;
  return `“${short(String(settings['find']))}” to “${short(String(settings['by']))}”`;
}
/** At most 24 characters. */
const short = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

function Count({ tally: { out, places } }: { tally: Tally }) {
  if (out > 0)
    return (
      <>
        −{formatCount(out)}
        <small>{out === 1 ? 'document' : 'documents'}</small>
      </>
    );
  if (places === 0) return <>–</>;
  return (
    <>
      {formatCount(places)}
      <small>{places === 1 ? 'place' : 'places'}</small>
    </>
  );
}

/** Summary of a preview, in counts and shares. */
function summaryOf({ rule, out, places, characters, changed }: Tally, { seen }: Previewed): string {
  const documents = (count: number): string => `${formatCount(count)} of ${counted(seen.documents, 'document')}`;
  if (out > 0) return `Removes ${documents(out)}.`;
  if (ruleOf(rule).kind === 'leaves out') return 'Removes no documents.';
  if (places === 0) return 'Changes nothing.';
  const length =
    characters === 0
      ? 'same length'
      : `${formatCount(Math.abs(characters))} ${characters < 0 ? 'fewer' : 'more'} characters (${formatShare(Math.abs(characters) / seen.characters)})`;
  return `Changes ${counted(places, 'place')} in ${documents(changed)}: ${length}.`;
}

function Settings(p: {
  step: Step;
  summary: string | undefined;
  onChange: (name: string, value: string | number | boolean) => void;
  onRemove: () => void;
}) {
  const { fields, costs, recommended, notIdempotent, source } = ruleOf(p.step.rule);
  const notes = [
    recommended && `Recommended: ${recommended}.`,
    costs && `Trade-off: ${costs}.`,
    notIdempotent && `Careful: ${notIdempotent}.`,
  ];
  return (
    <div className={styles.settings}>
      {p.summary && <p>{p.summary}</p>}
      <SettingsForm
        isWhole
        fields={fields}
        values={p.step.settings as Record<string, string | number | boolean>}
        onChange={p.onChange}
      />
      {notes.map((note) => note && <p key={note}>{note}</p>)}
      <p>
        Source: {source}. <TextAction onPress={p.onRemove}>Remove rule</TextAction>
      </p>
    </div>
  );
}
