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
  /** Whether the entry is unavailable now; `hint` gives the reason. */
  isDisabled?: boolean;
}
interface MenuButtonProps {
  children: string;
  entries: readonly MenuEntry[];
  /** Additional groups of entries, each below a separator. */
  more?: readonly (readonly MenuEntry[])[];
  onChoose: (id: string) => void;
  variant?: 'default' | 'quiet' | 'plain';
  /** Multi-select: entries are shown or hidden, and the menu stays open. Otherwise choosing an entry closes it. */
  isMany?: boolean;
  /** Accessible name, if the visible words are not enough. */
  label?: string;
  onOpen?: () => void;
  /** Called when the menu closes, after `onChoose` if an entry was chosen. */
  onClose?: () => void;
  /** Called when an entry is hovered or focused. */
  onLook?: (id: string) => void;
}

/** Button that opens a menu of actions: Presets, Columns, the project's name. */
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
