import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../../core/base/units';
import { USUAL_CONTEXT, withContext } from '../../core/export/contextOf';
import { weightsFile } from '../../core/export/incoming';
import { previewRows } from '../../core/export/preview';
import { limitsOf } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { Button, Segmented } from '../../ui';
import styles from './ExportPage.module.css';

/** Preview of an external model before import: its properties and requirements. */
export function IncomingModel() {
  const incoming = useStudio((s) => s.incoming);
  const device = useStudio((s) => s.device);
  const importIncoming = useStudio((s) => s.takeIncoming);
  const dismiss = useStudio((s) => s.leaveIncoming);
  const [preferredContext, setPreferredContext] = useState(USUAL_CONTEXT);
  const sectionRef = useRef<HTMLElement>(null);
  // On a long page, a dropped model would appear out of view.
  useEffect(() => {
    sectionRef.current?.focus();
  }, []);
  if (!incoming) return null;
  const { files, preview } = incoming;
  const { model, isContextFree } = preview;
  const modelContext = model.config.context;
  const choices = isContextFree
    ? [...SHORTER_CONTEXTS.filter((context) => context < modelContext), modelContext]
    : [modelContext];
  const context = choices.find((choice) => choice >= preferredContext) ?? modelContext;
  const limits = device.kind === 'open' ? limitsOf({ device }) : undefined;
  return (
    <section ref={sectionRef} tabIndex={-1} className={styles.incoming} aria-label="Model to import">
      <h3>{preview.stated.name ?? weightsFile(files)}</h3>
      <dl>
        {previewRows(preview, withContext(model, context), limits).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {choices.length > 1 && (
        <div className={styles.buttons}>
          <span>Context</span>
          <Segmented
            label="Context"
            value={String(context)}
            onChange={(choice) => setPreferredContext(Number(choice))}
            options={choices.map((choice) => ({ value: String(choice), label: formatCount(choice) }))}
          />
          <span>tokens</span>
        </div>
      )}
      <div className={styles.buttons}>
        <Button isDense variant="go" onPress={() => void importIncoming(context)}>
          {' '}
          Import model{' '}
        </Button>
        <Button isDense onPress={dismiss}>
          {' '}
          Cancel{' '}
        </Button>
      </div>
    </section>
  );
}

/** Context lengths in tokens; those shorter than the model's own are offered. */
const SHORTER_CONTEXTS = [512, 1024, 2048];
