import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { Button, DropZone, FileAction, FileButton, FirstStage, Icon, Pane, Panes, TextAction } from '../../ui';
import { Doors } from './Doors';
import { DropNotice } from './DropNotice';
import { ENFORCED } from './enforced';
import { ImportProgress } from './ImportProgress';
import { ReadingOptions } from './ReadingOptions';
import { RecordedRun } from './RecordedRun';
import styles from './FirstScreen.module.css';

/** Text page without text: samples to try, every way to add text, and a recorded run. */
export function FirstScreen({ onFiles, onPaste, onPrivacy }: PageProps & { onPaste: () => void }) {
  const toast = useStudio((s) => s.toast);
  const isReading = useStudio((s) => s.importing.kind === 'busy');
  const enforcement = useStudio((s) => s.enforcement);
  return (
    <FirstStage
      title="Train a language model on your own text, in this tab"
      summary="Watch it learn, try it, measure it, and take it with you."
    >
      <Panes columns="minmax(0, 13fr) minmax(0, 12fr)">
        <Pane label="Start">
          <Doors />
          <DropNotice />
          <div className={styles.drop}>
            <DropZone
              title="Or drop your own files or folders"
              onFiles={onFiles}
              onError={(detail) => toast({ text: "Some dropped files couldn't be read", detail })}
              actions={
                <>
                  <FileButton onFiles={onFiles}>Choose files…</FileButton>
                  <FileButton onFiles={onFiles} isFolder>
                    Choose folder…
                  </FileButton>
                  <Button onPress={onPaste}>Paste text…</Button>
                </>
              }
            >
              <div className={styles.slot}>
                {isReading ? (
                  <ImportProgress />
                ) : (
                  <>
                    <span>Text, documents, tables, email, models</span>
                    <ReadingOptions>What can I drop?</ReadingOptions>
                  </>
                )}
              </div>
            </DropZone>
          </div>
          <p className={styles.line}>
            <Icon name="chat" tone="ok" />
            <span>
              Already have a model? Open a{' '}
              <FileAction onFiles={onFiles} accept={MODEL_FILES}>
                GGUF file or zip
              </FileAction>{' '}
              or a{' '}
              <FileAction onFiles={onFiles} isFolder>
                Hugging Face folder
              </FileAction>{' '}
              to chat with it or train it further.
            </span>
          </p>
          <p className={styles.line}>
            <Icon name="lock" tone="ok" />
            <span>
              Nothing leaves this computer. {ENFORCED[enforcement]}{' '}
              <TextAction onPress={onPrivacy}>How to check</TextAction>
            </span>
          </p>
        </Pane>
        <Pane label="A recorded run">
          <RecordedRun />
        </Pane>
      </Panes>
    </FirstStage>
  );
}
const MODEL_FILES = '.gguf,.zip';
