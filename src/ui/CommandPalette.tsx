import { Fragment, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';
import { cx } from './cx';
import { Dialog } from './Dialog';
import dialog from './Dialog.module.css';
import { Icon } from './Icon';
import { formatKeys, type Action } from './shortcuts';
import styles from './CommandPalette.module.css';

/** Command palette (⌘K). Every typed word must occur in an action's label, group, hint or other words. */
export function CommandPalette(p: { isOpen: boolean; onClose: () => void; actions: readonly Action[] }) {
  return (
    <ModalOverlay
      className={cx(dialog.overlay, dialog.top)}
      isOpen={p.isOpen}
      isDismissable
      onOpenChange={(isOpen) => !isOpen && p.onClose()}
    >
      <Modal className={cx(dialog.modal, styles.modal)}>
        <AriaDialog aria-label="Find or run a command">
          <Palette actions={p.actions} onClose={p.onClose} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Palette({ actions, onClose }: { actions: readonly Action[]; onClose: () => void }) {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => findActions(actions, words), [actions, words]);
  const chosen = found[Math.min(at, found.length - 1)];

  const run = (action: Action) => {
    onClose();
    action.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && chosen) run(chosen);
    else if (move !== undefined && found.length > 0) {
      const next = (Math.min(at, found.length - 1) + move + found.length) % found.length;
      setAt(next);
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' });
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <label className={styles.input}>
        <Icon name="search" />
        <input
          role="combobox"
          aria-label="Find or run a command"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={chosen && `${id}-${chosen.id}`}
          aria-autocomplete="list"
          autoFocus
          spellCheck={false}
          placeholder="Find or run…"
          value={words}
          onChange={(event) => {
            setWords(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div className={styles.list} role="listbox" id={id} aria-label="Commands" ref={list} tabIndex={-1}>
        {grouped(found).map(({ group, members }) => (
          <div key={group} role="group" aria-label={group}>
            <h3 aria-hidden>{group}</h3>
            {members.map((action) => (
              <div
                key={action.id}
                id={`${id}-${action.id}`}
                role="option"
                aria-selected={action === chosen}
                className={styles.option}
                onClick={() => run(action)}
              >
                <span>{action.label}</span>
                {action.hint && <span className={styles.hint}>{action.hint}</span>}
                {action.keys && <kbd>{formatKeys(action.keys)}</kbd>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={styles.none}>No matching commands</p>}
    </>
  );
}

/** Returns the actions that contain all words, in display order: matches by other words only come last. */
export function findActions(actions: readonly Action[], words: string): Action[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string): boolean => wanted.every((word) => text.toLowerCase().includes(word));
  const isShown = (action: Action): boolean => !action.isHelpOnly && (!action.isFoundOnly || wanted.length > 0);
  const isNamed = ({ label, group = '', hint = '', isFoundOnly }: Action): boolean =>
    !isFoundOnly && has(`${label} ${group} ${hint}`);
  const isFound = ({ label, group = '', hint = '', words: other = '', isFoundOnly }: Action): boolean =>
    has(isFoundOnly ? `${label} ${other}` : `${label} ${group} ${hint} ${other}`);
  const shown = actions.filter(isShown);
  const found = [...shown.filter(isNamed), ...shown.filter((action) => !isNamed(action) && isFound(action))];
  return grouped(found).flatMap(({ members }) => members);
}

function grouped(actions: readonly Action[]) {
  const groups = new Map<string, Action[]>();
  for (const action of actions) {
    const group = action.group ?? 'Commands';
    groups.set(group, [...(groups.get(group) ?? []), action]);
  }
  return [...groups].map(([group, members]) => ({ group, members }));
}

/** Keyboard help (`?`): every shortcut, from the same list of actions. */
export function KeyHelp({
  isOpen,
  onClose,
  actions,
}: {
  isOpen: boolean;
  onClose: () => void;
  actions: readonly Action[];
}) {
  const groups = grouped(actions.filter((action) => action.keys !== undefined));
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts" isDismissable width={560}>
      <dl className={styles.keys}>
        {groups.map(({ group, members }) => (
          <Fragment key={group}>
            <dt className={styles.group}>{group}</dt>
            {members.map((action) => (
              <dd key={action.id}>
                <span>{action.label}</span>
                <kbd>{action.keys && formatKeys(action.keys)}</kbd>
              </dd>
            ))}
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
