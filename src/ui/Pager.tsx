import { IconButton } from './Button';

interface PagerProps {
  /** Of what: `conversations`. */
  what: string;
  /** The first that is shown, how many are at a time, and how many there are. */
  from: number;
  size: number;
  of: number;
  onShow: (from: number) => void;
}

/** To those before, and to the next. */
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
