import { formatCount } from '../../core/base/units';
import { Button } from '../../ui';
import styles from './TextList.module.css';

interface SelectionBarProps {
  /** Numbers of selected texts and documents. */
  texts: number;
  documents: number;
  onRemove: () => void;
  onLicence: () => void;
  onLeaveOut: () => void;
  onClear: () => void;
}

/** Actions on the selected rows; each can be undone. */
export function SelectionBar(p: SelectionBarProps) {
  const words = [counted(p.texts, 'text'), counted(p.documents, 'document')].filter((part) => part !== '').join(', ');
  return (
    <div className={styles.selection} role="group" aria-label="Selection">
      <span>{words} selected</span>
      {p.texts > 0 && (
        <>
          <Button isDense onPress={p.onRemove}>
            Remove
          </Button>
          <Button isDense onPress={p.onLicence}>
            License…
          </Button>
        </>
      )}
      {p.documents > 0 && (
        <Button isDense onPress={p.onLeaveOut}>
          Exclude
        </Button>
      )}
      <Button isDense variant="quiet" onPress={p.onClear}>
        Clear selection
      </Button>
    </div>
  );
}

const counted = (n: number, what: string): string =>
  n === 0 ? '' : `${formatCount(n)} ${n === 1 ? what : `${what}s`}`;
