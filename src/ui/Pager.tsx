import { IconButton } from './Button';

interface PagerProps {
  /** Plural noun of the items: `conversations`. */
  what: string;
  /** Index of the first shown item, page size, and number of items. */
  from: number;
  size: number;
  of: number;
  onShow: (from: number) => void;
}

/** Previous and next buttons. */
export const Pager = ({ what, from, size, of, onShow }: PagerProps) => (
  <>
    <IconButton
      icon="chevronLeft"
      label={`Previous ${what}`}
      disabledReason={from === 0 ? 'This is the first' : undefined}
      onPress={() => onShow(Math.max(0, from - size))}
    />
    <IconButton
      icon="chevronRight"
      label={`Next ${what}`}
      disabledReason={from + size >= of ? 'This is the last' : undefined}
      onPress={() => onShow(from + size)}
    />
  </>
);
