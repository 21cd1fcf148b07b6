import { Button, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Text } from 'react-aria-components';
import buttons from './Button.module.css';
import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Menu.module.css';

export interface MenuEntry {
  id: string;
  label: string;
  hint?: string;
  isChosen?: boolean;
  /** There is nothing to do with it now; `hint` says why. */
  isDisabled?: boolean;
}
interface MenuButtonProps {
  children: string;
  entries: readonly MenuEntry[];
  /** Further ones, each list of them below a line. */
  more?: readonly (readonly MenuEntry[])[];
  onChoose: (id: string) => void;
  variant?: 'default' | 'quiet' | 'plain';
  /** Things to show or hide: the menu stays open. Otherwise one is chosen, and it closes. */
  isMany?: boolean;
  /** The name for screen readers, if the words are not enough. */
  label?: string;
  onOpen?: () => void;
  /** After what was chosen, if anything was. */
  onClose?: () => void;
  /** An entry is under the pointer, or the keyboard is at it. */
  onLook?: (id: string) => void;
}

/** A button that opens a list of actions: Presets, Columns, the project's name. */
export function MenuButton({ variant = 'default', ...p }: MenuButtonProps) {
  const lists = [p.entries, ...(p.more ?? [])].filter((entries) => entries.length > 0);
  return (
    <MenuTrigger onOpenChange={(isOpen) => (isOpen ? p.onOpen : p.onClose)?.()}>
      <Button
        className={variant === 'plain' ? cx(styles.plain) : cx(buttons.button, buttons.dense, buttons[variant])}
        {...(p.label && { 'aria-label': p.label })}
      >
        {variant === 'plain' ? <span className={cx(styles.words)}>{p.children}</span> : p.children}
        <Icon name="chevron" size={variant === 'plain' ? 12 : 14} />
      </Button>
      <Popover className={cx(styles.popover)} offset={4}>
        <Menu className={cx(styles.list)} onAction={(key) => p.onChoose(String(key))}>
          {lists.map((entries, i) => (
            <Entries key={i} entries={entries} isMany={p.isMany ?? false} onLook={p.onLook} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Entries(p: { entries: readonly MenuEntry[]; isMany: boolean; onLook: MenuButtonProps['onLook'] }) {
  const { entries, isMany, onLook } = p;
  const chosen = entries.filter((entry) => entry.isChosen).map((entry) => entry.id);
  return (
    <MenuSection
      className={cx(styles.entries)}
      items={entries}
      selectionMode={chosen.length === 0 ? 'none' : isMany ? 'multiple' : 'single'}
      selectedKeys={chosen}
    >
      {(entry) => (
        <MenuItem
          id={entry.id}
          textValue={entry.label}
          className={cx(styles.item)}
          isDisabled={entry.isDisabled ?? false}
          onFocus={() => onLook?.(entry.id)}
        >
          <Text slot="label" className={cx(styles.label)}>
            {entry.label}
          </Text>
          {entry.hint && (
            <Text slot="description" className={cx(styles.hint)}>
              {entry.hint}
            </Text>
          )}
        </MenuItem>
      )}
    </MenuSection>
  );
}
