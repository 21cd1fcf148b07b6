import { useEffect, useMemo, useRef, useState } from 'react';
import type { Previewed } from '../../../core/documents/clean/preview';
import type { Step } from '../../../core/documents/clean/recipe';
import { ruleOf } from '../../../core/documents/clean/rules';
import { counted, formatCount, formatShare } from '../../../core/base/units';
import type { Tally } from '../../../core/documents/clean/steps';
import { cx, Icon, MenuButton, SettingsForm, Switch, TextAction } from '../../../ui';
import styles from './RuleList.module.css';
import type { Looked } from './usePreviewed';
import type { RecipeDraft } from './useRecipe';

/** Steps of a recipe in order: switched, moved by drag or menu; the selected one shows its settings. */
export function RuleList(p: {
  draft: RecipeDraft;
  looked: Looked;
  chosen: number | null;
  onChoose: (step: number | null) => void;
}) {
  const { recipe, set, setStep } = p.draft;
  const { steps } = recipe;
  const [dragged, drag] = useState<number>();
  const [over, setOver] = useState<number>();
  const chosenRow = useRef<HTMLLIElement>(null);
  // An added step, and its settings, may be below the visible part.
  useEffect(() => {
    // In braces, because browsers may return a promise, which isn't a valid effect cleanup.
    chosenRow.current?.scrollIntoView({ block: 'nearest' });
  }, [p.chosen]);
  const move = (from: number, to: number): void => {
    if (to < 0 || to >= steps.length || to === from) return;
    const others = steps.filter((_, i) => i !== from);
    set({ ...recipe, steps: [...others.slice(0, to), steps[from]!, ...others.slice(to)] });
    if (p.chosen !== null) p.onChoose(movedTo(p.chosen, from, to));
  };
  const remove = (at: number): void => {
    set({ ...recipe, steps: steps.filter((_, i) => i !== at) });
    p.onChoose(null);
  };
  const keys = keysOf(steps);
  const { previewed, of } = p.looked;
  const tallies = useMemo(() => talliesOf(of?.steps ?? [], previewed), [of, previewed]);
  return (
    <ol className={styles.list}>
      {steps.map((step, i) => {
        const tally = step.isOn ? tallies.get(keys[i]!) : undefined;
        const { label, does } = ruleOf(step.rule);
        const isChosen = p.chosen === i;
        const name = nameOf(step);
        return (
          <li
            key={keys[i]}
            ref={isChosen ? chosenRow : null}
            className={cx(isChosen && styles.chosen, over === i && dragged !== undefined && styles.over)}
            onDragOver={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              setOver(i);
            }}
            onDrop={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              move(dragged, i);
              drag(undefined);
            }}
          >
            <span
              className={styles.grip}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData('text/plain', label);
                drag(i);
              }}
              onDragEnd={() => {
                drag(undefined);
                setOver(undefined);
              }}
            >
              <Icon name="grip" size={14} />
            </span>
            <span className={styles.place}>
              <MenuButton
                variant="plain"
                label={`Move or remove ${name}`}
                entries={[
                  { id: 'up', label: 'Move up', ...(i === 0 && { isDisabled: true, hint: 'already first' }) },
                  {
                    id: 'down',
                    label: 'Move down',
                    ...(i === steps.length - 1 && { isDisabled: true, hint: 'already last' }),
                  },
                ]}
                more={[[{ id: 'remove', label: 'Remove rule' }]]}
                onChoose={(id) => (id === 'remove' ? remove(i) : move(i, id === 'up' ? i - 1 : i + 1))}
              >
                {step.isOn ? String(steps.slice(0, i + 1).filter(({ isOn }) => isOn).length) : '–'}
              </MenuButton>
            </span>
            <button
              type="button"
              className={cx(styles.title, !step.isOn && styles.off)}
              aria-expanded={isChosen}
              onClick={() => p.onChoose(isChosen ? null : i)}
            >
              {name}
              <small>{does}</small>
            </button>
            <span className={styles.count}>{tally && <Count tally={tally} />}</span>
            <Switch layout="bare" label={name} isOn={step.isOn} onChange={(isOn) => setStep(i, { isOn })} />
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
/** Stable keys of steps: among equal rules, numbered in order. */
function keysOf(steps: readonly Step[]): readonly string[] {
  const times = new Map<string, number>();
  return steps.map(({ rule }) => {
    const nth = times.get(rule) ?? 0;
    times.set(rule, nth + 1);
    return `${rule} ${nth}`;
  });
}
/** Preview results by key, for steps that are on. */
function talliesOf(steps: readonly Step[], previewed: Previewed | undefined): ReadonlyMap<string, Tally> {
  const keys = keysOf(steps);
  const on = [...steps.keys()].filter((i) => steps[i]!.isOn);
  return new Map((previewed?.tallies ?? []).map((tally, i) => [keys[on[i]!]!, tally]));
}
/** Index of a step after another one was moved. */
function movedTo(at: number, from: number, to: number): number {
  if (at === from) return to;
  return at - (from < at ? 1 : 0) + (to <= at - (from < at ? 1 : 0) ? 1 : 0);
}

/** Name of a step; replacements include what they replace. */
function nameOf({ rule, settings }: Step): string {
  const { label } = ruleOf(rule);
  if (rule !== 'replace' || settings['find'] === '') return label;
  return `“${short(String(settings['find']))}” to “${short(String(settings['by']))}”`;
}
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
