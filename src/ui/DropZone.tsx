import { useEffect, useEffectEvent, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Button, type ButtonProps, TextAction } from './Button';
import { cx } from './cx';
import { filesOfDrop, filesOfList, type DroppedFile } from './droppedFiles';
import { Icon } from './Icon';
import styles from './DropZone.module.css';

export interface DropZoneProps {
  /** Called with every file dropped anywhere in the window, including all files in folders. */
  onFiles: (files: DroppedFile[]) => void;
  /** Called with the browser's message about files that couldn't be read. */
  onError?: (message: string) => void;
  /** Title of the first page's form, which also says what may be dropped and has buttons. */
  title?: string;
  /** Description of what may be dropped, under the title. */
  children?: ReactNode;
  /** Other ways to add files. */
  actions?: ReactNode;
  /** Text for a drop that adds nothing to the project: what to drop, and what the drop will do. */
  words?: DropWords;
}
export interface DropWords {
  rest: string;
  over: string;
}

/** Visible drop target; the whole window accepts drops. Only one may be mounted at a time. */
export function DropZone({ onFiles, onError, title, children, actions, words }: DropZoneProps) {
  const over = useDropped(onFiles, onError, words?.over);
  return (
    <div className={cx(styles.drop, title !== undefined && styles.big, over && styles.over)}>
      <Icon name="upload" />
      {title !== undefined ? (
        <>
          <div className={styles.words}>
            <b>{over ?? title}</b>
            {children}
          </div>
          <span className={styles.actions}>{actions}</span>
        </>
      ) : (
        <span>{over ?? words?.rest ?? 'Drop files or folders anywhere on this page'}</span>
      )}
    </div>
  );
}

/** Returns a sentence that says what a drop will do, while files are over the window. */
export function useDropped(
  onFiles: DropZoneProps['onFiles'],
  onError: DropZoneProps['onError'],
  words?: string,
): string | undefined {
  const [over, setOver] = useState<string>();
  const accept = useEffectEvent((files: DroppedFile[]) => {
    if (files.length > 0) onFiles(files);
  });
  const refuse = useEffectEvent((error: unknown) => onError?.(error instanceof Error ? error.message : String(error)));
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      const count = event.dataTransfer.items.length;
      setOver(words ?? (count === 1 ? 'Drop to add 1 file or folder' : `Drop to add ${count} files or folders`));
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(undefined);
    };
    const onDrop = (event: DragEvent) => {
      setOver(undefined);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      filesOfDrop(event.dataTransfer, refuse).then(accept, refuse);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [words]);
  return over;
}

interface FileChoice {
  onFiles: (files: DroppedFile[]) => void;
  /** Selects a folder with all its contents, instead of single files. */
  isFolder?: boolean;
  isSingle?: boolean;
  /** The input's `accept` attribute: `.txt,.md`. */
  accept?: string;
}
interface FileButtonProps
  extends FileChoice, Pick<ButtonProps, 'children' | 'variant' | 'isDense' | 'icon' | 'disabledReason'> {}

/** Button that opens the browser's file or folder picker. */
export function FileButton({ onFiles, isFolder = false, isSingle = false, accept, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} icon={button.icon ?? (isFolder ? 'folder' : 'file')} onPress={() => input.current?.click()} />
      <FileInput input={input} onFiles={onFiles} isFolder={isFolder} isSingle={isSingle} accept={accept} />
    </>
  );
}

/** Inline text variant of `FileButton`. */
export function FileAction({ children, ...choice }: FileChoice & { children: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <TextAction onPress={() => input.current?.click()}>{children}</TextAction>
      <FileInput input={input} {...choice} />
    </>
  );
}

type FileInputProps = { [key in keyof FileChoice]: FileChoice[key] | undefined } & Pick<FileChoice, 'onFiles'> & {
    input: RefObject<HTMLInputElement | null>;
  };
const FileInput = ({ input, onFiles, isFolder = false, isSingle = false, accept }: FileInputProps) => (
  <input
    ref={input}
    type="file"
    hidden
    multiple={!isSingle}
    {...(accept && { accept })}
    {...(isFolder && { webkitdirectory: '' })}
    onChange={(event) => {
      const files = filesOfList(event.currentTarget.files ?? []);
      event.currentTarget.value = '';
      if (files.length > 0) onFiles(files);
    }}
  />
);
