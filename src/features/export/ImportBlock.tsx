import { useStudio } from '../../state/react';
import { describeWork } from '../../state/work';
import { Block, Button, FileButton, Progress, type DroppedFile } from '../../ui';
import { IncomingModel } from './IncomingModel';
import { modelFiles } from './modelFiles';
import styles from './ExportPage.module.css';

/** Imports a Homegrown zip, a Hugging Face folder or its files, or a GGUF file as a new run. */
export function ImportBlock() {
  const importing = useStudio((s) => s.importingModel);
  const isIncoming = useStudio((s) => s.incoming !== null);
  const importModel = useStudio((s) => s.importModel);
  const importFiles = (files: DroppedFile[]): void => void importModel(modelFiles(files));
  return (
    <Block isWideGutter>
      <p className={styles.words}>
        Drop a zip exported by Homegrown, a Hugging Face folder or a GGUF file. A folder needs config.json, .safetensors
        weights, and tokenizer.json or vocab.json with merges.txt.
      </p>
      {importing.kind === 'busy' ? (
        <ImportProgress />
      ) : isIncoming ? (
        <IncomingModel />
      ) : (
        <div className={styles.buttons}>
          <FileButton isDense isSingle accept=".zip" onFiles={importFiles}>
            Choose zip…
          </FileButton>
          <FileButton isDense accept=".zip,.gguf,.safetensors,.json,.txt" onFiles={importFiles}>
            Choose files…
          </FileButton>
          <FileButton isDense isFolder onFiles={importFiles}>
            Choose folder…
          </FileButton>
        </div>
      )}
    </Block>
  );
}

function ImportProgress() {
  const importing = useStudio((s) => s.importingModel);
  const progress = describeWork(importing);
  if (importing.kind !== 'busy' || !progress) return null;
  return (
    <div className={styles.busy}>
      <Progress {...progress} />
      <Button isDense icon="stop" onPress={importing.stop}>
        Cancel
      </Button>
    </div>
  );
}
