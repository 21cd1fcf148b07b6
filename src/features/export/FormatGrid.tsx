import { useStudio } from '../../state/react';
import { writtenIn } from '../../state/export';
import { chosenStep } from '../../state/trained';
import { Checkbox, FormatCards, TextAction } from '../../ui';
import { CLUSTER, FOLDER, GGUF, ONNX, PAGE, SERVICE, type Precision } from './cards';
import { ExportCard } from './ExportCard';
import styles from './ExportPage.module.css';
import { proof } from './proof';

/** What a model can be taken home as. */
export function FormatGrid({ precision }: { precision: Precision }) {
  return (
    <FormatCards>
      <ExportCard card={FOLDER} format={FOLDER.format(precision)} isMain>
        <FolderOptions />
      </ExportCard>
      <ExportCard card={GGUF} format={GGUF.format(precision)}>
        <GgufOptions precision={precision} />
      </ExportCard>
      {[ONNX, PAGE, SERVICE].map((card) => (
        <ExportCard key={card.name} card={card} format={card.format(precision)} />
      ))}
      <ExportCard card={CLUSTER} format={CLUSTER.format(precision)}>
        <WeightsAlone />
      </ExportCard>
    </FormatCards>
  );
}

/** What training needs to go on, and the weights without anything around them. */
function FolderOptions() {
  const withOptimizer = useStudio((s) => s.withOptimizer);
  const setWithOptimizer = useStudio((s) => s.setWithOptimizer);
  const exportModel = useStudio((s) => s.exportModel);
  const bare = useStudio((s) => s.exports.safetensors);
  const isWhole = useStudio((s) => chosenStep(s)?.holds !== 'weights');
  return (
    <>
      {isWhole && (
        <Checkbox isChosen={withOptimizer} onChange={setWithOptimizer}>
          with the optimizer’s state, to go on training
        </Checkbox>
      )}
      <WeightsAlone />
      <p className={styles.aside}>
        <TextAction label="Download model.safetensors alone" onPress={() => void exportModel('safetensors')}>
          Weights alone
        </TextAction>
        <span>{bare ? words(proof(bare, writtenIn(bare)?.step ?? 0)) : 'without tokenizer and card'}</span>
      </p>
    </>
  );
}
/** What the best step lacks. */
function WeightsAlone() {
  const isWhole = useStudio((s) => chosenStep(s)?.holds !== 'weights');
  if (isWhole) return null;
  return <p className={styles.aside}>The best step is kept without the optimizer’s state, which the latest has</p>;
}

const words = ({ title, text }: ReturnType<typeof proof>): string => (title === undefined ? text : `${title}: ${text}`);

function GgufOptions({ precision }: { precision: Precision }) {
  const takeBeside = useStudio((s) => s.takeBeside);
  return (
    <>
      <p className={styles.aside}>
        <TextAction label="Download the Modelfile for Ollama" onPress={() => void takeBeside(GGUF.format(precision))}>
          Modelfile
        </TextAction>
        <span>for Ollama, beside the file</span>
      </p>
      <p className={styles.aside}>
        LM Studio finds it in <code>~/.lmstudio/models/homegrown/</code> in a folder of its own
      </p>
    </>
  );
}
