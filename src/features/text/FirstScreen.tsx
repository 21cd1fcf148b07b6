import { useStudio } from '../../state/react';
import type { PageProps } from '../../state/stage';
import { Button, DropZone, FileButton, FirstStage, Pane, Panes } from '../../ui';
import { DropNotice } from './DropNotice';
import { FORMAT_WORDS } from './formatWords';
import { ImportProgress } from './ImportProgress';
import { NothingLeaves } from './NothingLeaves';
import { ReadingOptions } from './ReadingDialog';
import { SampleTable } from './SampleTable';
import { StagesAhead } from './StagesAhead';
import styles from './FirstScreen.module.css';

/** Before there is any text: what this is, and every way to begin. */
export function FirstScreen({ stages, onFiles, onPaste }: PageProps & { onPaste: () => void }) {
  const toast = useStudio((s) => s.toast);
  const isReading = useStudio((s) => s.importing.kind === 'busy');
  return (
    <FirstStage
      title="Grow a language model from your own text, in this tab"
      summary="Drop in text and watch a transformer learn it on your own machine; then talk to it, and download it in formats that other tools open."
    >
      <Panes columns="minmax(0, 1fr) minmax(0, 1fr)">
        <Pane label="Begin">
          <div className={styles.block}>
            <h2>Your text</h2>
            <div className={styles.drop}>
              <DropZone
                isBig
                onFiles={onFiles}
                onError={(detail) => toast({ text: 'What was dropped could not be read', detail })}
              >
                <span className={styles.ways}>
                  <FileButton onFiles={onFiles}>Choose files…</FileButton>
                  <FileButton onFiles={onFiles} isFolder>
                    Choose a folder…
                  </FileButton>
                  <Button onPress={onPaste}>Paste text…</Button>
                </span>
                <div className={styles.slot}>
                  {isReading ? (
                    <ImportProgress />
                  ) : (
                    <>
                      <span>{FORMAT_WORDS}, or any other file of UTF-8 text</span>
                      <ReadingOptions />
                      <span className={styles.also}>
                        A website comes as the file that <code>wget -r -l 2 --warc-file=site ADDRESS</code> writes
                      </span>
                      <span className={styles.model}>
                        Or a model, to talk to at once or to train on: a GGUF file, a Hugging Face folder, a zip of one
                      </span>
                    </>
                  )}
                </div>
              </DropZone>
            </div>
            <NothingLeaves />
          </div>
          <DropNotice />
          <SampleTable />
        </Pane>
        <StagesAhead stages={stages} />
      </Panes>
    </FirstStage>
  );
}
