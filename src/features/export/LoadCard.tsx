import { useStudio } from '../../state/react';
import { TextAction } from '../../ui';
import styles from './ExportPage.module.css';

/** The lines that open the folder in Python. */
export function LoadCard() {
  const prompt = useStudio((s) => s.run?.recipe.samplePrompt ?? s.prompt);
  const name = useStudio((s) => s.exported?.name.replace(/\.zip$/i, '') ?? 'model');
  const toast = useStudio((s) => s.toast);
  const lines = snippet(name, prompt);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(lines);
    toast({ text: 'Code copied' });
  };
  return (
    <article className={styles.load}>
      <header>
        <h3>How to load it</h3>
        <TextAction
          label="Copy the code"
          onPress={() => void copy().catch(() => toast({ text: 'The browser did not allow copying' }))}
        >
          Copy
        </TextAction>
      </header>
      <p>In Python, with torch and transformers</p>
      <pre tabIndex={0} aria-label="Python code">
        {lines}
      </pre>
    </article>
  );
}

const snippet = (folder: string, prompt: string): string =>
  `from transformers import pipeline

# where you have unpacked the zip
folder = "./${folder}"
write = pipeline("text-generation", folder)
text = write(${JSON.stringify(prompt)}, max_new_tokens=100)
print(text[0]["generated_text"])
`;
